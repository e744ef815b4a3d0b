import type { Name } from '../x509/name.ts';

/** A parsed certificate revocation list with an index by serial number (RFC 5280 §5). */
export interface Crl {
  readonly issuer: Name;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  readonly number: bigint | undefined;
  /** Set on a delta CRL: the number of the base it completes (RFC 5280 §5.2.4). */
  readonly baseNumber: bigint | undefined;
  readonly entryCount: number;
}
