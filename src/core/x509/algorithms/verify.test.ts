import assert from 'node:assert/strict';
import { constants, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { test } from 'node:test';
import { verifyAny } from './verify.ts';

const bytes = randomBytes(1000);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
const cases = [
  { name: 'RSA', key: rsa.publicKey, signature: sign('sha256', bytes, rsa.privateKey) },
  {
    name: 'RSA-PSS',
    key: { key: rsa.publicKey, ...pss },
    signature: sign('sha256', bytes, { key: rsa.privateKey, ...pss }),
  },
  ...['P-256', 'P-521'].map((namedCurve) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    return { name: namedCurve, key: publicKey, signature: sign('sha256', bytes, privateKey) };
  }),
];

for (const { name, key, signature } of cases)
  test(`${name}: a file in pieces has the same result as the whole file`, () => {
    const change = Uint8Array.from(bytes, (octet, at) => (at === 999 ? octet ^ 1 : octet));
    for (const atOnce of [1000, 999, 500, 7]) {
      assert.equal(verifyAny({ hash: 'sha256', key, signature }, bytes, atOnce), true, `${atOnce} at once`);
      assert.equal(verifyAny({ hash: 'sha256', key, signature }, change, atOnce), false, `changed, ${atOnce} at once`);
    }
  });

test('Ed25519 signs nothing that is longer than what fits into one call', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = createPublicKey(privateKey);
  const signature = sign(null, bytes, privateKey);
  assert.equal(verifyAny({ hash: undefined, key, signature }, bytes, 1000), true);
  assert.equal(verifyAny({ hash: undefined, key, signature }, bytes, 999), false);
});
