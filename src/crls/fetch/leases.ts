import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '#ports/clock.ts';
import type { CrlLeases } from '#ports/revocation.ts';

/** Seconds. What a process that dies in the middle of a download costs the others at most, if their clocks agree. */
const lease = 20;
/** Milliseconds between two attempts to get a lease that another server holds. */
const patience = 200;

/**
 * CRL-8 across processes: of those that keep their CRLs in one place, one downloads and the others wait for what it
 * brings. Clocks that disagree make two download, or one wait longer; neither brings a wrong CRL.
 */
export class Leases {
  readonly #leases: CrlLeases | undefined;
  readonly #clock: Clock;
  readonly #onFault: (fault: unknown) => void;
  readonly #holder = randomUUID();

  constructor(leases: CrlLeases | undefined, clock: Clock, onFault: (fault: unknown) => void) {
    this.#leases = leases;
    this.#clock = clock;
    this.#onFault = onFault;
  }

  /** Does the work while no other server does; undefined when another server still did after `seconds`, or the signal came. */
  async alone<T>(key: string, seconds: number, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
    const leases = this.#leases;
    if (!leases) return await work();
    if (!(await this.#wait(leases, key, seconds, signal))) return undefined;
    const renewal = setInterval(() => void this.#take(leases, key), (lease * 1000) / 4).unref();
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      await leases.release(key, this.#holder).catch(this.#onFault);
    }
  }

  async #wait(leases: CrlLeases, key: string, seconds: number, signal: AbortSignal): Promise<boolean> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      if (signal.aborted) return false;
      if (await this.#take(leases, key)) return true;
      if (performance.now() >= end) return false;
      await pause(patience, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A store that does not answer keeps no server from downloading: at worst two do. */
  #take(leases: CrlLeases, key: string): Promise<boolean> {
    const at = this.#clock.now();
    const until = new Date(at.getTime() + lease * 1000);
    return leases.take(key, this.#holder, at, until).catch((fault) => {
      this.#onFault(fault);
      return true;
    });
  }
}
