/** What one process spent of the limits since its last report, and how many connections its sources have open now. */
export interface Spending {
  /** By the name of a limit: sources, and how many each took. */
  readonly spent: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Sources whose count has changed. */
  readonly open: Readonly<Record<string, number>>;
}

/** Milliseconds between two reports. A source can take what a process does not know of for that long, and pays it back later. */
const pauseMilliseconds = 100;

type Spend = (source: string, count: number, now: number) => void;

/**
 * Limits that several processes of one server keep together. Each process decides by its own buckets, at once; ten times a
 * second it reports what its sources took, and takes as much from its buckets as the others report.
 */
export class SharedLimits {
  readonly #send: (spending: Spending) => void;
  readonly #spenders = new Map<string, Spend>();
  #spent: Record<string, Record<string, number>> = {};
  #open: Record<string, number> = {};
  /** Open connections of each source in each other process. */
  readonly #elsewhere = new Map<number, Map<string, number>>();
  #timer: NodeJS.Timeout | undefined;

  /** @param send carries a report to every other process */
  constructor(send: (spending: Spending) => void) {
    this.#send = send;
  }

  /** Adds a limit. Answers what notes that a source took some. @param spend takes what other processes report */
  join(name: string, spend: Spend): (source: string, count: number) => void {
    this.#spenders.set(name, spend);
    return (source, count) => {
      this.#spent[name] ??= {};
      this.#spent[name][source] = (this.#spent[name][source] ?? 0) + count;
      this.#reportSoon();
    };
  }

  /** Notes how many connections a source has open here. */
  noteOpen(source: string, count: number): void {
    this.#open[source] = count;
    this.#reportSoon();
  }

  /** How many connections a source has open in the other processes. */
  openElsewhere(source: string): number {
    let sum = 0;
    for (const counts of this.#elsewhere.values()) sum += counts.get(source) ?? 0;
    return sum;
  }

  /** Takes the report of another process. */
  receive(from: number, { spent, open }: Spending, now = Date.now()): void {
    for (const [name, sources] of Object.entries(spent))
      for (const [source, count] of Object.entries(sources)) this.#spenders.get(name)?.(source, count, now);
    const counts = this.#elsewhere.get(from) ?? new Map<string, number>();
    this.#elsewhere.set(from, counts);
    for (const [source, count] of Object.entries(open)) {
      if (count > 0) counts.set(source, count);
      else counts.delete(source);
    }
  }

  /** Another process has ended, and its connections with it. */
  forget(process: number): void {
    this.#elsewhere.delete(process);
  }

  /** Reports what was taken since the last report, without waiting for its time. */
  report(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [spent, open] = [this.#spent, this.#open];
    this.#spent = {};
    this.#open = {};
    this.#send({ spent, open });
  }

  #reportSoon(): void {
    this.#timer ??= setTimeout(() => this.report(), pauseMilliseconds).unref();
  }
}

/** The limit under a name that every process gives it; undefined where one process keeps its limits alone. */
export const sharedAs = (limits: SharedLimits | undefined, name: string) => limits && { limits, name };
