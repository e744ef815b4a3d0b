import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { decryptAnswer } from '#core/device/jose/encrypted-answer.ts';
import { openSealing } from '#keys/sealing.ts';
import { tokenFormOf } from '#signin/device/token-form.ts';
import { encryptedAnswer, openSessionKey, sealSessionKey } from './session-answer.ts';

const key = randomBytes(32);
const sessionKey = key.toString('base64url');
const body = { access_token: 'secret' };
const answerTo = (form: Readonly<Record<string, string>>) =>
  encryptedAnswer(body, { sessionKey }, { form: tokenFormOf(Object.entries(form)) });
/** The form of an answer by its initialization vector. */
const formOf = (jwe: string | undefined) =>
  jwe === undefined ? 'plain' : Buffer.from(jwe.split('.')[2]!, 'base64url').length === 12 ? 'B' : 'A';

for (const { form, expected } of [
  { form: {}, expected: 'plain' },
  { form: { windows_api_version: '1.0' }, expected: 'plain' },
  { form: { windows_api_version: '2.0' }, expected: 'A' },
  { form: { windows_api_version: '2.2' }, expected: 'A' },
  { form: { windows_api_version: '2.3' }, expected: 'B' },
  { form: { windows_api_version: '3.0' }, expected: 'B' },
  { form: { windows_api_version: 'x' }, expected: 'plain' },
  { form: { prt_protocol_version: '2.0' }, expected: 'A' },
  { form: { prt_protocol_version: '3.0' }, expected: 'B' },
  { form: { prt_protocol_version: '3.0', windows_api_version: '1.0' }, expected: 'B' },
] as const)
  test(`a request with ${JSON.stringify(form)} gets an answer of form ${expected} (windows-sign-in §3.9)`, () => {
    const jwe = answerTo(form as Readonly<Record<string, string>>);
    assert.equal(formOf(jwe), expected);
    if (jwe === undefined) return;
    assert.deepEqual(JSON.parse(decryptAnswer(jwe, key)!), body);
    assert.equal(decryptAnswer(jwe, randomBytes(32)), undefined, 'no other session key opens it');
  });

test('two answers have nothing in common but what they say', () => {
  const [first, second] = [answerTo({ windows_api_version: '2.3' }), answerTo({ windows_api_version: '2.3' })];
  for (const part of [0, 2, 3, 4]) assert.notEqual(first!.split('.')[part], second!.split('.')[part]);
});

test('a session key in a record is of one tenant of one installation', () => {
  const sealing = openSealing('unused', randomBytes(32).toString('base64url'));
  const sealed = sealSessionKey({ sessionKey }, 'woodgrove', sealing);
  assert.ok(!sealed.includes(sessionKey));
  assert.equal(openSessionKey(sealed, 'woodgrove', sealing), sessionKey);
  assert.throws(() => openSessionKey(sealed, 'contoso', sealing));
});
