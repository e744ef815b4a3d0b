import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CardeaError } from '#core/trace/fault.ts';
import { readToken } from './primary-refresh-token.ts';

const objectId = '22222222-2222-3333-4444-555555555555';
const at = new Date('2026-06-01T12:00:00Z');
const idToken = (claims: object) =>
  `${[{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
const answer = {
  token_type: 'Bearer',
  expires_in: '1209599',
  refresh_token: '0.AB.CD',
  refresh_token_expires_in: 1209599,
  id_token: idToken({ upn: 'ana@woodgrove.example', oid: objectId, amr: ['rsa', 'mfa'] }),
};

test('the device keeps the token, its session key, the Entra name and when it ends (windows-sign-in §3.5)', () => {
  const token = readToken(answer, 'c2Vzc2lvbg==', at, { kind: 'certificate', certificateThumbprint: 'AB' });
  assert.deepEqual(token, {
    kind: 'certificate',
    certificateThumbprint: 'AB',
    token: '0.AB.CD',
    sessionKey: 'c2Vzc2lvbg==',
    userPrincipalName: 'ana@woodgrove.example',
    objectId,
    methods: ['rsa', 'mfa'],
    obtainedAt: '2026-06-01T12:00:00.000Z',
    expiresAt: '2026-06-15T11:59:59.000Z',
  });
});

for (const [name, change] of [
  ['without a refresh token', { refresh_token: undefined }],
  ['without an id token', { id_token: undefined }],
  ['without a lifetime', { refresh_token_expires_in: undefined }],
  ['whose object id is a path', { id_token: idToken({ upn: 'a@b.example', oid: '../../../.ssh/id_rsa' }) }],
] as const) {
  test(`an answer ${name} is refused`, () => {
    assert.throws(
      () => readToken({ ...answer, ...change }, '', at, { kind: 'password' }),
      (thrown: unknown) => thrown instanceof CardeaError && thrown.because.code === 'deviceAnswerMalformed',
    );
  });
}
