import { performance } from 'node:perf_hooks';

/** How many sign-ins a process works on, and how long one may wait to begin. All are settings (docs/settings.md, "Overload"). */
export interface AdmissionLimits {
  /** Sign-ins at work at once while the process has time left. */
  readonly atOnce: number;
  /** Sign-ins that wait for one of them to end or to rest. */
  readonly waiting: number;
  /** Milliseconds that a sign-in waits to begin. */
  readonly waitMilliseconds: number;
}

/** The defaults. A rush of 64 visitors fits into the wait of two processes, so that clients which do not come back are rarely refused. */
export const usualAdmission: AdmissionLimits = { atOnce: 16, waiting: 200, waitMilliseconds: 1_000 };

/**
 * Sign-ins that keep the event loop of a process busy when their browsers are near: while one waits for the disk or its browser, the
 * other one is served. More would only wait for each other, and each of them takes longer.
 */
const busyAtOnce = 2;
/** From this part of the time on the event loop has none left for more work at once. */
export const busyPart = 0.8;
/** Milliseconds from one measurement to the next. */
const measureMilliseconds = 25;
/** Milliseconds that a sign-in waits to begin before one has ended: the first ones of a process take longer. */
const unmeasuredMilliseconds = 5_000;
/** The weight of the newest stay in the average. */
const newestWeight = 0.1;

/** Answers the part of the time, between 0 and 1, in which the event loop worked since the last call. */
export type LoopUse = () => number;

/** Counts from the call of this function on. */
export function loopUse(): LoopUse {
  let last = performance.eventLoopUtilization();
  return () => {
    const current = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(current, last);
    last = current;
    return utilization;
  };
}

/**
 * Measures how many sign-ins at once a process has time for. Browsers far away leave the event loop idle between their requests, so
 * more sign-ins are worked on, up to the limit; a busy event loop works on few, one after the other.
 */
export class AdmissionPace {
  readonly #limits: AdmissionLimits;
  readonly #use: LoopUse;
  #places: number;
  #measuredAt = 0;
  #isShort = false;
  /** Milliseconds that a sign-in keeps its place, on average; undefined before the first has ended. */
  #stay: number | undefined;

  constructor(limits: AdmissionLimits, use: LoopUse = loopUse()) {
    this.#limits = limits;
    this.#use = use;
    this.#places = this.#fewest;
  }

  /** Sign-ins that the process works on at once. */
  get places(): number {
    return this.#places;
  }

  /**
   * Sign-ins that may wait: those whose turn is expected to come in time, and as many as a busy process works on. Before the first
   * measurement all may wait that the limit permits.
   */
  get queue(): number {
    const { waiting, waitMilliseconds } = this.#limits;
    if (this.#stay === undefined) return waiting;
    const inTime = Math.floor((waitMilliseconds * this.#places) / Math.max(1, this.#stay));
    return Math.min(waiting, Math.max(this.#fewest, inTime));
  }

  /** Milliseconds that a sign-in waits to begin: the limit, or one stay on a slower computer. */
  get patience(): number {
    return Math.max(this.#limits.waitMilliseconds, this.#stay ?? unmeasuredMilliseconds);
  }

  /** Notes that a sign-in found no place. */
  noteShortage(): void {
    this.#isShort = true;
  }

  /** Notes how many milliseconds a sign-in kept its place. */
  noteStay(milliseconds: number): void {
    this.#stay = this.#stay === undefined ? milliseconds : this.#stay + newestWeight * (milliseconds - this.#stay);
  }

  /** Measures again if the last measurement is old. A shortage on a loop that has time adds places; any other state takes some away. */
  measure(current = performance.now()): void {
    if (current - this.#measuredAt < measureMilliseconds) return;
    this.#measuredAt = current;
    const hasTime = this.#use() < busyPart;
    const step = this.#isShort && hasTime ? 2 : -2;
    this.#places = Math.min(this.#limits.atOnce, Math.max(this.#fewest, this.#places + step));
    this.#isShort = false;
  }

  get #fewest(): number {
    return Math.min(this.#limits.atOnce, busyAtOnce);
  }
}
