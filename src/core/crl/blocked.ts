import { createHash } from 'node:crypto';
import { serialNumberHex } from '../binding/identifiers/certificate-fields.ts';
import { hexOf, plainHex } from '../hex.ts';
import { keyBits } from '../ocsp/cert-id.ts';
import { passed, type Ruling, refused } from '../trace/ruling.ts';
import { ecdsaTwin } from '../x509/algorithms/ecdsa-twin.ts';
import type { Certificate } from '../x509/certificate.ts';
import { nameToString } from '../x509/name.ts';
import type { Link } from './links.ts';
import type { BlockedCertificate } from './policy.ts';

/** The local block list: ours alone, asked before any CRL of a CA, effective at once. */
export function acceptUnblocked(link: Link, blockedCertificates: readonly BlockedCertificate[]): Ruling<Link> {
  const { certificate } = link;
  const subject = nameToString(certificate.subject);
  const issuer = nameToString(certificate.issuer);
  const blockedCertificate = blockedCertificates.find((entry) =>
    names(entry, certificate, { keys: () => keysOfIssuer(link), thumbprints: () => thumbprintsOf(link) }),
  );
  const evidence = { subject, issuer, serialNumber: hexOf(certificate.serialNumber) };
  if (blockedCertificate) return refused('certificateBlocked', { ...evidence, note: blockedCertificate.note ?? '' });
  return passed(link, 'crlAccepted', { issuer, number: 'local block list' });
}

/** Is a certificate on the block list by what it says itself? The issuer's key, and the other signature it could make, are not at hand. */
export function isOnBlockList(certificate: Certificate, blockedCertificates: readonly BlockedCertificate[]): boolean {
  const keys = () => [hexOf(certificate.authorityKeyIdentifier)];
  const thumbprints = () => [certificate.sha256Thumbprint];
  return blockedCertificates.some((entry) => names(entry, certificate, { keys, thumbprints }));
}

/** The names of the issuer's key, and the thumbprints, by which an entry can name a certificate. */
interface NamesOf {
  keys(): readonly (string | undefined)[];
  thumbprints(): readonly string[];
}

function names(entry: BlockedCertificate, certificate: Certificate, { keys, thumbprints }: NamesOf): boolean {
  if ('tbsSha256' in entry) return plainHex(entry.tbsSha256) === certificate.tbsSha256;
  if ('sha256Thumbprint' in entry) return thumbprints().includes(plainHex(entry.sha256Thumbprint));
  const key = plainHex(entry.issuerSubjectKeyIdentifier);
  return (
    key !== '' &&
    signedSerial(entry.serialNumber) === signedSerial(serialNumberHex(certificate)) &&
    keys().includes(key)
  );
}

/**
 * The names of the issuer's key: a CA with two certificates for one key may have two, and the certificate says by which one it
 * was issued. The last one is the hash of the key itself (RFC 5280 §4.2.1.2, method 1).
 */
function keysOfIssuer({ certificate, issuer }: Link): readonly (string | undefined)[] {
  const hash = createHash('sha1').update(keyBits(issuer.subjectPublicKeyInfo)).digest('hex').toUpperCase();
  return [hexOf(issuer.subjectKeyIdentifier), hexOf(certificate.authorityKeyIdentifier), hash];
}

/** An entry by thumbprint alone means the certificate with either of the signatures that are valid with it. */
function thumbprintsOf({ certificate, issuer }: Link): readonly string[] {
  const twin = ecdsaTwin(certificate, issuer);
  const twins = twin ? [createHash('sha256').update(twin).digest('hex').toUpperCase()] : [];
  return [certificate.sha256Thumbprint.toUpperCase(), ...twins];
}

/**
 * Serial numbers are written with and without leading zeros; a negative one (−1 is the octet FF, as 255 is 00FF) has a
 * minus sign, as the log and `cardea explain` show it.
 */
function signedSerial(text: string): string {
  const sign = /^\s*-/.test(text) ? '-' : '';
  return sign + plainHex(text).replace(/^0+(?=.)/, '');
}
