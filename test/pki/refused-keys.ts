import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { bitString, integer, nothing, oid, sequence } from '#pki/build/der-writer.ts';

const der = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ type: 'spki', format: 'der' }));
const ecKey = (namedCurve: string, paramEncoding: 'named' | 'explicit' = 'named'): Uint8Array =>
  der(generateKeyPairSync('ec', { namedCurve, paramEncoding }).publicKey);

const curveOids = { 'P-256': '1.2.840.10045.3.1.7', 'P-384': '1.3.132.0.34', 'P-521': '1.3.132.0.35' } as const;
const octets = { 'P-256': 32, 'P-384': 48, 'P-521': 66 } as const;
type CurveName = keyof typeof curveOids;

/** SubjectPublicKeyInfo of an EC key with any octets for a point. */
const ecPoint = (curve: CurveName, point: Uint8Array): Uint8Array =>
  sequence(sequence(oid('1.2.840.10045.2.1'), oid(curveOids[curve])), bitString(point));
/** SubjectPublicKeyInfo of an RSA key with any numbers. */
const rsaNumbers = (modulus: bigint, exponent = 65537n, ...parameters: Uint8Array[]): Uint8Array =>
  sequence(
    sequence(oid('1.2.840.113549.1.1.1'), ...(parameters.length > 0 ? parameters : [nothing()])),
    bitString(sequence(integer(modulus), integer(exponent))),
  );
/** SubjectPublicKeyInfo of an Edwards key with any octets for a point. */
const edwardsPoint = (type: 'ed25519' | 'ed448', point: Uint8Array): Uint8Array =>
  sequence(sequence(oid(type === 'ed25519' ? '1.3.101.112' : '1.3.101.113')), bitString(point));

const coordinates = (curve: CurveName): [x: Buffer, y: Buffer] => {
  const { x, y } = generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ format: 'jwk' });
  return [Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')];
};
function offCurve(curve: CurveName): Uint8Array {
  const [x, y] = coordinates(curve);
  y[y.length - 1]! ^= 1;
  return ecPoint(curve, Buffer.concat([Uint8Array.of(4), x, y]));
}
/** A compressed point whose x belongs to no point: OpenSSL says which. */
function withoutRoot(curve: CurveName): Uint8Array {
  for (let [x] = coordinates(curve); ; x[x.length - 1]! += 1) {
    const key = ecPoint(curve, Buffer.concat([Uint8Array.of(2), x]));
    try {
      createPublicKey({ key: Buffer.from(key), format: 'der', type: 'spki' });
    } catch {
      return key;
    }
  }
}
function longCoordinate(curve: CurveName): Uint8Array {
  const [x, y] = coordinates(curve);
  return ecPoint(curve, Buffer.concat([Uint8Array.of(4, 0), x, Uint8Array.of(0), y]));
}
function shortCoordinate(curve: CurveName): Uint8Array {
  const [x, y] = coordinates(curve);
  return ecPoint(curve, Buffer.concat([Uint8Array.of(4), x.subarray(1), y]));
}
/** x and y plus p, where that still fits: the same point, written otherwise. Only P-521 has the spare bits. */
function beyondPrime(): Uint8Array {
  const p = (1n << 521n) - 1n;
  const plus = (octets: Buffer) =>
    Buffer.from((BigInt(`0x${octets.toString('hex')}`) + p).toString(16).padStart(132, '0'), 'hex');
  const [x, y] = coordinates('P-521');
  return ecPoint('P-521', Buffer.concat([Uint8Array.of(4), plus(x), y]));
}
const hybrid = (curve: CurveName): Uint8Array => {
  const [x, y] = coordinates(curve);
  return ecPoint(curve, Buffer.concat([Uint8Array.of(6 + (y.at(-1)! & 1)), x, y]));
};
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const odd = (1n << 2047n) + 1n;

/** Points of Ed25519 whose order divides eight, in their canonical form, with both signs where both exist. */
const smallOrder25519: readonly string[] = [
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  `${'00'.repeat(31)}80`,
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
];

/** Public keys that no signature counts under, as `[name, DER of the SubjectPublicKeyInfo, code of the refusal]`. */
export const refusedKeys: readonly (readonly [name: string, spki: Uint8Array, code: 'keyUnsound' | 'keyRefused'])[] = [
  ...(['P-256', 'P-384', 'P-521'] as const).flatMap(
    (curve) =>
      [
        [`${curve}: a point off the curve`, offCurve(curve), 'keyUnsound'],
        [`${curve}: a compressed point without a square root`, withoutRoot(curve), 'keyUnsound'],
        [`${curve}: the point at infinity`, ecPoint(curve, Uint8Array.of(0)), 'keyUnsound'],
        [`${curve}: x = y = 0`, ecPoint(curve, Uint8Array.of(4, ...new Uint8Array(octets[curve] * 2))), 'keyUnsound'],
        [`${curve}: coordinates with a leading zero`, longCoordinate(curve), 'keyUnsound'],
        [`${curve}: a coordinate one octet short`, shortCoordinate(curve), 'keyUnsound'],
        [`${curve}: a hybrid point`, hybrid(curve), 'keyUnsound'],
        [`${curve}: parameters spelled out`, ecKey(curve, 'explicit'), 'keyRefused'],
      ] as const,
  ),
  ['P-521: x not reduced by the prime', beyondPrime(), 'keyUnsound'],
  [
    'P-256: a point of P-384',
    ecPoint('P-256', Buffer.concat([Uint8Array.of(4), ...coordinates('P-384')])),
    'keyUnsound',
  ],
  ['secp256k1', ecKey('secp256k1'), 'keyRefused'],
  ['secp224r1', ecKey('secp224r1'), 'keyRefused'],
  ['brainpoolP256r1', ecKey('brainpoolP256r1'), 'keyRefused'],
  ['RSA: an even modulus', rsaNumbers(1n << 2047n), 'keyUnsound'],
  ['RSA: a negative modulus', rsaNumbers(-odd), 'keyUnsound'],
  ['RSA: modulus 0', rsaNumbers(0n), 'keyRefused'],
  ['RSA: 1024 bits', rsaNumbers((1n << 1023n) + 1n), 'keyRefused'],
  ['RSA: 16385 bits', rsaNumbers((1n << 16384n) + 1n), 'keyRefused'],
  ...[-65537n, -1n, 0n, 1n, 3n, 17n, 65536n, 65538n, (1n << 256n) + 1n].map(
    (exponent) => [`RSA: exponent ${exponent}`, rsaNumbers(odd, exponent), 'keyUnsound'] as const,
  ),
  ['RSA: parameters that are no NULL', rsaNumbers(odd, 65537n, oid(curveOids['P-256'])), 'keyUnsound'],
  ['Ed25519: no point', edwardsPoint('ed25519', hex(`02${'00'.repeat(31)}`)), 'keyUnsound'],
  ['Ed25519: y not reduced by the prime', edwardsPoint('ed25519', hex(`ee${'ff'.repeat(30)}7f`)), 'keyUnsound'],
  ['Ed25519: 31 octets', edwardsPoint('ed25519', new Uint8Array(31)), 'keyUnsound'],
  ...smallOrder25519.map(
    (point) =>
      [
        `Ed25519: small order ${point.slice(0, 6)}…${point.slice(-2)}`,
        edwardsPoint('ed25519', hex(point)),
        'keyUnsound',
      ] as const,
  ),
  ['Ed448: small order', edwardsPoint('ed448', Uint8Array.of(1, ...new Uint8Array(56))), 'keyUnsound'],
  ['Ed448: a bit beyond the point', edwardsPoint('ed448', Uint8Array.of(1, ...new Uint8Array(55), 1)), 'keyUnsound'],
  ['X25519', der(generateKeyPairSync('x25519').publicKey), 'keyRefused'],
  ['DSA', der(generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).publicKey), 'keyRefused'],
];
