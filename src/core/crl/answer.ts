import type { Because } from '../trace/reasons.ts';
import type { Crl } from './format/crl.ts';

/** Who may sign the CRLs of an authority: what a signature is checked with. Octets only, so that a thread can be handed one. */
export interface CrlSigner {
  /** DER of its name. */
  readonly subject: Uint8Array;
  readonly subjectKeyIdentifier: Uint8Array | undefined;
  /** DER of SubjectPublicKeyInfo. */
  readonly subjectPublicKeyInfo: Uint8Array;
}

/** What revocation needs to know of one CA: ask its configured addresses, and only those. */
export interface CrlRequest {
  /** The TrustedAuthority whose CRL this is. */
  readonly authorityId: string;
  readonly baseUrl: string;
  readonly deltaUrl: string | undefined;
  /** Where else the base may be had, in order, when the address before did not deliver. */
  readonly furtherUrls?: readonly string[];
  /** The authority itself first, then the others of the trust store that might sign for it. */
  readonly signers: readonly CrlSigner[];
}

/** What the world answered. Failure to fetch is an answer, not an exception: what it means is core's business. */
export interface CrlAnswer {
  readonly request: CrlRequest;
  readonly base: CrlFetched;
  readonly delta: CrlFetched | undefined;
}
export type CrlFetched =
  | {
      readonly kind: 'fetched';
      readonly crl: Crl;
      readonly url: string;
      /** The CRL is past its end and this is why there is no newer one. */
      readonly notRenewed?: Because;
    }
  | { readonly kind: 'failed'; readonly because: Because; readonly url: string };
