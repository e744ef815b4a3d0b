/**
 * Handshakes that begin in one turn of the event loop. Each takes about a millisecond of it: a key exchange and a signature. A sign-in has
 * some thirty turns, and waits for them in each.
 */
const mostInTurn = 2;

/**
 * Spreads the TLS handshakes of new connections over the turns of the event loop. If hundreds of clients connect at once, the requests of
 * sign-ins that have begun are served between them, and not after all of them.
 */
export class HandshakeTurns {
  readonly #waiting: (() => void)[] = [];
  #begun = 0;

  /** Handshakes that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Begins a handshake now, or in a later turn of the event loop, in the order of the calls. */
  enter(begin: () => void): void {
    this.#waiting.push(begin);
    // A turn is under way: this handshake is counted with the others in it.
    if (this.#begun > 0) this.#beginSome();
    else this.#turn();
  }

  #turn(): void {
    this.#begun = 0;
    this.#beginSome();
    if (this.#begun > 0) setImmediate(() => this.#turn());
  }

  #beginSome(): void {
    for (; this.#begun < mostInTurn && this.#waiting.length > 0; this.#begun++) this.#waiting.shift()!();
  }
}
