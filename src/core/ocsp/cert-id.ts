import { createHash } from 'node:crypto';
import { DerReader, tags } from '../asn1/der.ts';
import type { Certificate } from '../x509/certificate.ts';

/** Which certificate is meant (RFC 6960 §4.1.1): its issuer's name and key as SHA-1 hashes, and its serial number. */
export interface CertId {
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serialNumber: Uint8Array;
}

/** SHA-1 names the certificate here and protects nothing; every responder knows it, few know another (RFC 5019 §2.1.1). */
export function certIdOf(certificate: Certificate, issuer: Certificate): CertId {
  return {
    issuerNameHash: sha1(certificate.issuer.der),
    issuerKeyHash: sha1(keyBits(issuer.subjectPublicKeyInfo)),
    serialNumber: certificate.serialNumber,
  };
}

/** The bits of the public key, without the algorithm around them. */
export function keyBits(subjectPublicKeyInfo: Uint8Array): Uint8Array {
  const what = 'subjectPublicKeyInfo';
  const spki = new DerReader(subjectPublicKeyInfo, what).enter(tags.sequence, what);
  spki.element(what);
  return spki.bitString(what).octets;
}

export const sha1 = (octets: Uint8Array): Uint8Array => createHash('sha1').update(octets).digest();

export const sameCertId = (one: CertId, other: CertId): boolean =>
  Buffer.compare(one.issuerNameHash, other.issuerNameHash) === 0 &&
  Buffer.compare(one.issuerKeyHash, other.issuerKeyHash) === 0 &&
  Buffer.compare(one.serialNumber, other.serialNumber) === 0;
