import type { Because } from '../trace/reasons.ts';

/** What revocation needs to know of one CA: ask its configured addresses, and only those. */
export interface CrlRequest {
  /** The TrustedAuthority whose CRL this is. */
  readonly authorityId: string;
  readonly baseUrl: string;
  readonly deltaUrl: string | undefined;
}

/** What the world answered. Failure to fetch is an answer, not an exception: what it means is core's business. */
export interface CrlAnswer {
  readonly request: CrlRequest;
  readonly base: CrlFetched;
  readonly delta: CrlFetched | undefined;
}
export type CrlFetched =
  | { readonly kind: 'fetched'; readonly crl: import('./crl.ts').Crl; readonly url: string }
  | { readonly kind: 'failed'; readonly because: Because; readonly url: string };
