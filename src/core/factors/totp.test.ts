import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base32, matchingStep, otpauthUri, totpAt, totpSeconds } from './totp.ts';

const secret = Buffer.from('12345678901234567890');

/** RFC 6238 appendix B, SHA-1, of whose eight digits an app shows the last six. */
const vectors: readonly (readonly [second: number, code: string])[] = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
];
for (const [second, code] of vectors) {
  test(`RFC 6238 appendix B: at second ${second} the code is ${code.slice(2)}`, () =>
    assert.equal(totpAt(secret, Math.floor(second / totpSeconds)), code.slice(2)));
}

const at = new Date(1_111_111_109_000);
const now = Math.floor(1_111_111_109 / 30);
const typedText: readonly (readonly [name: string, code: string, step: number | undefined])[] = [
  ['the code of this step', totpAt(secret, now), now],
  ['with a blank in the middle', `${totpAt(secret, now).slice(0, 3)} ${totpAt(secret, now).slice(3)}`, now],
  ['the code of the step before', totpAt(secret, now - 1), now - 1],
  ['the code of the step after', totpAt(secret, now + 1), now + 1],
  ['a code two steps old', totpAt(secret, now - 2), undefined],
  ['a code of two steps ahead', totpAt(secret, now + 2), undefined],
  ['nothing', '', undefined],
  ['five digits', totpAt(secret, now).slice(1), undefined],
  ['other digits than ASCII', '٠٨١٨٠٤', undefined],
];
for (const [name, code, step] of typedText) {
  test(`RFC 6238 §5.2: ${name} is ${step === undefined ? 'refused' : 'accepted'}`, () =>
    assert.equal(matchingStep(secret, code, at), step));
}

test('RFC 4648 §10: base32 of the test vectors, without padding', () => {
  const encoding = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => base32(Buffer.from(text)));
  assert.deepEqual(encoding, ['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI']);
});

test('the address in the QR code names issuer and account, and neither can change what follows', () =>
  assert.equal(
    otpauthUri({ issuer: 'Wood:grove & Co', account: 'ana@woodgrove.test', secret: Buffer.from('foobar') }),
    'otpauth://totp/Wood%20grove%20%26%20Co:ana%40woodgrove.test?secret=MZXW6YTBOI&issuer=Wood%20grove%20%26%20Co&algorithm=SHA1&digits=6&period=30',
  ));
