import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { certificateRequest, nameWithNul } from '#test/device/certificate-request.ts';
import { readCertificateRequest } from './certificate-request.ts';

const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
const key = rsa(2048);
const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;

describe('a certification request proves possession of the device key', () => {
  for (const [name, text, nonce] of [
    ['of RSA 2048', certificateRequest(key), undefined],
    [
      'with a NUL behind its common name (windows-sign-in §0.4)',
      certificateRequest(key, { name: nameWithNul }),
      undefined,
    ],
    ['with a nonce (windows-sign-in §2.2)', certificateRequest(key, { nonce: 'abc-1' }), 'abc-1'],
    ['of P-256 (api-version 3.0)', certificateRequest(curve('P-256')), undefined],
    ['with line ends in its base64', certificateRequest(key).replace(/.{64}/g, '$&\r\n'), undefined],
  ] as const) {
    test(`a request ${name} passes`, () => {
      const ruling = readCertificateRequest(text);
      assert.equal(ruling.outcome, 'passed', JSON.stringify(ruling));
      assert.equal(ruling.value.nonce, nonce);
    });
  }

  for (const [name, text, code] of [
    ['signed by another key', certificateRequest(key, { publicKey: rsa(2048) }), 'signatureWrong'],
    ['of RSA 1024', certificateRequest(rsa(1024)), 'keyRefused'],
    ['of P-384', certificateRequest(curve('P-384')), 'keyRefused'],
    ['signed with SHA-1', certificateRequest(key, { scheme: 'rsa-sha1' }), 'algorithmRefused'],
    ['that is not base64', '!', 'certificateRequestUnreadable'],
    ['that is empty', '', 'certificateRequestUnreadable'],
    ['of another structure', Buffer.from([0x30, 0]).toString('base64'), 'certificateRequestUnreadable'],
    ['of more than 8 KiB', certificateRequest(key, { padding: 10_000 }), 'certificateRequestUnreadable'],
    ['of 10 MB, which is not decoded', 'A'.repeat(10_000_000), 'certificateRequestUnreadable'],
  ] as const) {
    test(`a request ${name} is refused with ${code}`, () => {
      const ruling = readCertificateRequest(text);
      assert.equal(ruling.outcome, 'refused');
      assert.equal(ruling.because.code, code);
    });
  }
});
