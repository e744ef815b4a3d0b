import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { cloudSid } from './guid.ts';
import { decodeBase64, encodeBase64Url } from './jose/base64.ts';
import { decryptAnswer, encryptAnswer } from './jose/encrypted-answer.ts';
import { deviceExtensionOids, encodeDeviceExtensions } from './registration/certificate-extensions.ts';
import { deriveKey, isSignedWithKey, signWithKey, unwrapSessionKey, wrapSessionKey } from './session-key.ts';

const range = (first: number, count: number) => Uint8Array.from({ length: count }, (_, index) => first + index);
const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');

const sessionKey = range(0x00, 32);
const context = range(0x40, 24);
const ctx = 'QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX';
const payload = '{"refresh_token":"PRT","is_primary":"true","request_nonce":"NONCE"}';

describe('the vectors of windows-sign-in §8.1 are reproduced exactly', () => {
  test('the context is base64 of its 24 octets', () => {
    assert.equal(Buffer.from(context).toString('base64'), ctx);
    assert.deepEqual(decodeBase64(ctx), Buffer.from(context));
  });

  test('version 1 of the key derivation', () => {
    assert.equal(
      hex(deriveKey(sessionKey, context)),
      '261704508fac96248f7d3be91a017495fc867b984effbbd36059d69719da6375',
    );
  });

  test('version 2 of the key derivation, which binds the payload', () => {
    assert.equal(Buffer.byteLength(payload), 67);
    assert.equal(
      createHash('sha256').update(context).update(payload).digest('hex'),
      'a4bec76fb4214040790a26e18b00e6a126f8667b5f15b37699ef7f4335188072',
    );
    assert.equal(
      hex(deriveKey(sessionKey, context, 2, Buffer.from(payload))),
      '2ecf45928a57e7138944341b08f528aa59205a98d1ce28aa325f81af624cf7a6',
    );
  });

  for (const [version, header, signature] of [
    [1, `{"alg":"HS256","typ":"JWT","ctx":"${ctx}"}`, 'nA761lqx8JgVfcjn2LGSANpEipCZECpMoJ9Im6RsTk8'],
    [2, `{"alg":"HS256","typ":"JWT","ctx":"${ctx}","kdf_ver":2}`, '80h2-JZmhAxmtqRn5drSL35H6kXn5b6QsJUiq5jcGTI'],
  ] as const) {
    test(`the signature of a JWS under version ${version}`, () => {
      const signingInput = Buffer.from(`${encodeBase64Url(header)}.${encodeBase64Url(payload)}`);
      const key = deriveKey(sessionKey, context, version, Buffer.from(payload));
      assert.equal(encodeBase64Url(signWithKey(key, signingInput)), signature);
      assert.equal(isSignedWithKey(key, signingInput, decodeBase64(signature)!), true);
      assert.equal(
        isSignedWithKey(deriveKey(sessionKey, context, version === 1 ? 2 : 1), signingInput, decodeBase64(signature)!),
        false,
      );
    });
  }

  for (const [form, iv, ciphertext, tag] of [
    ['A', range(0x60, 16), 'EwBwNwO0iGvaXbLmb_lzCJ4l0PqhVxGZzO8b6FTHXNNgB496gLVDTduXMDpudYBw', ''],
    ['B', range(0x70, 12), 'g6GRxIkABhqCHSCQjCLoohicHZLMh-r98ugdNMPHZpt6ZfPobw6H5cTNcQ', 'Mmd6moTXJhqEGA5L9yihqQ'],
  ] as const) {
    test(`an answer in form ${form}`, () => {
      const answer = encryptAnswer('{"token_type":"Bearer","expires_in":"3599"}', form, { sessionKey, context, iv });
      const [header = '', key, ...parts] = answer.split('.');
      assert.equal(
        Buffer.from(header, 'base64url').toString(),
        `{"alg":"dir","enc":"A256GCM","ctx":"${ctx}","kid":"session"}`,
      );
      assert.equal(key, '');
      assert.deepEqual(parts, [encodeBase64Url(iv), ciphertext, tag]);
      assert.equal(decryptAnswer(answer, sessionKey), '{"token_type":"Bearer","expires_in":"3599"}');
      assert.equal(decryptAnswer(answer, range(1, 32)), undefined);
    });
  }

  test('session_key_jwe has the session key as content key, empty authenticated data and one octet of plaintext', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwe = wrapSessionKey(sessionKey, publicKey, range(0x80, 12));
    const [header, , iv, ciphertext, tag] = jwe.split('.');
    assert.equal(header, 'eyJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ');
    assert.deepEqual([iv, ciphertext, tag], [encodeBase64Url(range(0x80, 12)), 'QA', 'gMNjBXKhi03PxRGpeu6yEA']);
    assert.deepEqual(unwrapSessionKey(jwe, privateKey), Buffer.from(sessionKey));
    const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 });
    assert.equal(unwrapSessionKey(jwe, otherKey.privateKey), undefined);
  });

  test('the device id extension and the security identifier', () => {
    const id = '9d53c6fa-b38e-4509-8fb1-51dedb421aac';
    const values = encodeDeviceExtensions({ deviceId: id, userId: id, tenantId: id, isJoined: true, region: 'EU' });
    assert.equal(hex(values.get(deviceExtensionOids.deviceId)!), '048110fac6539d8eb309458fb151dedb421aac');
    assert.equal(hex(values.get(deviceExtensionOids.joinType)!), '04810131');
    assert.equal(cloudSid(id), 'S-1-12-1-2639513338-1158263694-3729895823-2887402203');
  });
});
