/** By the name of a limit: sources, and how many each took. */
export type Spent = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What a source may take of a limit. */
export interface Budget {
  readonly most: number;
  readonly seconds: number;
}

/** What one process spent of the limits since its last report, and how many connections its sources have open now. */
export interface Spending {
  readonly spent: Spent;
  /** Of each limit in `spent`. */
  readonly budgets: Readonly<Record<string, Budget>>;
  /** Sources whose count has changed. */
  readonly open: Readonly<Record<string, number>>;
}

/** Milliseconds between two reports. A source can take what a process does not know of for that long, and pays it back later. */
const pauseMilliseconds = 100;

type Spend = (source: string, count: number, now: number) => void;

/** A limit that other processes keep as well. */
interface Limit {
  readonly budget: Budget;
  readonly spend: Spend;
}

/**
 * Limits that several processes keep together: those of one server, and those of other nodes (`net/nodes`). Each process decides
 * by its own buckets, at once; ten times a second it reports what its sources took, and takes as much from its buckets as the
 * others report.
 */
export class SharedLimits {
  readonly #send: (spending: Spending) => void;
  readonly #limits = new Map<string, Limit>();
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
  join(name: string, budget: Budget, spend: Spend): (source: string, count: number) => void {
    this.#limits.set(name, { budget, spend });
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
  receive(from: number, { spent, open }: Pick<Spending, 'spent' | 'open'>, now = Date.now()): void {
    this.spend(spent, now);
    const counts = this.#elsewhere.get(from) ?? new Map<string, number>();
    this.#elsewhere.set(from, counts);
    for (const [source, count] of Object.entries(open)) {
      if (count > 0) counts.set(source, count);
      else counts.delete(source);
    }
  }

  /** Takes what sources spent elsewhere. @param now milliseconds */
  spend(spent: Spent, now = Date.now()): void {
    for (const [name, sources] of Object.entries(spent))
      for (const [source, count] of Object.entries(sources)) this.#limits.get(name)?.spend(source, count, now);
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
    const budgets = Object.fromEntries(Object.keys(spent).map((name) => [name, this.#limits.get(name)!.budget]));
    this.#send({ spent, budgets, open });
  }

  #reportSoon(): void {
    this.#timer ??= setTimeout(() => this.report(), pauseMilliseconds).unref();
  }
}

/** The limit under a name that every process gives it; undefined where one process keeps its limits alone. */
export const sharedAs = (limits: SharedLimits | undefined, name: string) => limits && { limits, name };
