import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';

interface Scheme {
  readonly hash: string;
  readonly type: 'rsa' | 'ec';
  readonly curve?: string;
  readonly isPss?: boolean;
}

/** Algorithms of assertions by a certificate: the one of the specification, and those of other keys (windows-sign-in §3.4). */
const schemes: Readonly<Record<string, Scheme>> = {
  RS256: { hash: 'sha256', type: 'rsa' },
  RS384: { hash: 'sha384', type: 'rsa' },
  RS512: { hash: 'sha512', type: 'rsa' },
  PS256: { hash: 'sha256', type: 'rsa', isPss: true },
  ES256: { hash: 'sha256', type: 'ec', curve: 'prime256v1' },
  ES384: { hash: 'sha384', type: 'ec', curve: 'secp384r1' },
};

interface SignedText {
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
}

/** Whether the key made the signature by this algorithm (RFC 7518 §3); undefined where the algorithm does not fit the key. */
export function isSignedBy(jws: SignedText, algorithm: unknown, key: KeyObject): boolean | undefined {
  const scheme = typeof algorithm === 'string' && Object.hasOwn(schemes, algorithm) ? schemes[algorithm] : undefined;
  if (!scheme || key.asymmetricKeyType !== scheme.type) return undefined;
  if (scheme.curve !== undefined && key.asymmetricKeyDetails?.namedCurve !== scheme.curve) return undefined;
  const padding = scheme.isPss
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  try {
    return verify(scheme.hash, jws.signingInput, { key, dsaEncoding: 'ieee-p1363', ...padding }, jws.signature);
  } catch {
    return false; // OpenSSL throws for a signature of impossible form
  }
}

/** A public key of DER, SubjectPublicKeyInfo; undefined for other octets. */
export function publicKeyOf(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}
