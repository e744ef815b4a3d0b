import { passed, type Ruling, refused } from '../trace/ruling.ts';
import { nameToString } from '../x509/name.ts';
import type { Link } from './links.ts';
import { type BlockedCertificate, hexOf, plainHex } from './policy.ts';

/** The local block list: ours alone, asked before any list of a CA, effective at once. */
export function acceptUnblocked(link: Link, blockedCertificates: readonly BlockedCertificate[]): Ruling<Link> {
  const { certificate } = link;
  const subject = nameToString(certificate.subject);
  const issuer = nameToString(certificate.issuer);
  const blockedCertificate = blockedCertificates.find((entry) => names(entry, link));
  const evidence = { subject, issuer, serialNumber: hexOf(certificate.serialNumber) };
  if (blockedCertificate) return refused('certificateBlocked', { ...evidence, note: blockedCertificate.note ?? '' });
  return passed(link, 'crlAccepted', { issuer, number: 'local block list' });
}

function names(entry: BlockedCertificate, { certificate, issuer }: Link): boolean {
  if ('sha256Thumbprint' in entry)
    return plainHex(entry.sha256Thumbprint) === certificate.sha256Thumbprint.toUpperCase();
  return (
    plainHex(entry.issuerSubjectKeyIdentifier) === hexOf(issuer.subjectKeyIdentifier) &&
    unsigned(plainHex(entry.serialNumber)) === unsigned(hexOf(certificate.serialNumber))
  );
}

/** Serial numbers are shown with and without the octet that keeps them positive. */
const unsigned = (hex: string): string => hex.replace(/^(00)+(?=..)/, '');
