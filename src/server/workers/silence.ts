/** How often a parent looks for workers that are silent, in parts of the time that they may be. */
const looksInPatience = 4;

/**
 * The workers of which a parent has heard nothing for too long. The time in which the parent itself did not run does not count: where a container or a
 * virtual machine was frozen, none of the processes ran, and what the workers sent is not read yet.
 */
export class Silence<W> {
  readonly #patience: number;
  readonly #heardAt = new Map<W, number>();
  #lookedAt: number;

  /** @param patience milliseconds that a worker may be silent */
  constructor(patience: number, now: number) {
    this.#patience = patience;
    this.#lookedAt = now;
  }

  /** Milliseconds between two looks. */
  get pause(): number {
    return this.#patience / looksInPatience;
  }

  hear(worker: W, now: number): void {
    this.#heardAt.set(worker, now);
  }

  forget(worker: W): void {
    this.#heardAt.delete(worker);
  }

  /** Looks for workers that have been silent for too long. */
  find(now: number): readonly W[] {
    const isLate = now - this.#lookedAt > 2 * this.pause;
    this.#lookedAt = now;
    if (isLate) for (const worker of this.#heardAt.keys()) this.#heardAt.set(worker, now);
    return [...this.#heardAt].filter(([, heardAt]) => now - heardAt >= this.#patience).map(([worker]) => worker);
  }
}
