import { type BoundedCache, boundedCache } from '../bounded-cache.ts';
import type { Budget, Spending, Spent } from '../limits/shared-limits.ts';

/** The part of its budget that a source uses in one window before it is reported to other nodes. */
export const notableShare = 1 / 20;

/** Sources of one report, all limits together. Those that used the largest part of their budget come first. */
export const mostReported = 500;

/** Sources that are counted, and those that wait to be reported. Each is dropped when others were seen later. */
const [mostCounted, mostWaiting] = [10_000, 5_000];

interface Entry {
  readonly limit: string;
  readonly source: string;
  readonly budget: Budget;
  /** Milliseconds: when its window began. */
  since: number;
  /** What it took since then, and what of it was not reported yet. */
  total: number;
  unreported: number;
}

/**
 * What a node reports to the others of its sources. Most sources use little of their budget, and
 * are not reported. One that uses a notable share of it in a window is reported, with all that it takes in that window.
 */
export class NotableSpending {
  readonly #entries: BoundedCache<Entry> = boundedCache(mostCounted);
  readonly #waiting: BoundedCache<Entry> = boundedCache(mostWaiting);

  /** Counts what one process of this node reports. @param now milliseconds */
  note({ spent, budgets }: Pick<Spending, 'spent' | 'budgets'>, now: number): void {
    for (const [limit, sources] of Object.entries(spent)) {
      const budget = budgets[limit];
      if (budget === undefined) continue;
      for (const [source, count] of Object.entries(sources)) this.#count({ limit, source, budget }, count, now);
    }
  }

  /** What is to be reported now; undefined where there is nothing. It counts as reported. */
  take(): Spent | undefined {
    if (this.#waiting.size === 0) return undefined;
    const share = ({ unreported, budget }: Entry) => unreported / budget.most;
    const entries = [...this.#waiting.entries()];
    if (entries.length > mostReported) entries.sort(([, a], [, b]) => share(b) - share(a)).splice(mostReported);
    const spent: Record<string, Record<string, number>> = {};
    for (const [key, entry] of entries) {
      spent[entry.limit] ??= {};
      spent[entry.limit]![entry.source] = entry.unreported;
      entry.unreported = 0;
      this.#waiting.delete(key);
    }
    return spent;
  }

  #count(of: Pick<Entry, 'limit' | 'source' | 'budget'>, count: number, now: number): void {
    const key = `${of.limit}\n${of.source}`;
    const entry = this.#entries.get(key) ?? { ...of, since: now, total: 0, unreported: 0 };
    this.#entries.set(key, entry);
    if (now - entry.since >= of.budget.seconds * 1000) {
      if (!this.#waiting.has(key)) entry.unreported = 0; // it has its budget back
      entry.total = entry.unreported;
      entry.since = now;
    }
    entry.total += count;
    entry.unreported += count;
    if (entry.total >= notableShare * entry.budget.most && entry.unreported !== 0) this.#waiting.set(key, entry);
  }
}
