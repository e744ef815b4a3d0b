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
  const label = 'subjectPublicKeyInfo';
  const spki = new DerReader(subjectPublicKeyInfo, label).enter(tags.sequence, label);
  spki.element(label);
  return spki.bitString(label).octets;
}

export const sha1 = (octets: Uint8Array): Uint8Array => createHash('sha1').update(octets).digest();

export const sameCertId = (certId: CertId, second: CertId): boolean =>
  Buffer.compare(certId.issuerNameHash, second.issuerNameHash) === 0 &&
  Buffer.compare(certId.issuerKeyHash, second.issuerKeyHash) === 0 &&
  Buffer.compare(certId.serialNumber, second.serialNumber) === 0;
