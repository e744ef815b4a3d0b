/** Requests of one source that are served at once. A further one waits until it is its turn. */
const servedAtOnce = 8;
/** A request that takes longer waits for something else than the processor, such as a CRL, and its place is free again. */
const placeMilliseconds = 250;

interface Turn {
  readonly serve: () => void;
  /** Runs while the turn holds a place. */
  timer?: NodeJS.Timeout | undefined;
}
interface Line {
  places: number;
  readonly waiting: Set<Turn>;
}

/**
 * Shares the processor between sources. A source that sends many requests at once, each within its limits, would
 * otherwise have all of them served before the next request of another source.
 */
export class FairShare {
  readonly #places: number;
  readonly #lines = new Map<string, Line>();

  constructor(places = servedAtOnce) {
    this.#places = places;
  }

  /** How many sources have a request that is served or waits. */
  get size(): number {
    return this.#lines.size;
  }

  /** Calls `serve` at once or when it is the source's turn. The caller calls what it gets when the request has ended. */
  enter(source: string, serve: () => void): () => void {
    const line = this.#lines.get(source) ?? { places: 0, waiting: new Set<Turn>() };
    this.#lines.set(source, line);
    const turn: Turn = { serve };
    line.waiting.add(turn);
    this.#proceed(source, line);
    return () => {
      if (line.waiting.delete(turn)) this.#proceed(source, line);
      else this.#leave(source, line, turn);
    };
  }

  #proceed(source: string, line: Line): void {
    for (const turn of line.waiting) {
      if (line.places >= this.#places) return;
      line.waiting.delete(turn);
      line.places++;
      turn.timer = setTimeout(() => this.#leave(source, line, turn), placeMilliseconds).unref();
      turn.serve();
    }
    if (line.places === 0 && this.#lines.get(source) === line) this.#lines.delete(source);
  }

  #leave(source: string, line: Line, turn: Turn): void {
    if (turn.timer === undefined) return; // its place is free already
    clearTimeout(turn.timer);
    turn.timer = undefined;
    line.places--;
    this.#proceed(source, line);
  }
}
