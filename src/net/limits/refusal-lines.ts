import { sourceOf } from './limits.ts';

/** Milliseconds in which the refused connections of one source are one line of the log. */
const lineMilliseconds = 60_000;
/** Sources that have a line of their own in that time. Further ones have one together. */
const mostSources = 1000;
/** Stands for the sources that have no line of their own. */
const otherSources = 'others';

/** A line of the log about refused connections of one source. */
export interface RefusalLine {
  readonly source: string;
  readonly problem: string;
  /** How many connections of the source the line is about. */
  readonly count: number;
}

interface Entry {
  /** Milliseconds. */
  readonly until: number;
  problem: string;
  count: number;
}

/**
 * Collapses the lines about refused connections: the first one of a source is written at once, and the further ones of the
 * same minute as one line with their count and the last problem.
 */
export class RefusalLines {
  readonly #write: (line: RefusalLine) => void;
  /** In the order of `until`. */
  readonly #entries = new Map<string, Entry>();
  #timer: NodeJS.Timeout | undefined;

  constructor(write: (line: RefusalLine) => void) {
    this.#write = write;
  }

  /** @param now milliseconds */
  note(address: string, problem: string, now: number): void {
    this.flush(now);
    const named = sourceOf(address);
    const source = this.#entries.has(named) || this.#entries.size < mostSources ? named : otherSources;
    const entry = this.#entries.get(source);
    if (entry) {
      entry.problem = problem;
      entry.count++;
      return;
    }
    this.#entries.set(source, { until: now + lineMilliseconds, problem, count: 0 });
    this.#write({ source, problem, count: 1 });
    this.#timer ??= setTimeout(() => this.#expire(), lineMilliseconds).unref();
  }

  /** Writes the lines of the minutes that have ended. @param now milliseconds */
  flush(now: number): void {
    for (const [source, { until, problem, count }] of this.#entries) {
      if (until > now) return;
      this.#entries.delete(source);
      if (count > 0) this.#write({ source, problem, count });
    }
  }

  #expire(): void {
    this.#timer = undefined;
    this.flush(Date.now());
    if (this.#entries.size > 0) this.#timer = setTimeout(() => this.#expire(), lineMilliseconds).unref();
  }
}
