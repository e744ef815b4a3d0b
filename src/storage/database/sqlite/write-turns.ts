import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds between two attempts to write while another process writes. A commit takes one to five. */
const pauseMilliseconds = 1;

/** Milliseconds that a write waits for other processes. The longest transactions are slices of a synchronization. */
export const turnPatience = 15_000;

/** Milliseconds that a read waits: only while another process repairs the log of one that was killed. */
const readPatience = 5_000;

const isBusy = (problem: unknown): boolean => (((problem as { errcode?: number }).errcode ?? 0) & 0xff) === 5;

/** When a process may write into a database file into which others write too. */
export class WriteTurns {
  readonly #isShared: boolean;
  #waitingSince: number | undefined;

  /** @param isShared where it is false, a file that is busy is a fault at once */
  constructor(isShared: boolean) {
    this.#isShared = isShared;
  }

  /** Whether statements wait for another process. */
  get isWaiting(): boolean {
    return this.#waitingSince !== undefined;
  }

  /** It is the turn of the statements that waited. */
  begins(): void {
    this.#waitingSince = undefined;
  }

  /** Whether a transaction that could not begin tries again. @param began when it tried first (`performance.now`) */
  mayWait(problem: unknown, began: number): boolean {
    return this.#isShared && isBusy(problem) && performance.now() - began < turnPatience;
  }

  /** The same for the statements that wait together. */
  mayWaitOn(problem: unknown): boolean {
    this.#waitingSince ??= performance.now();
    if (this.mayWait(problem, this.#waitingSince)) return true;
    this.#waitingSince = undefined;
    return false;
  }

  pause(): Promise<void> {
    return wait(pauseMilliseconds);
  }

  /** Reads. In a write-ahead log readers wait for no writer, and for a repair they wait in place. */
  read<T>(attempt: () => T): T {
    for (const began = performance.now(); ; ) {
      try {
        return attempt();
      } catch (problem) {
        const cause = (problem as { cause?: unknown }).cause ?? problem;
        if (!this.#isShared || !isBusy(cause) || performance.now() - began > readPatience) throw problem;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMilliseconds);
      }
    }
  }
}
