import type { Clock } from '#ports/clock.ts';
import type { CrlBytes } from '#ports/revocation.ts';
import type { DownloadPolicy } from '../fetch/policy.ts';
import type { ImagePlace } from '../index/images.ts';

export interface CrlCacheOptions {
  readonly clock: Clock;
  /** Where CRLs survive a restart; without it they do not. */
  readonly bytes?: CrlBytes;
  /** Where large CRLs are kept with their indexes, for all processes of this computer. */
  readonly images?: ImagePlace;
  /** What differs from {@link defaultDownloadPolicy}. */
  readonly policy?: Partial<DownloadPolicy>;
  readonly timing?: Partial<CrlCacheTiming>;
  /** Receives faults in the background, where no request waits for an answer. */
  readonly onFault?: (fault: unknown) => void;
}

/** Seconds. */
export interface CrlCacheTiming {
  /** How long after an attempt that brought nothing new the next one waits (CRL-9). Sign-ins in between get the same answer. */
  readonly retry: number;
  /** The same where no request is waiting, for a CRL that is due, whether it still holds or has expired: the new one may be late. */
  readonly retryPrefetch: number;
  /** How long all CRLs of one path may take together before 500179. */
  readonly validation: number;
  /** How often the cache looks whether a CRL has become due; 0 leaves it to the sign-ins. */
  readonly prefetch: number;
  /** CRL-8: Entra sends everyone but the first away with 2205013 while a CRL is fetched; we let them wait for the same one. */
  readonly concurrent: 'wait' | 'refuse';
}

export const defaultTiming: CrlCacheTiming = {
  retry: 1,
  retryPrefetch: 300,
  validation: 15,
  prefetch: 60,
  concurrent: 'wait',
};
