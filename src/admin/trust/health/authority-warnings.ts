import { isUnusualCrlAddress } from '#core/crl/addresses/usual-address.ts';
import type { AlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import { checkSignature } from '#core/x509/algorithms/signature.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { nameToString, sameName } from '#core/x509/name.ts';
import type { AuthorityRow } from '#model/authority.ts';
import { type TrustWarning, trustWarning } from './warnings.ts';

const day = 24 * 3600 * 1000;
/** The end of a CA is announced these many days ahead, more urgently each time. */
export const daysAhead = [60, 30, 7] as const;

/**
 * What is worth an administrator's attention about a CA itself: it has expired or soon will, is no root although it counts as
 * one, is signed in a way that is refused, has no CRL address or an odd one. A certificate that cannot be read has none.
 */
export function authorityWarnings(row: AuthorityRow, at: Date, algorithms: AlgorithmPolicy): readonly TrustWarning[] {
  const ruling = readCertificate(row.der);
  if (ruling.outcome !== 'passed') return [];
  const certificate = ruling.value;
  const [subject, issuer] = [nameToString(certificate.subject), nameToString(certificate.issuer)];
  const isRoot = row.authorityType === 'root';
  const algorithm = isRoot ? undefined : refusedAlgorithm(certificate, algorithms);
  const urls = [row.certificateRevocationListUrl, row.deltaCertificateRevocationListUrl];
  return [
    ...expiryOf(certificate, subject, at),
    ...(isRoot && !sameName(certificate.subject, certificate.issuer)
      ? [trustWarning('authorityNoRoot', { subject, issuer })]
      : []),
    ...(algorithm === undefined ? [] : [trustWarning('authoritySignatureRefused', { subject, issuer, algorithm })]),
    ...(row.certificateRevocationListUrl || row.revocation?.ocsp
      ? []
      : [trustWarning('crlAddressMissing', { subject })]),
    ...urls.flatMap((url) => (url && isUnusualCrlAddress(url) ? [trustWarning('crlAddressUnusual', { url })] : [])),
  ];
}

function expiryOf({ notAfter }: Certificate, subject: string, at: Date): readonly TrustWarning[] {
  const left = (notAfter.getTime() - at.getTime()) / day;
  if (left < 0) return [trustWarning('authorityExpired', { subject, notAfter: notAfter.toISOString() }, notAfter)];
  const days = daysAhead.findLast((item) => left <= item);
  return days === undefined ? [] : [trustWarning('authorityExpires', { subject, days }, notAfter)];
}

/** The algorithm of the issuer's signature when no path may use it; the signature itself is not looked at. */
function refusedAlgorithm(certificate: Certificate, algorithms: AlgorithmPolicy): string | undefined {
  const { signatureAlgorithm, signature, subjectPublicKeyInfo } = certificate;
  const nothing = { tbs: new Uint8Array(), signatureAlgorithm, signature };
  const { code, evidence } = checkSignature(nothing, subjectPublicKeyInfo, algorithms).because;
  return code === 'algorithmRefused' ? (evidence as { algorithm: string }).algorithm : undefined;
}
