import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { bitString, integer, nothing, oid, sequence } from '#pki/build/der-writer.ts';
import { orThrow } from '../../trace/ruling.ts';
import { defaultAlgorithmPolicy } from './algorithm-policy.ts';
import { acceptIssuerKey, checkKey, type KeyFacts, keyFactsOf, keyProblem, publicKey } from './public-key.ts';

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
    ['RSA of 2048 bits', rsa((1n << 2047n) + 1n), { type: 'rsa', bits: 2048 }, undefined],
    ['RSA of 2047 bits', rsa((1n << 2047n) - 1n), { type: 'rsa', bits: 2047 }, 'minimumRsaBits'],
    ['RSA of 16385 bits', rsa((1n << 16384n) + 1n), { type: 'rsa', bits: 16385 }, 'maximumRsaBits'],
    ['RSA of 0', rsa(0n), { type: 'rsa', bits: 0, flaw: 'RSA modulus is even' }, 'minimumRsaBits'],
    ['a negative modulus', rsa(-5n), { type: 'rsa', bits: 8, flaw: 'RSA modulus is negative' }, 'minimumRsaBits'],
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

test('the key of an issuer is imported once, and one too long not at all', () => {
  const der = ec('prime256v1');
  const keyOf = () => orThrow(acceptIssuerKey(der, defaultAlgorithmPolicy)).key;
  assert.ok(keyOf());
  assert.equal(keyOf(), keyOf());
  assert.equal(publicKey(new Uint8Array(9000)), undefined);
});

describe('OpenSSL takes the same EC points', () => {
  for (const namedCurve of ['P-256', 'P-384', 'P-521'])
    test(`100 keys of ${namedCurve}, and each with one bit changed`, () => {
      for (let turn = 0; turn < 100; turn++) {
        const der = ec(namedCurve);
        assert.equal(keyFactsOf(der)?.flaw, undefined);
        der[der.length - 1 - (turn % 60)]! ^= 1 << (turn % 8);
        assert.equal(keyFactsOf(der)?.flaw === undefined, publicKey(der) !== undefined, der.toString('hex'));
      }
    });
});

describe('octets are a point where the equation has a solution', () => {
  test('100 compressed points of P-256 at random, as OpenSSL says', () => {
    const header = ec('prime256v1').subarray(0, -65);
    // The lengths of the sequence and of the bit string are 32 less than with both coordinates.
    header[1]! -= 32;
    header[header.length - 2]! -= 32;
    const flaws = Array.from({ length: 100 }, () => {
      const der = Buffer.concat([header, Uint8Array.of(2), randomBytes(32)]);
      const { flaw } = keyFactsOf(der)!;
      assert.equal(flaw === undefined, publicKey(der) !== undefined, der.toString('hex'));
      return flaw;
    });
    assert.deepEqual(new Set(flaws), new Set([undefined, 'EC point is not on its curve']));
  });

  // OpenSSL takes any octets. RFC 8032 §5.1.3 and §5.2.3: x² = (1 − y²) / (a − dy²), by Euler's criterion.
  const ed25519 = { id: '1.3.101.112', size: 32, p: 2n ** 255n - 19n, a: -1n };
  const ed448 = { id: '1.3.101.113', size: 57, p: 2n ** 448n - 2n ** 224n - 1n, a: 1n };
  for (const { id, size, p, a } of [ed25519, ed448])
    test(`100 values of y at random: ${id}`, () => {
      const power = (base: bigint, exponent: bigint): bigint =>
        exponent === 0n ? 1n : (power((base * base) % p, exponent / 2n) * (exponent % 2n ? base : 1n)) % p;
      const d = a === 1n ? -39081n : p - ((121665n * power(121666n, p - 2n)) % p);
      const isPoint = (y: bigint) => {
        const ratio = (1n - y * y) * (a - d * y * y);
        return power(((ratio % p) + p) % p, (p - 1n) / 2n) === 1n;
      };
      const answers = Array.from({ length: 100 }, () => {
        const key = Uint8Array.from(randomBytes(size), (octet, i) => (i < 31 || (a === 1n && i < 56) ? octet : 0));
        const y = BigInt(`0x${Buffer.from(key.toReversed()).toString('hex')}`);
        const { flaw } = keyFactsOf(sequence(sequence(oid(id)), bitString(key)))!;
        assert.equal(flaw === undefined, isPoint(y), `${y}`);
        return flaw;
      });
      assert.equal(new Set(answers).size, 2);
    });
});

describe('a key is evaluated as a whole: numbers, parameters, point', () => {
  const algorithm = (id: string, ...parameters: Uint8Array[]) => sequence(oid(id), ...parameters);
  const odd = (1n << 2047n) + 1n;
  const rsaKey = (modulus: bigint, exponent: bigint, ...parameters: Uint8Array[]) =>
    sequence(
      algorithm('1.2.840.113549.1.1.1', ...parameters),
      bitString(sequence(integer(modulus), integer(exponent))),
    );
  const exponent = (value: bigint) => rsaKey(odd, value, nothing());
  const p256 = oid('1.2.840.10045.3.1.7');
  const ecKey = (point: Uint8Array, ...parameters: Uint8Array[]) =>
    sequence(algorithm('1.2.840.10045.2.1', ...parameters), bitString(point));
  const point = (form: number, length: number) => Uint8Array.of(form, ...new Uint8Array(length).fill(7));
  const compressed = (namedCurve: string) => {
    const { x, y } = generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' });
    const isOdd = Buffer.from(y!, 'base64url').at(-1)! & 1;
    return Buffer.concat([Uint8Array.of(2 + isOdd), Buffer.from(x!, 'base64url')]);
  };
  const edwards = (id: string, length: number, ...parameters: Uint8Array[]) =>
    sequence(algorithm(id, ...parameters), bitString(new Uint8Array(length)));
  const cases: readonly [name: string, der: Uint8Array, code: string][] = [
    ...[1n, 0n, 3n, 17n, 65535n, 65536n, 65538n, -1n, -65537n, 1n << 255n, (1n << 256n) + 1n].map(
      (value): [string, Uint8Array, string] => [`RSA exponent ${value}`, exponent(value), 'keyUnsound'],
    ),
    ['RSA exponent 65537', exponent(65537n), 'keyAccepted'],
    ['RSA exponent 65539', exponent(65539n), 'keyAccepted'],
    ['RSA exponent of 256 bits', exponent((1n << 255n) + 1n), 'keyAccepted'],
    ['RSA modulus even', rsaKey(1n << 2047n, 65537n, nothing()), 'keyUnsound'],
    ['RSA modulus negative', rsaKey(-odd, 65537n, nothing()), 'keyUnsound'],
    ['RSA without NULL', rsaKey(odd, 65537n), 'keyUnsound'],
    ['RSA with an OID for parameters', rsaKey(odd, 65537n, p256), 'keyUnsound'],
    ['RSA with two parameters', rsaKey(odd, 65537n, nothing(), nothing()), 'keyUnreadable'],
    [
      'RSA with a third number',
      sequence(
        algorithm('1.2.840.113549.1.1.1', nothing()),
        bitString(sequence(integer(odd), integer(65537n), integer(1n))),
      ),
      'keyUnreadable',
    ],
    [
      'RSA exponent not in its shortest form',
      sequence(
        algorithm('1.2.840.113549.1.1.1', nothing()),
        bitString(sequence(integer(odd), Uint8Array.of(2, 4, 0, 1, 0, 1))),
      ),
      'keyUnreadable',
    ],
    [
      'RSA-PSS with NULL',
      sequence(algorithm('1.2.840.113549.1.1.10', nothing()), bitString(sequence(integer(odd), integer(65537n)))),
      'keyUnsound',
    ],
    [
      'RSA-PSS with exponent 3',
      sequence(algorithm('1.2.840.113549.1.1.10'), bitString(sequence(integer(odd), integer(3n)))),
      'keyUnsound',
    ],
    ['EC without a curve', ecKey(point(4, 64)), 'keyRefused'],
    ['EC with a NULL curve', ecKey(point(4, 64), nothing()), 'keyRefused'],
    ['EC curve and more', ecKey(point(4, 64), p256, nothing()), 'keyUnreadable'],
    ['EC point at infinity', ecKey(Uint8Array.of(0), p256), 'keyUnsound'],
    ['EC empty point', ecKey(new Uint8Array(), p256), 'keyUnsound'],
    ['EC hybrid point', ecKey(point(6, 64), p256), 'keyUnsound'],
    ['EC point too short', ecKey(point(4, 63), p256), 'keyUnsound'],
    ['EC point of P-384', ecKey(point(4, 96), p256), 'keyUnsound'],
    ['EC compressed point', ecKey(compressed('P-256'), p256), 'keyAccepted'],
    ['EC compressed point of P-521', ecKey(compressed('P-521'), oid('1.3.132.0.35')), 'keyAccepted'],
    ['EC compressed point too long', ecKey(point(3, 33), p256), 'keyUnsound'],
    ['Ed25519 with NULL', edwards('1.3.101.112', 32, nothing()), 'keyUnsound'],
    ['Ed25519 of 31 octets', edwards('1.3.101.112', 31), 'keyUnsound'],
    ['Ed25519', generateKeyPairSync('ed25519').publicKey.export(spki), 'keyAccepted'],
    ['Ed448', generateKeyPairSync('ed448').publicKey.export(spki), 'keyAccepted'],
    ['Ed448 of 56 octets', edwards('1.3.101.113', 56), 'keyUnsound'],
    ['something after the key', Buffer.concat([exponent(65537n), nothing()]), 'keyUnreadable'],
  ];
  for (const [name, der, code] of cases)
    test(`${name}: ${code}`, () => assert.equal(checkKey(der, defaultAlgorithmPolicy).because.code, code));
});
