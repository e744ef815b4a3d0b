import { performance } from 'node:perf_hooks';
import { busyPart, type LoopUse, loopUse } from './pace.ts';

/** Handshakes that begin together while the event loop has time for them. */
const mostTogether = 2;
/**
 * Milliseconds from one handshake to the next while it has none. A handshake takes about one of them: a key exchange and a signature. The rest is for
 * sign-ins that have begun. They need it to connect as well: a process accepts few connections in each turn of the event loop, so a
 * connection to the certauth host waits for a turn for every few connections before it, and with a handshake for each of them a turn takes several times
 * as long.
 */
const busyMilliseconds = 4;
/** Milliseconds from one look at the event loop to the next. */
const lookMilliseconds = 1;

/**
 * Bounds the part of the time that TLS handshakes of new connections take from a busy event loop. If hundreds of clients connect at once, the
 * requests of sign-ins that have begun are served between them, and not after all of them.
 */
export class HandshakeTurns {
  readonly #use: LoopUse;
  readonly #waiting: (() => void)[] = [];
  #isLooking = false;
  /** When the last one began (`performance.now`). */
  #begunAt = Number.NEGATIVE_INFINITY;

  constructor(use: LoopUse = loopUse()) {
    this.#use = use;
  }

  /** Handshakes that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Begins a handshake now or later, in the order of the calls. */
  enter(begin: () => void): void {
    this.#waiting.push(begin);
    if (!this.#isLooking) this.#look();
  }

  #look(): void {
    const now = performance.now();
    const isDue = now - this.#begunAt >= busyMilliseconds;
    const most = this.#use() < busyPart ? mostTogether : Number(isDue);
    const some = this.#waiting.splice(0, most);
    if (some.length > 0) this.#begunAt = now;
    // Until the next look, others wait even if none does now.
    this.#isLooking = some.length > 0 || this.#waiting.length > 0;
    if (this.#isLooking) setTimeout(() => this.#look(), lookMilliseconds);
    for (const begin of some) begin();
  }
}
