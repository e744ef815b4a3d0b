import assert from 'node:assert/strict';
import { createPublicKey, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import { generateKey, type KeyKind } from '#pki/build/fields/keys.ts';
import { readCompactJws } from '../jose/compact-jws.ts';
import { type CardAlgorithm, cardAlgorithmHash, cardAlgorithmOf } from './card-key.ts';
import { compactJws, sessionKeyJws, signingInputOf } from './write-jws.ts';

const range = (first: number, count: number) => Uint8Array.from({ length: count }, (_, index) => first + index);
const [sessionKey, context] = [range(0x00, 32), range(0x40, 24)];
const payload = { refresh_token: 'PRT', is_primary: 'true', request_nonce: 'NONCE' };
const ctx = 'QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZX';

for (const [version, header, signature] of [
  [1, { alg: 'HS256', typ: 'JWT', ctx }, 'nA761lqx8JgVfcjn2LGSANpEipCZECpMoJ9Im6RsTk8'],
  [2, { alg: 'HS256', typ: 'JWT', ctx, kdf_ver: 2 }, '80h2-JZmhAxmtqRn5drSL35H6kXn5b6QsJUiq5jcGTI'],
] as const) {
  test(`a JWS under version ${version} of the key derivation is the vector of windows-sign-in §8.1`, () => {
    const jws = sessionKeyJws(payload, { sessionKey, context, version });
    const parts = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    assert.equal(jws, [...parts, signature].join('.'));
  });
}

test('what is written is read: header, payload and signature', () => {
  const jws = compactJws(signingInputOf({ alg: 'RS256' }, { iss: 'ana@woodgrove.example' }), Uint8Array.of(1, 2, 3));
  const ruling = readCompactJws(jws);
  assert.equal(ruling.outcome, 'passed');
  if (ruling.outcome !== 'passed') return;
  assert.deepEqual(ruling.value.header, { alg: 'RS256' });
  assert.deepEqual(ruling.value.payload, { iss: 'ana@woodgrove.example' });
  assert.deepEqual([...ruling.value.signature], [1, 2, 3]);
});

const kinds: readonly (readonly [KeyKind, CardAlgorithm | 'cardKeyUnsupported'])[] = [
  ['RSA-2048', 'RS256'],
  ['RSA-3072', 'RS256'],
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
  ['P-521', 'cardKeyUnsupported'],
  ['Ed25519', 'cardKeyUnsupported'],
];
for (const [kind, outcome] of kinds) {
  test(`a card key of the kind ${kind}: ${outcome} (RFC 7518 §3.1)`, () => {
    const key = generateKey(kind);
    const ruling = cardAlgorithmOf(createPublicKey(key));
    if (ruling.outcome !== 'passed') return assert.equal(ruling.because.code, outcome);
    assert.equal(ruling.value, outcome);
    const input = signingInputOf({ alg: ruling.value }, {});
    const signature = sign(cardAlgorithmHash[ruling.value], input, { key, dsaEncoding: 'ieee-p1363' });
    const options = { key: createPublicKey(key), dsaEncoding: 'ieee-p1363' } as const;
    assert.equal(verify(cardAlgorithmHash[ruling.value], input, options, signature), true);
  });
}
test('a certificate whose key cannot be read signs nothing', () => {
  assert.equal(cardAlgorithmOf(undefined).because.code, 'cardKeyUnsupported');
});
