import { constants, type KeyObject } from 'node:crypto';
import { DerError, DerReader } from '../../asn1/der.ts';
import { contextConstructed, tags } from '../../asn1/tags.ts';
import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { AlgorithmPolicy } from './algorithm-policy.ts';
import { acceptIssuerKey } from './public-key.ts';
import { verifyAny } from './verify.ts';

/** Something signed: a certificate, a CRL, an OCSP response. */
export interface Signed {
  readonly tbs: Uint8Array;
  /** DER of the AlgorithmIdentifier. */
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
}

interface Scheme {
  readonly hash: string | undefined;
  /** Which kind of key it takes, in `asymmetricKeyType`'s words. */
  readonly keys: readonly string[];
  readonly saltLength?: number;
}

/** Signature algorithms by OID (RFC 3279 §2.2, RFC 4055, RFC 5758, RFC 8410). */
const schemes: Readonly<Record<string, Scheme>> = {
  '1.2.840.113549.1.1.5': { hash: 'sha1', keys: ['rsa'] },
  '1.2.840.113549.1.1.14': { hash: 'sha224', keys: ['rsa'] },
  '1.2.840.113549.1.1.11': { hash: 'sha256', keys: ['rsa'] },
  '1.2.840.113549.1.1.12': { hash: 'sha384', keys: ['rsa'] },
  '1.2.840.113549.1.1.13': { hash: 'sha512', keys: ['rsa'] },
  '1.2.840.10045.4.1': { hash: 'sha1', keys: ['ec'] },
  '1.2.840.10045.4.3.1': { hash: 'sha224', keys: ['ec'] },
  '1.2.840.10045.4.3.2': { hash: 'sha256', keys: ['ec'] },
  '1.2.840.10045.4.3.3': { hash: 'sha384', keys: ['ec'] },
  '1.2.840.10045.4.3.4': { hash: 'sha512', keys: ['ec'] },
  '1.2.840.10040.4.3': { hash: 'sha1', keys: ['dsa'] },
  '1.3.101.112': { hash: undefined, keys: ['ed25519'] },
  '1.3.101.113': { hash: undefined, keys: ['ed448'] },
};
const rsaPss = '1.2.840.113549.1.1.10';
const hashes: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/**
 * Did the holder of this key sign this? Refuses with `algorithmRefused`, `keyRefused` (naming the line of the policy),
 * `keyUnsound`, `keyUnreadable` or `signatureWrong`.
 */
export function checkSignature(
  signature: Signed,
  subjectPublicKeyInfo: Uint8Array,
  policy: AlgorithmPolicy,
): Ruling<true> {
  const scheme = schemeOf(signature.signatureAlgorithm);
  if (typeof scheme === 'string') return refused('algorithmRefused', { algorithm: scheme, line: 'known algorithms' });
  if (scheme.hash !== undefined && !policy.hashes.includes(scheme.hash)) {
    return refused('algorithmRefused', { algorithm: scheme.hash, line: `hashes: ${policy.hashes.join(', ')}` });
  }
  const acceptance = acceptIssuerKey(subjectPublicKeyInfo, policy);
  if (acceptance.outcome !== 'passed') return acceptance;
  const { facts, key } = acceptance.value;
  if (!scheme.keys.includes(facts.type)) return refused('signatureWrong', {});
  if (!key) return refused('keyUnreadable', {});
  return isSignedBy(signature, scheme, key) ? passed(true, 'signatureRight', {}) : refused('signatureWrong', {});
}

function isSignedBy({ tbs, signature }: Signed, scheme: Scheme, key: KeyObject): boolean {
  try {
    // The bare key where it says enough: options around it cost as much as a seventh of a P-256 check.
    return verifyAny({ hash: scheme.hash, key: withPadding(key, scheme.saltLength), signature }, tbs);
  } catch {
    return false; // OpenSSL throws for a signature of impossible form
  }
}

function withPadding(key: KeyObject, saltLength: number | undefined) {
  return saltLength === undefined ? key : { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
}

/** What an AlgorithmIdentifier asks for; its OID as text when it is not known or its parameters are wrong. */
function schemeOf(algorithm: Uint8Array): Scheme | string {
  const sequence = new DerReader(algorithm, 'signatureAlgorithm').enter(tags.sequence, 'signatureAlgorithm');
  const oid = sequence.oid('signatureAlgorithm');
  try {
    if (oid === rsaPss) return pssScheme(sequence) ?? oid;
    const scheme = schemes[oid];
    if (!scheme) return oid;
    // RFC 4055 §5: RSA has NULL (absent is tolerated, RFC 8017 A.2.4); RFC 5758 §3.2: the others have nothing.
    if (scheme.keys[0] === 'rsa' && !sequence.atEnd && sequence.contents(tags.null, 'parameters').length > 0)
      return oid;
    sequence.end();
    return scheme;
  } catch (problem) {
    if (problem instanceof DerError) return oid;
    throw problem;
  }
}

/** RFC 4055 §3.1: hash, mask generation with the same hash, salt length, trailer 1. */
function pssScheme(algorithm: DerReader): Scheme | undefined {
  const label = 'RSASSA-PSS parameters';
  const parameters = algorithm.enter(tags.sequence, label);
  const field = (n: number) => parameters.enterOptional(contextConstructed(n), label);
  const hash = hashOf(field(0)?.enter(tags.sequence, label));
  const mask = field(1)?.enter(tags.sequence, label);
  if (mask && mask.oid(label) !== '1.2.840.113549.1.1.8') return undefined;
  const maskHash = hashOf(mask?.enter(tags.sequence, label));
  const saltLength = field(2)?.smallInteger(label) ?? 20;
  const trailer = field(3)?.smallInteger(label) ?? 1;
  parameters.end();
  if (hash === undefined || hash !== maskHash || trailer !== 1) return undefined;
  return { hash, keys: ['rsa', 'rsa-pss'], saltLength };
}

const hashOf = (algorithm: DerReader | undefined): string | undefined =>
  algorithm ? hashes[algorithm.oid('hash algorithm')] : 'sha1';
