import { hexOf, plainHex } from '../hex.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { VerifiedPath } from '../x509/path.ts';
import type { TrustedAuthority, TrustStore } from '../x509/trust-store.ts';
import type { RevocationPolicy } from './policy.ts';

/** One certificate of a path and the CA that issued it: the CRL of the CA applies to the certificate (CRL-3). */
export interface Link {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  /** The record of that CA in the trust store. */
  readonly authority: TrustedAuthority | undefined;
  readonly isLeaf: boolean;
}

/** The links of a path from the leaf up. No CRL can revoke the anchor. */
export function linksOf({ certificates, authorities }: VerifiedPath, store: TrustStore): Link[] {
  return certificates.slice(0, -1).map((certificate, i) => {
    const issuer = certificates[i + 1] ?? certificate;
    return {
      certificate,
      issuer,
      authority: recordOf(issuer, authorities) ?? recordOf(issuer, store.authorities),
      isLeaf: i === 0,
    };
  });
}

/** The record the path was built with, where a CA has two (§2.6). */
function recordOf(
  { sha256Thumbprint }: Certificate,
  records: readonly TrustedAuthority[],
): TrustedAuthority | undefined {
  return records.find(({ certificate }) => certificate.sha256Thumbprint === sha256Thumbprint);
}

/** CRL-25, CRL-26: what an exempted CA issued is not checked at all. */
export function isExempt({ issuer }: Link, policy: RevocationPolicy): boolean {
  const identifier = hexOf(issuer.subjectKeyIdentifier);
  if (identifier === '') return false;
  return policy.exemptedCertificateAuthoritiesSubjectKeyIdentifiers.some(
    (exemptedCertificateAuthoritiesSubjectKeyIdentifier) =>
      plainHex(exemptedCertificateAuthoritiesSubjectKeyIdentifier) === identifier,
  );
}
