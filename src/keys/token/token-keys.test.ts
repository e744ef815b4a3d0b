import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SigningKey } from '#model/signing-key.ts';
import type { SigningToken } from './signing-token.ts';
import { tokenKeysOf } from './token-keys.ts';

const key: SigningKey = { kid: 'k', alg: 'RS256', privateJwk: { pkcs11: { token: 'first', label: 'cardea t 1' } } };
const isRefused = (problem: { because?: { code: string } }) => problem.because?.code === 'signingTokenUnavailable';
const neverUsed = new Proxy({} as SigningToken, { get: () => assert.fail('the token of the settings is used') });

describe('a key of another token than that of the settings', () => {
  for (const [name, setting] of [
    ['another label', { token: neverUsed, label: 'second' }],
    ['no token', undefined],
  ] as const)
    test(`does not sign and is not usable where the settings name ${name}`, async () => {
      const keys = tokenKeysOf('t', setting);
      await assert.rejects(keys.check(key), isRefused);
      await assert.rejects(async () => keys.attach(key).sign!(new Uint8Array(1)), isRefused);
    });
});
