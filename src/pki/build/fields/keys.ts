import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signBytes,
} from 'node:crypto';
import { child, octetsOf, readBer } from '../../card-file/ber-reader.ts';
import { contextConstructed, integer, nothing, oid, sequence } from '../der-writer.ts';

/** Kinds of keys cards and authorities come with. Elliptic curves are made in a millisecond, RSA in a tenth of a second. */
export type KeyKind = 'P-256' | 'P-384' | 'P-521' | 'RSA-1024' | 'RSA-2048' | 'RSA-3072' | 'RSA-4096' | 'Ed25519';

/** A new private key; blocks while it is made. */
export function generateKey(kind: KeyKind): KeyObject {
  if (kind === 'Ed25519') return generateKeyPairSync('ed25519').privateKey;
  if (kind.startsWith('P-')) return generateKeyPairSync('ec', { namedCurve: kind }).privateKey;
  return generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(4)) }).privateKey;
}

/** What {@link publicKeyInfo} answered, as long as there is the key: each certificate of an authority asks several times. */
const publicKeyInfos = new WeakMap<KeyObject, Uint8Array>();

/** DER SubjectPublicKeyInfo of a private or public key. */
export function publicKeyInfo(key: KeyObject): Uint8Array {
  const earlier = publicKeyInfos.get(key);
  if (earlier) return earlier.slice();
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const info = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  publicKeyInfos.set(key, info);
  return info.slice();
}

/** RFC 5280 §4.2.1.2 (1): SHA-1 over the bits of the public key. */
export function keyIdentifierOf(key: KeyObject): Uint8Array {
  const bits = octetsOf(child(readBer(publicKeyInfo(key)), 1, 0x03));
  return new Uint8Array(createHash('sha1').update(bits.subarray(1)).digest());
}

interface Scheme {
  readonly hash: 'sha1' | 'sha256' | 'sha384' | 'sha512' | null;
  /** DER AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  readonly saltLength?: number;
}
const withNull = (oidText: string): Uint8Array => sequence(oid(oidText), nothing());
/** RFC 4055 §3.1 RSASSA-PSS-params: hash, MGF1 with the same hash, salt as long as the hash. */
function pssAlgorithm(hash: string, saltLength: number): Uint8Array {
  const hashAlgorithm = withNull(hash);
  const mask = sequence(oid('1.2.840.113549.1.1.8'), hashAlgorithm);
  const parameters = sequence(
    contextConstructed(0, hashAlgorithm),
    contextConstructed(1, mask),
    contextConstructed(2, integer(saltLength)),
  );
  return sequence(oid('1.2.840.113549.1.1.10'), parameters);
}

/** Signature algorithms by name (RFC 3279, 4055, 5758, 8410). The SHA-1 ones are there to be refused. */
const schemes = {
  'rsa-sha1': { hash: 'sha1', algorithm: withNull('1.2.840.113549.1.1.5') },
  'rsa-sha256': { hash: 'sha256', algorithm: withNull('1.2.840.113549.1.1.11') },
  'rsa-sha384': { hash: 'sha384', algorithm: withNull('1.2.840.113549.1.1.12') },
  'rsa-sha512': { hash: 'sha512', algorithm: withNull('1.2.840.113549.1.1.13') },
  'rsa-pss-sha256': { hash: 'sha256', algorithm: pssAlgorithm('2.16.840.1.101.3.4.2.1', 32), saltLength: 32 },
  'rsa-pss-sha384': { hash: 'sha384', algorithm: pssAlgorithm('2.16.840.1.101.3.4.2.2', 48), saltLength: 48 },
  'ecdsa-sha1': { hash: 'sha1', algorithm: sequence(oid('1.2.840.10045.4.1')) },
  'ecdsa-sha256': { hash: 'sha256', algorithm: sequence(oid('1.2.840.10045.4.3.2')) },
  'ecdsa-sha384': { hash: 'sha384', algorithm: sequence(oid('1.2.840.10045.4.3.3')) },
  'ecdsa-sha512': { hash: 'sha512', algorithm: sequence(oid('1.2.840.10045.4.3.4')) },
  ed25519: { hash: null, algorithm: sequence(oid('1.3.101.112')) },
} as const satisfies Record<string, Scheme>;
export type SchemeName = keyof typeof schemes;

/** The usual scheme for a key: the hash as strong as the curve. */
export function schemeFor(key: KeyObject): SchemeName {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  if (key.asymmetricKeyType !== 'ec') return 'rsa-sha256';
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return curve === 'secp521r1' ? 'ecdsa-sha512' : curve === 'secp384r1' ? 'ecdsa-sha384' : 'ecdsa-sha256';
}

export const algorithmOf = (name: SchemeName): Uint8Array => schemes[name].algorithm;

/** The signature over `bytes`, as it goes into the BIT STRING. */
export function sign(bytes: Uint8Array, key: KeyObject, name: SchemeName): Uint8Array {
  const scheme: Scheme = schemes[name];
  const padding =
    scheme.saltLength === undefined ? {} : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength };
  return new Uint8Array(signBytes(scheme.hash, bytes, { key, ...padding }));
}
