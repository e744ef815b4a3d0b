import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { namespacesMissing, runUnderEntraNames } from './entra-names.ts';

/** Where the client is: `CARDEA_HIMMELBLAU`, or where the command of the skip builds it. */
const target = 'node_modules/.cache/himmelblau';
const built = join(import.meta.dirname, '..', '..', target, 'debug', 'himmelblau-client');
const client = process.env.CARDEA_HIMMELBLAU ?? built;
const build = `cargo build --locked --manifest-path test/clients/programs/himmelblau/Cargo.toml --target-dir ${target}`;
const skip = existsSync(client)
  ? namespacesMissing()
  : `the client is not built: ${build} (it needs cargo and OpenSSL's headers), or name its program in CARDEA_HIMMELBLAU`;

interface Step {
  readonly value?: string;
  readonly error?: string;
}

describe('libhimmelblau, unmodified, enrolls a Linux device and uses a primary refresh token (windows-sign-in §5.3)', {
  skip,
}, () => {
  const { steps, problem } = skip ? { steps: {}, problem: undefined } : runUnderEntraNames('himmelblau', { client });
  const step = (name: string): Step => (steps[name] as Step | undefined) ?? {};
  const device = steps.device as Readonly<Record<string, string>> | undefined;

  test('the program ran to its end', () => {
    assert.equal(problem, undefined);
    assert.deepEqual([steps.exit, steps.problems], [0, '']);
  });

  test('it finds the user, by the page of the enrollment and GetCredentialType', () => {
    assert.deepEqual(step('user'), { value: 'true' });
  });

  test('the device is enrolled, as a joined device that runs Linux', () => {
    assert.deepEqual(step('enrol'), { value: device?.deviceId });
    const { displayName, trustType, operatingSystem } = device ?? {};
    assert.deepEqual([displayName, trustType, operatingSystem], ['himmelblau', 'AzureAd', 'Linux']);
  });

  test('the refresh token that enrolled the device gives a primary refresh token', () => {
    assert.equal(step('prt').error, undefined);
  });

  for (const [name, what] of [
    ['tokenV2', 'at version 2, by scope'],
    ['tokenV1', 'at version 1, by resource'],
    ['renewed', 'with the renewed primary refresh token'],
  ] as const)
    test(`${what}: an access token for Graph with the device and the strength of the card`, () => {
      const { value, error } = step(name);
      assert.equal(error, undefined);
      const { deviceid, amr, upn } = claimsOf(value);
      assert.deepEqual([deviceid, amr, upn], [device?.deviceId, ['rsa', 'mfa'], 'ana@woodgrove.test']);
    });

  test('a Windows Hello key is registered, and signs in with both factors', () => {
    const { value, error } = step('hello');
    assert.equal(error, undefined);
    const { deviceid, amr } = claimsOf(value);
    assert.equal(deviceid, device?.deviceId);
    assert.ok((amr as readonly string[]).includes('mfa'), String(amr));
  });

  test('the cookie for a browser is signed', () => {
    assert.match(step('cookie').value ?? '', /^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  test('when the device is disabled, its primary refresh token is refused (135011)', () => {
    assert.match(step('ended').error ?? '', /AADSTS135011/);
  });
});

function claimsOf(token: string | undefined): Readonly<Record<string, unknown>> {
  const payload = token?.split('.')[1] ?? '';
  return payload === '' ? {} : (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>);
}
