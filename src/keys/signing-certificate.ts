import { createHash, createPrivateKey } from 'node:crypto';
import type { SigningKey } from '#model/signing-key.ts';
import { buildCertificate } from '#pki/build/certificate-builder.ts';

const years = 10;
const subject = 'CN=Cardea token signing';

/**
 * The self-signed certificate of a signing key, base64 DER: libraries of AD FS read a key from `x5c` alone. Nothing trusts
 * it as a certificate. For RSA the same key and time always make the same bytes, so that every process publishes one.
 */
export function signingCertificate({ kid, privateJwk }: SigningKey, createdDateTime: Date): string {
  const key = createPrivateKey({ key: privateJwk as never, format: 'jwk' });
  const notAfter = new Date(createdDateTime);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + years);
  const serial = createHash('sha256').update(kid).digest().subarray(0, 15).toString('hex');
  const der = buildCertificate({
    subject,
    issuer: subject,
    serial: BigInt(`0x01${serial}`),
    notBefore: createdDateTime,
    notAfter,
    publicKey: key,
    extensions: [],
    signature: { key },
  });
  return Buffer.from(der).toString('base64');
}

/** With the certificate in `x5c`. A signature of an EC key differs each time, so its certificate is made with the key alone. */
export function withCertificate<K extends SigningKey>(key: K, createdDateTime: Date): K {
  if (key.privateJwk.x5c !== undefined || key.privateJwk.kty !== 'RSA') return key;
  return { ...key, privateJwk: { ...key.privateJwk, x5c: [signingCertificate(key, createdDateTime)] } };
}
