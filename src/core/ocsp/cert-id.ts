import { createHash } from 'node:crypto';
import { DerReader } from '../asn1/der.ts';
import { tags } from '../asn1/tags.ts';
import type { Certificate } from '../x509/certificate.ts';

/** Which certificate is meant (RFC 6960 §4.1.1): its issuer's name and key as hashes, and its serial number. */
export interface CertId {
  /** Object identifier of the hash; SHA-1 where left out. */
  readonly hashAlgorithm?: string;
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

/** Hashes that a responder may name a certificate by; it may answer with another than the request has. */
const hashes: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
const sha1Oid = '1.3.14.3.2.26';

/** Whether this certificate of this issuer is meant, whatever hash names it. One that is not known here names nothing. */
export function isAbout(certId: CertId, certificate: Certificate, issuer: Certificate): boolean {
  const algorithm = hashes[certId.hashAlgorithm ?? sha1Oid];
  if (algorithm === undefined || Buffer.compare(certId.serialNumber, certificate.serialNumber) !== 0) return false;
  const hash = (octets: Uint8Array) => createHash(algorithm).update(octets).digest();
  return (
    Buffer.compare(certId.issuerNameHash, hash(certificate.issuer.der)) === 0 &&
    Buffer.compare(certId.issuerKeyHash, hash(keyBits(issuer.subjectPublicKeyInfo))) === 0
  );
}
