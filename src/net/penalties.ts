import { type BoundedCache, boundedCache } from './bounded-cache.ts';
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
 * Sources that go on far above their limits. What they send costs the acceptance of a connection and nothing more. A
 * penalty lasts as long as the flood, and ten seconds longer.
 */
export class Penalties {
  readonly #refusals: SourceBuckets;
  readonly #reports = new SourceBuckets(1, undefined, reportSeconds);
  readonly #allReports = new SourceBuckets(mostReports, 1, reportSeconds);
  readonly #entries: BoundedCache<Entry>;

  constructor(most = 10_000, sharedLimits?: SharedLimits) {
    this.#entries = boundedCache(most);
    this.#refusals = new SourceBuckets(refusalsPerTenSeconds, undefined, undefined, sharedAs(sharedLimits, 'refusals'));
  }

  get size(): number {
    return this.#entries.size;
  }

  has(source: string, now: number): boolean {
    const entry = this.#entries.get(source);
    if (entry === undefined) return false;
    if (entry.until > now) return true;
    this.#entries.delete(source);
    return false;
  }

  /** Notes a refusal. Answers true when a penalty begins with it. @param now milliseconds */
  note(source: string, now: number): boolean {
    const isPenalised = this.has(source, now);
    const entry = this.#entries.get(source);
    if (entry) entry.refused++;
    if (this.#refusals.take(source, now) === undefined) return false;
    const until = now + penaltySeconds * 1000;
    if (entry) entry.until = until;
    else this.#entries.set(source, { until, refused: refusalsPerTenSeconds + 1 });
    return !isPenalised;
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
