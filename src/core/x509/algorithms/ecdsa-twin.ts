import { DerError, DerReader } from '../../asn1/der.ts';
import { tags } from '../../asn1/tags.ts';
import { derOf } from '../../asn1/write-der.ts';
import type { Certificate } from '../certificate.ts';

/** Orders of the base points, by the object identifier of the curve (FIPS 186-4 §D.1.2, SEC 2, RFC 5639 §3). */
const orders: Readonly<Record<string, bigint>> = {
  '1.2.840.10045.3.1.7': 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  '1.3.132.0.34': 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  '1.3.132.0.35':
    0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  '1.3.36.3.3.2.8.1.1.7': 0xa9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7n,
  '1.3.36.3.3.2.8.1.1.11':
    0x8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565n,
  '1.3.36.3.3.2.8.1.1.13':
    0xaadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069n,
};

/**
 * The same certificate with the other signature that is valid with it: of an ECDSA signature (r, s) also (r, n − s) is
 * one, and it can be computed without the key. Undefined where the issuer's key is not an ECDSA key of a curve in use.
 */
export function ecdsaTwin(
  { tbs, signatureAlgorithm, signature }: Pick<Certificate, 'tbs' | 'signatureAlgorithm' | 'signature'>,
  { subjectPublicKeyInfo }: Pick<Certificate, 'subjectPublicKeyInfo'>,
): Uint8Array | undefined {
  try {
    const order = orderOf(subjectPublicKeyInfo);
    const pair = new DerReader(signature, 'signature').enter(tags.sequence, 'signature');
    const [r, s] = [pair.integer('r'), numberOf(pair.integer('s'))];
    if (order === undefined || s <= 0n || s >= order) return undefined;
    const twin = derOf(tags.sequence, derOf(tags.integer, r), derOf(tags.integer, octetsOf(order - s)));
    return derOf(tags.sequence, tbs, signatureAlgorithm, derOf(tags.bitString, Uint8Array.of(0), twin));
  } catch (thrown) {
    if (thrown instanceof DerError) return undefined;
    throw thrown;
  }
}

const ecPublicKey = '1.2.840.10045.2.1';

function orderOf(subjectPublicKeyInfo: Uint8Array): bigint | undefined {
  const label = 'subjectPublicKeyInfo';
  const algorithm = new DerReader(subjectPublicKeyInfo, label).enter(tags.sequence, label).enter(tags.sequence, label);
  return algorithm.oid(label) === ecPublicKey && !algorithm.atEnd ? orders[algorithm.oid(label)] : undefined;
}

const numberOf = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString('hex')}`);

/** Big-endian and minimal, with the octet that keeps it positive where it needs one. */
function octetsOf(number: bigint): Uint8Array {
  const hex = number.toString(16);
  const octets = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  return octets[0]! < 0x80 ? octets : Buffer.concat([Uint8Array.of(0), octets]);
}
