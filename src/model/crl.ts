import type { Because } from '#core/trace/reasons.ts';

/** Where one CRL stands right now. */
export interface CrlState {
  readonly url: string;
  readonly source: 'download' | 'import' | 'restart' | 'none';
  readonly isDownloading: boolean;
  readonly number: string | undefined;
  readonly thisUpdate: Date | undefined;
  readonly nextUpdate: Date | undefined;
  readonly nextPublish: Date | undefined;
  /** Octets of the CRL. */
  readonly size: number;
  readonly entries: number;
  /** Why the last attempt to renew it failed; undefined after one that did not. An attempt that continues in the background does not count. */
  readonly lastError: Because | undefined;
  /** When the CRL was last confirmed to be the current one. */
  readonly fetchedAt: Date | undefined;
  /** How long the last download took; undefined where this process has downloaded nothing from the address. */
  readonly lastFetchMilliseconds: number | undefined;
}

export interface StoredCrlFacts {
  readonly url: string;
  readonly fetchedAt: Date;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  /** The highest CRL number ever accepted from here, decimal. */
  readonly highestNumber: string | undefined;
}

export interface StoredCrl extends StoredCrlFacts {
  readonly der: Uint8Array;
}

export interface StoredCrlHead extends StoredCrlFacts {
  /** Octets of the CRL; 0 when they are kept elsewhere. */
  readonly size: number;
}
