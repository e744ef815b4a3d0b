import { isExempt, linksOf } from '../crl/links.ts';
import type { RevocationPolicy } from '../crl/policy.ts';
import type { Because } from '../trace/reasons.ts';
import type { VerifiedPath } from '../x509/path.ts';
import type { TrustStore } from '../x509/trust-store.ts';
import { type CertId, certIdOf } from './cert-id.ts';
import type { OcspResponse } from './response.ts';
import { isAuthentic } from './status.ts';

/** Ask this responder about this certificate; only addresses an administrator configured. */
export interface OcspRequest {
  readonly url: string;
  readonly certId: CertId;
  /** SHA-256 thumbprint of the certificate asked about. */
  readonly about: string;
  readonly withNonce: boolean;
  /** Whether a response is about this certificate and signed by whom its CA named; only such a one is kept. */
  isAuthentic(response: OcspResponse, at: Date): boolean;
}
/** What came of it. Failure is an answer: what it means is core's business. */
export type OcspAnswer = { readonly request: OcspRequest; readonly nonce: Uint8Array | undefined } & (
  | { readonly kind: 'answered'; readonly response: OcspResponse }
  | { readonly kind: 'failed'; readonly because: Because }
);

/** The questions a path poses: one for each certificate whose CA has a responder. */
export function ocspNeeded(path: VerifiedPath, store: TrustStore, policy: RevocationPolicy): OcspRequest[] {
  return linksOf(path, store)
    .filter((link) => !isExempt(link, policy))
    .flatMap(({ certificate, issuer, isLeaf, authority }) => {
      const ocsp = authority?.revocation?.ocsp;
      if (!ocsp) return [];
      return [
        {
          url: ocsp.url,
          certId: certIdOf(certificate, issuer),
          about: certificate.sha256Thumbprint,
          withNonce: ocsp.nonce ?? false,
          isAuthentic: (response: OcspResponse, at: Date) =>
            isAuthentic(response, { certificate, issuer, isLeaf, store, at }),
        },
      ];
    });
}
