import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import type { Application } from '#model/application.ts';
import { redirectUriAllowed, secretMatches } from './client.ts';

const hash = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
const withName = {
  keyId: '0d1c1f4e-0000-4000-8000-000000000001',
  displayName: 'in the vault',
  hint: 'nam',
  secretHash: hash('named'),
  startDateTime: '2026-01-01T00:00:00Z',
  endDateTime: '2026-12-31T00:00:00Z',
};
const application: Application = {
  appId: '0d1c1f4e-0000-4000-8000-000000000002',
  displayName: 'Robot',
  redirectUris: [],
  postLogoutRedirectUris: [],
  isPublicClient: false,
  secretHashes: [hash('first')],
  passwordCredentials: [withName],
  identifierUris: [],
  roles: [],
  homepage: undefined,
};
const cases = [
  { name: 'the secret made with the application', secret: 'first', at: '2030-01-01', accepted: true },
  { name: 'a named secret within its time', secret: 'named', at: '2026-06-01', accepted: true },
  { name: 'a named secret before its time', secret: 'named', at: '2025-12-31', accepted: false },
  { name: 'another secret', secret: 'other', at: '2026-06-01', accepted: false },
  { name: 'an empty secret', secret: '', at: '2026-06-01', accepted: false },
];
for (const { name, secret, at, accepted } of cases) {
  test(`${name} is ${accepted ? 'accepted' : 'refused'}`, () =>
    assert.equal(secretMatches(secret, application, new Date(at)), accepted));
}

test('an expired secret is refused by its own reason, which names the credential and never the secret', () => {
  assert.throws(
    () => secretMatches('named', application, new Date('2027-01-01')),
    (thrown: Error) => {
      assert.ok(thrown.cause instanceof CardeaError);
      assert.deepEqual(thrown.cause.because, {
        code: 'clientCredentialExpired',
        evidence: { appId: application.appId, keyId: withName.keyId, end: withName.endDateTime },
      });
      return true;
    },
  );
});

const registration = [
  ...['https://app.test/back', 'http://localhost/back', 'http://127.0.0.1:5000/back?a=1', 'http://[::1]/'],
  'http://localhost@app.test/back', // a user name and not a host
];
for (const [uri, isAllowed] of [
  ['https://app.test/back', true],
  ['https://app.test:444/back', false],
  ['https://app.test/back/', false],
  ['https://app.test/back?a=1', false],
  ['http://localhost/back', true],
  ['http://localhost:49152/back', true],
  ['http://localhost:49152/other', false],
  ['http://localhost:49152/back#', false],
  ['https://localhost/back', false],
  ['http://localhost.app.test/back', false],
  ['http://localhost:1@app.test/back', false],
  ['http://localhost:x/back', false],
  ['http://127.0.0.1/back?a=1', true],
  ['http://127.0.0.1:6000/back?a=1', true],
  ['http://127.0.0.1:6000/back', false],
  ['http://127.0.0.2:6000/back?a=1', false],
  ['http://[::1]:8080/', true],
  ['http://[::1]:8080', false],
] as const)
  test(`the redirect URI ${uri} is ${isAllowed ? 'accepted' : 'refused'}, because only the port of a loopback address is free`, () =>
    assert.equal(redirectUriAllowed(uri, registration), isAllowed));
