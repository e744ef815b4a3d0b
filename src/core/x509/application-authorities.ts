import type { TrustedAuthority, TrustStore } from './trust-store.ts';

/** A CA that certificates of applications may come from; a root is where their paths end. */
export type ApplicationAuthority = Pick<TrustedAuthority, 'id' | 'certificate' | 'authorityType'> &
  Partial<Pick<TrustedAuthority, 'certificateRevocationListUrl' | 'deltaCertificateRevocationListUrl'>>;

/**
 * The CAs that certificates of applications may come from. Where none are named for applications, they are those of the
 * tenant's PKI; named ones take their place. A named CA that the PKI knows as well keeps the PKI's record of its CRLs.
 */
export function applicationTrustStore(
  store: TrustStore,
  ofApplications: readonly ApplicationAuthority[] = [],
): TrustStore {
  if (ofApplications.length === 0) return store;
  const byThumbprint = new Map(
    store.authorities.map((authority) => [authority.certificate.sha256Thumbprint, authority]),
  );
  const authorities = ofApplications.map((authority): TrustedAuthority => {
    const record = byThumbprint.get(authority.certificate.sha256Thumbprint);
    return { ...(record ?? unknownToPki(authority)), authorityType: authority.authorityType };
  });
  return { ...store, authorities };
}

const unknownToPki = (authority: ApplicationAuthority): TrustedAuthority => ({
  certificateRevocationListUrl: undefined,
  deltaCertificateRevocationListUrl: undefined,
  isIssuerHintEnabled: false,
  store: 'pki',
  ...authority,
});
