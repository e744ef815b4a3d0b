import { createPublicKey, type KeyObject } from 'node:crypto';
import { DerError, DerReader } from '../../asn1/der.ts';
import { tags } from '../../asn1/tags.ts';
import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { AlgorithmPolicy } from './algorithm-policy.ts';
import { edwardsFlaw, weierstrassFlaw } from './curve-point.ts';

/** What a policy asks of a key, read from its DER: having OpenSSL import one to learn this costs more than a signature. */
export interface KeyFacts {
  /** In the words of `KeyObject.asymmetricKeyType`; the OID of a type not known here. */
  readonly type: string;
  /** Length of an RSA modulus. */
  readonly bits?: number;
  /** OpenSSL's name of a named curve; the OID of one not known here. */
  readonly curve?: string;
  /** Why the numbers or parameters make no sound key, whatever its size. */
  readonly flaw?: string;
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
/** RFC 5480 §2.1.1.1, RFC 5639; the rest are identified by their OID. */
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
  reader.end();
  const algorithm = spki.enter(tags.sequence, 'algorithm');
  const oid = algorithm.oid('algorithm');
  const { unused, octets } = spki.bitString('subjectPublicKey');
  spki.end();
  if (unused !== 0) throw spki.error('a key that is not whole octets');
  const type = keyTypes[oid] ?? oid;
  if (type === 'ec') return ecFacts(algorithm, octets);
  if (type === 'rsa' || type === 'rsa-pss') return rsaFacts(type, algorithm, octets);
  return edwardsFacts(type, algorithm, octets);
}

/** RFC 5480 §2.1.1: a curve has a name. One spelled out could be any curve (CVE-2020-0601). */
function ecFacts(algorithm: DerReader, point: Uint8Array): KeyFacts {
  if (algorithm.atEnd) return { type: 'ec', flaw: 'EC parameters are missing' };
  if (algorithm.tag !== tags.oid) return { type: 'ec', curve: 'unnamed curve' };
  const oid = algorithm.oid('namedCurve');
  algorithm.end();
  const curve = curves[oid] ?? oid;
  return { type: 'ec', curve, ...flawed(weierstrassFlaw(curve, point)) };
}

/** RFC 3279 §2.3.1: parameters of `rsaEncryption` are NULL. RFC 4055 §3.1: those of RSA-PSS are absent or a SEQUENCE. */
function rsaFacts(type: 'rsa' | 'rsa-pss', algorithm: DerReader, key: Uint8Array): KeyFacts {
  const facts = { type, ...rsaNumbers(key) };
  return parametersAreComplete(type, algorithm) ? facts : { ...facts, flaw: 'RSA parameters are missing or wrong' };
}

function parametersAreComplete(type: 'rsa' | 'rsa-pss', algorithm: DerReader): boolean {
  if (algorithm.atEnd) return type === 'rsa-pss';
  const { tag, contents } = algorithm.element('parameters');
  algorithm.end();
  return type === 'rsa' ? tag === tags.null && contents.length === 0 : tag === tags.sequence;
}

/** RFC 8017 A.1.1. */
function rsaNumbers(key: Uint8Array): { bits: number; flaw?: string } {
  const reader = new DerReader(key, 'RSAPublicKey');
  const sequence = reader.enter(tags.sequence, 'RSAPublicKey');
  reader.end();
  const modulus = sequence.integer('modulus');
  const exponent = sequence.integer('publicExponent');
  sequence.end();
  const flaw = modulusFlaw(modulus) ?? exponentFlaw(exponent);
  return flaw === undefined ? { bits: bitsOf(modulus) } : { bits: bitsOf(modulus), flaw };
}

const bitsOf = (integer: Uint8Array): number => {
  const octets = integer[0] === 0 ? integer.subarray(1) : integer;
  return octets.length === 0 ? 0 : octets.length * 8 - (Math.clz32(octets[0]!) - 24);
};
const isNegative = (integer: Uint8Array): boolean => integer[0]! >= 0x80;
const isEven = (integer: Uint8Array): boolean => (integer.at(-1)! & 1) === 0;

function modulusFlaw(modulus: Uint8Array): string | undefined {
  if (isNegative(modulus)) return 'RSA modulus is negative';
  return isEven(modulus) ? 'RSA modulus is even' : undefined;
}

/** NIST SP 800-56B §6.2: odd, above 2^16 and below 2^256. Node and OpenSSL take 1, 0 and even ones. */
function exponentFlaw(exponent: Uint8Array): string | undefined {
  if (isNegative(exponent)) return 'RSA exponent is negative';
  if (bitsOf(exponent) > 256) return 'RSA exponent of more than 256 bits';
  if (isEven(exponent)) return 'RSA exponent is even';
  return bitsOf(exponent) < 17 ? 'RSA exponent is less than 65537' : undefined;
}

/** RFC 8410 §3: no parameters. */
function edwardsFacts(type: string, algorithm: DerReader, key: Uint8Array): KeyFacts {
  const hasParameters = type.startsWith('ed') && !algorithm.atEnd;
  return { type, ...flawed(hasParameters ? `${type} with parameters` : edwardsFlaw(type, key)) };
}

const flawed = (flaw: string | undefined): { flaw?: string } => (flaw === undefined ? {} : { flaw });

/**
 * May this key sign anything here? The one rule for every key: certificates of users, CAs, CRL and OCSP signers, keys of applications. Refuses
 * with `keyUnreadable`, `keyUnsound` (the key itself is wrong) or `keyRefused` (a line of the policy).
 */
export function checkKey(subjectPublicKeyInfo: Uint8Array, policy: AlgorithmPolicy): Ruling<KeyFacts> {
  const facts = keyFactsOf(subjectPublicKeyInfo);
  return facts ? evaluateFacts(facts, policy) : refused('keyUnreadable', {});
}

function evaluateFacts(facts: KeyFacts, policy: AlgorithmPolicy): Ruling<KeyFacts> {
  const weak = keyProblem(facts, policy);
  if (weak) return refused('keyRefused', weak);
  if (facts.flaw !== undefined) return refused('keyUnsound', { problem: facts.flaw });
  return passed(facts, 'keyAccepted', { type: facts.type });
}

/** The key of an issuer. */
export interface IssuerKey {
  readonly facts: KeyFacts;
  /** Undefined where OpenSSL cannot read it. */
  readonly key: KeyObject | undefined;
}

/** By the identical octets: the key of a CA of the trust store is the same object until an administrator edits the store. */
const issuerKeys = new WeakMap<Uint8Array, IssuerKey>();

/** Reads and imports the key of an issuer once, and refuses as {@link checkKey}. */
export function acceptIssuerKey(subjectPublicKeyInfo: Uint8Array, policy: AlgorithmPolicy): Ruling<IssuerKey> {
  const knownKey = issuerKeys.get(subjectPublicKeyInfo);
  const ruling = knownKey ? evaluateFacts(knownKey.facts, policy) : checkKey(subjectPublicKeyInfo, policy);
  if (ruling.outcome !== 'passed') return ruling;
  const issuerKey = knownKey ?? { facts: ruling.value, key: publicKey(subjectPublicKeyInfo) };
  if (!knownKey) issuerKeys.set(subjectPublicKeyInfo, issuerKey);
  return { ...ruling, value: issuerKey };
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

/** The key in a SubjectPublicKeyInfo; undefined when it is too long or OpenSSL cannot read it. {@link acceptIssuerKey} imports once. */
export function publicKey(subjectPublicKeyInfo: Uint8Array): KeyObject | undefined {
  if (subjectPublicKeyInfo.length > largestKey) return undefined;
  try {
    return createPublicKey({ key: Buffer.from(subjectPublicKeyInfo), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}
