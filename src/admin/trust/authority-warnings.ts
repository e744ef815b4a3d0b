import { type Because, because } from '#core/trace/reasons.ts';
import type { AlgorithmPolicy } from '#core/x509/algorithm-policy.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { nameToString, sameName } from '#core/x509/name.ts';
import { checkSignature } from '#core/x509/signature.ts';
import type { AuthorityRow } from '#model/authority.ts';

/**
 * What is worth an administrator's attention about a CA that is in the trust store, each with its next step in the remedy:
 * it has expired, is no root although it counts as one, is signed in a way that is refused, or has no CRL address.
 */
export function warningsOf(row: AuthorityRow, at: Date, algorithms: AlgorithmPolicy): readonly Because[] {
  const ruling = readCertificate(row.der);
  if (ruling.outcome !== 'passed') return [ruling.because];
  const certificate = ruling.value;
  const subject = nameToString(certificate.subject);
  const issuer = nameToString(certificate.issuer);
  const algorithm = row.authorityType === 'root' ? undefined : refusedAlgorithm(certificate, algorithms);
  return [
    ...(at > certificate.notAfter
      ? [because('caHasExpired', { subject, notAfter: certificate.notAfter.toISOString() })]
      : []),
    ...(row.authorityType === 'root' && !sameName(certificate.subject, certificate.issuer)
      ? [because('caIsNoRoot', { subject, issuer })]
      : []),
    ...(algorithm === undefined ? [] : [because('caSignatureRefused', { subject, issuer, algorithm })]),
    ...(row.certificateRevocationListUrl || row.revocation?.ocsp ? [] : [because('caWithoutCrl', { subject })]),
  ];
}

/** The algorithm of the issuer's signature when no path may use it; the signature itself is not looked at. */
function refusedAlgorithm(certificate: Certificate, algorithms: AlgorithmPolicy): string | undefined {
  const { signatureAlgorithm, signature, subjectPublicKeyInfo } = certificate;
  const nothing = { tbs: new Uint8Array(), signatureAlgorithm, signature };
  const { code, evidence } = checkSignature(nothing, subjectPublicKeyInfo, algorithms).because;
  return code === 'algorithmRefused' ? (evidence as { algorithm: string }).algorithm : undefined;
}
