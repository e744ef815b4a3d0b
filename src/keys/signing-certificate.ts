import { createHash, createPrivateKey, type KeyObject } from 'node:crypto';
import type { SigningKey } from '#model/signing-key.ts';
import { buildCertificate, type CertificateInput, certificateToSign } from '#pki/build/certificate-builder.ts';
import { bitString, integer, sequence } from '#pki/build/der-writer.ts';
import { algorithmOf } from '#pki/build/fields/keys.ts';

const years = 10;
const subject = 'CN=Cardea token signing';

/**
 * The self-signed certificate of a signing key, base64 DER: libraries of AD FS read a key from `x5c` alone. Nothing trusts
 * it as a certificate. For RSA the same key and time always make the same bytes, so that every process publishes one.
 */
export function signingCertificate({ kid, privateJwk }: SigningKey, createdDateTime: Date): string {
  const key = createPrivateKey({ key: privateJwk as never, format: 'jwk' });
  return Buffer.from(buildCertificate({ ...contentOf(kid, key, createdDateTime), signature: { key } })).toString(
    'base64',
  );
}

function contentOf(kid: string, publicKey: KeyObject, notBefore: Date): Omit<CertificateInput, 'signature'> {
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + years);
  const serial = createHash('sha256').update(kid).digest().subarray(0, 15).toString('hex');
  return { subject, issuer: subject, serial: BigInt(`0x01${serial}`), notBefore, notAfter, publicKey, extensions: [] };
}

/** The same for a key that is elsewhere, which signs as JWS does. */
export async function signingCertificateBy(
  { kid, publicKey, alg }: { readonly kid: string; readonly publicKey: KeyObject; readonly alg: SigningKey['alg'] },
  createdDateTime: Date,
  signBy: (data: Uint8Array, alg: SigningKey['alg']) => Promise<Uint8Array>,
): Promise<string> {
  const scheme = alg === 'ES256' ? 'ecdsa-sha256' : 'rsa-sha256';
  const content = certificateToSign(contentOf(kid, publicKey, createdDateTime), scheme);
  const signature = await signBy(content, alg === 'ES256' ? 'ES256' : 'RS256');
  const bits = alg === 'ES256' ? ecdsaDer(signature) : signature;
  return Buffer.from(sequence(content, algorithmOf(scheme), bitString(bits))).toString('base64');
}

/** RFC 3279 §2.2.3 of r and s side by side. */
function ecdsaDer(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2;
  const number = (octets: Uint8Array) => integer(BigInt(`0x${Buffer.from(octets).toString('hex')}`));
  return sequence(number(signature.subarray(0, half)), number(signature.subarray(half)));
}

/** With the certificate in `x5c`. A signature of an EC key differs each time, so its certificate is made with the key alone. */
export function withCertificate<K extends SigningKey>(key: K, createdDateTime: Date): K {
  if (key.privateJwk.x5c !== undefined || key.privateJwk.kty !== 'RSA') return key;
  return { ...key, privateJwk: { ...key.privateJwk, x5c: [signingCertificate(key, createdDateTime)] } };
}
