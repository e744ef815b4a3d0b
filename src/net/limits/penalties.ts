import { type BoundedCache, boundedCache } from '../bounded-cache.ts';
import { SourceBuckets } from './limits.ts';
import { type SharedLimits, sharedAs } from './shared-limits.ts';

/** Refusals of one source in ten seconds, of connections and requests together. Beyond them the source has a penalty. */
export const refusalsPerTenSeconds = 200;
/** How long a penalty lasts after the last refusal beyond that figure. */
export const penaltySeconds = 10;

/** Seconds between two reports of one source, and the most reports of all sources in that time. */
const reportSeconds = 60;
const mostReports = 60;

/** A source whose connections are closed as they are accepted. */
export interface Penalty {
  readonly source: string;
  /** Connections and requests refused since the last report. */
  readonly refused: number;
}

interface Entry {
  /** Milliseconds. */
  until: number;
  refused: number;
}

/**
 * Sources that continue far above their limits. What they send costs the acceptance of a connection and nothing more. A
 * penalty lasts as long as the flood, and ten seconds longer.
 */
export class Penalties {
  readonly #refusals: SourceBuckets;
  readonly #reports = new SourceBuckets(1, undefined, reportSeconds);
  readonly #allReports = new SourceBuckets(mostReports, 1, reportSeconds);
  readonly #entries: BoundedCache<Entry>;
  readonly #report: (source: string, count: number) => void;

  /** @param onPenalty hears of a source whose penalty began in another process */
  constructor(most = 10_000, sharedLimits?: SharedLimits, onPenalty: (source: string) => void = () => undefined) {
    this.#entries = boundedCache(most);
    const budget = { most: 1, seconds: penaltySeconds }; // each one is notable for other nodes
    const follow = (source: string, _count: number, now: number) => {
      if (this.#extend(source, now)) onPenalty(source);
    };
    this.#report = sharedLimits?.join('penalties', budget, follow) ?? (() => undefined);
    this.#refusals = new SourceBuckets(refusalsPerTenSeconds, undefined, undefined, sharedAs(sharedLimits, 'refusals'));
  }

  get size(): number {
    return this.#entries.size;
  }

  has(source: string, now: number): boolean {
    return this.#current(source, now) !== undefined;
  }

  /** Notes a refusal. Answers true when a penalty begins with it. @param now milliseconds */
  note(source: string, now: number): boolean {
    const entry = this.#current(source, now);
    if (entry) entry.refused++;
    if (this.#refusals.take(source, now) === undefined) return false;
    this.#report(source, 1);
    return this.#extend(source, now, refusalsPerTenSeconds + 1);
  }

  /** Lets the penalty of a source last ten seconds from now on. Answers true when it begins with that. */
  #extend(source: string, now: number, refused = 0): boolean {
    const until = now + penaltySeconds * 1000;
    const entry = this.#current(source, now);
    if (entry) entry.until = until;
    else this.#entries.set(source, { until, refused });
    return entry === undefined;
  }

  #current(source: string, now: number): Entry | undefined {
    const entry = this.#entries.get(source);
    if (entry === undefined || entry.until > now) return entry;
    this.#entries.delete(source);
    return undefined;
  }

  /** What the operator's log should say of the source now; undefined when it said so within the last minute. */
  report(source: string, now: number): Penalty | undefined {
    const entry = this.#entries.get(source);
    if (!entry || this.#reports.take(source, now) !== undefined) return undefined;
    if (this.#allReports.take('all', now) !== undefined) return undefined;
    const { refused } = entry;
    entry.refused = 0;
    return { source, refused };
  }
}
