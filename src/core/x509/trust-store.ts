import type { Certificate } from './certificate.ts';

/** A CA as an administrator uploaded it (specification §2.2). */
export interface TrustedAuthority {
  readonly id: string;
  readonly certificate: Certificate;
  /** A root is a trust anchor; an intermediate is a link that must itself lead to a root. */
  readonly authorityType: 'root' | 'intermediate';
  readonly certificateRevocationListUrl: string | undefined;
  readonly deltaCertificateRevocationListUrl: string | undefined;
  readonly isIssuerHintEnabled: boolean;
  /** What this CA's revocation does beyond Entra; nothing unless an administrator chose it. */
  readonly revocation?: AuthorityRevocation;
  /** Which of the two stores it came from (§2.1, §2.6). */
  readonly store: 'pki' | 'classic';
}

/** Everything a tenant trusts. Immutable; built once per policy version, so an implementation may index it. */
export interface TrustStore {
  readonly authorities: readonly TrustedAuthority[];
}

/** Settings of one CA that Entra does not have (specification §13, rows 2 and 3). */
export interface AuthorityRevocation {
  /** Further addresses of the base CRL, asked in this order when the ones before do not deliver. */
  readonly furtherCrlUrls?: readonly string[];
  /** How long after nextUpdate its CRLs may still be used. */
  readonly graceSeconds?: number;
  /** A responder to ask (RFC 6960): before the CRLs, or where they cannot be had. */
  readonly ocsp?: OcspSettings;
}
export interface OcspSettings {
  readonly url: string;
  readonly order: 'first' | 'second';
  /** Demands that the responder echo a nonce: no cached response then, and many responders cannot. */
  readonly nonce?: boolean;
}
