import { createPublicKey, type KeyObject } from 'node:crypto';
import { DerError, DerReader, tags } from '../asn1/der.ts';
import type { AlgorithmPolicy } from './algorithm-policy.ts';

/** What a policy asks of a key, read from its DER: having OpenSSL import one to learn this costs more than a signature. */
export interface KeyFacts {
  /** In the words of `KeyObject.asymmetricKeyType`; the OID of a type not known here. */
  readonly type: string;
  /** Length of an RSA modulus. */
  readonly bits?: number;
  /** OpenSSL's name of a named curve; the OID of one not known here. */
  readonly curve?: string;
}

const keyTypes: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.1': 'rsa',
  '1.2.840.113549.1.1.10': 'rsa-pss',
  '1.2.840.10045.2.1': 'ec',
  '1.2.840.10040.4.1': 'dsa',
  '1.3.101.110': 'x25519',
  '1.3.101.111': 'x448',
  '1.3.101.112': 'ed25519',
  '1.3.101.113': 'ed448',
};
/** RFC 5480 §2.1.1.1, RFC 5639; the rest are told by their OID. */
const curves: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.1': 'prime192v1',
  '1.2.840.10045.3.1.7': 'prime256v1',
  '1.3.132.0.10': 'secp256k1',
  '1.3.132.0.33': 'secp224r1',
  '1.3.132.0.34': 'secp384r1',
  '1.3.132.0.35': 'secp521r1',
  '1.3.36.3.3.2.8.1.1.7': 'brainpoolP256r1',
  '1.3.36.3.3.2.8.1.1.11': 'brainpoolP384r1',
  '1.3.36.3.3.2.8.1.1.13': 'brainpoolP512r1',
};

/** RSA of 16384 bits with an exponent as long takes 4 KB. A longer key is neither imported nor remembered. */
const largestKey = 8192;

/** Type and size of the key in a SubjectPublicKeyInfo (RFC 3279 §2.3, RFC 5480, RFC 8410); undefined when unreadable. */
export function keyFactsOf(subjectPublicKeyInfo: Uint8Array): KeyFacts | undefined {
  if (subjectPublicKeyInfo.length > largestKey) return undefined;
  try {
    return readFacts(new DerReader(subjectPublicKeyInfo, 'subjectPublicKeyInfo'));
  } catch (problem) {
    if (problem instanceof DerError) return undefined;
    throw problem;
  }
}

function readFacts(reader: DerReader): KeyFacts {
  const spki = reader.enter(tags.sequence, 'subjectPublicKeyInfo');
  const algorithm = spki.enter(tags.sequence, 'algorithm');
  const oid = algorithm.oid('algorithm');
  const type = keyTypes[oid] ?? oid;
  if (type === 'ec') return { type, curve: readCurve(algorithm) };
  if (type !== 'rsa' && type !== 'rsa-pss') return { type };
  return { type, bits: modulusBits(spki.bitString('subjectPublicKey').octets) };
}

/** RFC 5480 §2.1.1: a curve has a name. One spelled out could be any curve (CVE-2020-0601). */
function readCurve(algorithm: DerReader): string {
  if (algorithm.tag !== tags.oid) return 'unnamed curve';
  const oid = algorithm.oid('namedCurve');
  return curves[oid] ?? oid;
}

/** RFC 8017 A.1.1. */
function modulusBits(key: Uint8Array): number {
  const reader = new DerReader(key, 'RSAPublicKey');
  const modulus = reader.enter(tags.sequence, 'RSAPublicKey').integer('modulus');
  reader.end();
  if (modulus[0]! >= 0x80) throw reader.error('a negative modulus');
  const octets = modulus[0] === 0 ? modulus.subarray(1) : modulus;
  return octets.length === 0 ? 0 : octets.length * 8 - (Math.clz32(octets[0]!) - 24);
}

/** The line of the policy that a key breaks, or undefined. */
export function keyProblem(
  { type, bits = 0, curve = '' }: KeyFacts,
  policy: AlgorithmPolicy,
): { found: string; line: string } | undefined {
  if (!policy.keyTypes.includes(type)) return { found: type, line: `keyTypes: ${policy.keyTypes.join(', ')}` };
  if (type === 'ec' && !policy.curves.includes(curve))
    return { found: curve, line: `curves: ${policy.curves.join(', ')}` };
  if (!type.startsWith('rsa')) return undefined;
  if (bits < policy.minimumRsaBits) return { found: `RSA ${bits}`, line: `minimumRsaBits: ${policy.minimumRsaBits}` };
  if (bits > policy.maximumRsaBits) return { found: `RSA ${bits}`, line: `maximumRsaBits: ${policy.maximumRsaBits}` };
  return undefined;
}

/** Keys by their SPKI: importing one costs half of what checking a P-256 signature with it does. A bound, not a policy. */
const keys = new Map<string, KeyObject | undefined>();
const mostKeys = 4096;

/** The key in a SubjectPublicKeyInfo; undefined when it is too long or OpenSSL cannot read it. */
export function publicKey(subjectPublicKeyInfo: Uint8Array): KeyObject | undefined {
  if (subjectPublicKeyInfo.length > largestKey) return undefined;
  const { buffer, byteOffset, length } = subjectPublicKeyInfo;
  const id = Buffer.from(buffer, byteOffset, length).toString('latin1');
  if (keys.has(id)) return keys.get(id);
  if (keys.size >= mostKeys) keys.clear();
  const key = importKey(subjectPublicKeyInfo);
  keys.set(id, key);
  return key;
}

function importKey(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}
