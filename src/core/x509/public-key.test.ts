import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { bitString, integer, nothing, oid, sequence } from '#pki/build/der-writer.ts';
import { defaultAlgorithmPolicy } from './algorithm-policy.ts';
import { type KeyFacts, keyFactsOf, keyProblem, publicKey } from './public-key.ts';

const spki = { type: 'spki', format: 'der' } as const;
const ec = (namedCurve: string, paramEncoding: 'named' | 'explicit' = 'named') =>
  generateKeyPairSync('ec', { namedCurve, paramEncoding }).publicKey.export(spki);
const rsa = (modulus: bigint) =>
  sequence(sequence(oid('1.2.840.113549.1.1.1'), nothing()), bitString(sequence(integer(modulus), integer(65537n))));

describe('type and size are read without importing the key', () => {
  const cases: readonly [name: string, der: Uint8Array, facts: KeyFacts | undefined, line: string | undefined][] = [
    ['P-256', ec('prime256v1'), { type: 'ec', curve: 'prime256v1' }, undefined],
    ['P-521', ec('secp521r1'), { type: 'ec', curve: 'secp521r1' }, undefined],
    ['secp256k1', ec('secp256k1'), { type: 'ec', curve: 'secp256k1' }, 'curves'],
    [
      'P-256 spelled out (CVE-2020-0601)',
      ec('prime256v1', 'explicit'),
      { type: 'ec', curve: 'unnamed curve' },
      'curves',
    ],
    ['Ed25519', generateKeyPairSync('ed25519').publicKey.export(spki), { type: 'ed25519' }, undefined],
    ['X25519, which cannot sign', generateKeyPairSync('x25519').publicKey.export(spki), { type: 'x25519' }, 'keyTypes'],
    ['RSA of 2048 bits', rsa(1n << 2047n), { type: 'rsa', bits: 2048 }, undefined],
    ['RSA of 2047 bits', rsa((1n << 2047n) - 1n), { type: 'rsa', bits: 2047 }, 'minimumRsaBits'],
    ['RSA of 16385 bits', rsa(1n << 16384n), { type: 'rsa', bits: 16385 }, 'maximumRsaBits'],
    ['RSA of 0', rsa(0n), { type: 'rsa', bits: 0 }, 'minimumRsaBits'],
    ['a negative modulus', rsa(-5n), undefined, undefined],
    ['a key of 9000 bytes', rsa(1n << 72_000n), undefined, undefined],
    ['no DER', Uint8Array.of(1, 2, 3), undefined, undefined],
  ];
  for (const [name, der, facts, line] of cases)
    test(`${name}: ${line ?? (facts ? 'counts' : 'unreadable')}`, () => {
      const keyFacts = keyFactsOf(der);
      assert.deepEqual(keyFacts, facts);
      const problem = keyFacts && keyProblem(keyFacts, defaultAlgorithmPolicy);
      assert.equal(problem?.line.split(':')[0], line);
    });
});

describe('OpenSSL says the same of the same keys', () => {
  for (const [type, options] of [
    ['rsa', { modulusLength: 2048 }],
    ['rsa', { modulusLength: 1032 }],
    ['rsa-pss', { modulusLength: 2048 }],
  ] as const)
    test(`${type} ${options.modulusLength}`, () => {
      const key = generateKeyPairSync(type as 'rsa', options).publicKey;
      const { modulusLength } = key.asymmetricKeyDetails ?? {};
      assert.deepEqual(keyFactsOf(key.export(spki)), { type: key.asymmetricKeyType, bits: modulusLength });
    });
});

test('a key is imported once, and one too long not at all', () => {
  const der = ec('prime256v1');
  assert.equal(publicKey(der), publicKey(Uint8Array.from(der)));
  assert.equal(publicKey(new Uint8Array(9000)), undefined);
});
