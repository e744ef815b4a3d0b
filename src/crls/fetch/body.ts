/** A body as it arrived: pieces of memory that a worker thread can be handed without copying. */
export interface Body {
  readonly segments: readonly Uint8Array[];
  readonly length: number;
}

const MiB = 1024 * 1024;

/**
 * Takes in a body piece by piece. Nothing it does costs more than the piece at hand, however large the whole grows;
 * joining is left to the caller.
 */
export class BodyCollector {
  readonly #segments: Uint8Array[] = [];
  readonly #nextSize: number;
  #used = 0;
  length = 0;

  /** `expected` is what the server announced, already checked against the limit; undefined when it did not. */
  constructor(expect: number | undefined) {
    this.#nextSize = expect ?? MiB;
  }

  add(chunk: Uint8Array): void {
    for (let rest = chunk; rest.length > 0; ) {
      const segment = this.#segmentWithRoom();
      const part = rest.subarray(0, segment.length - this.#used);
      segment.set(part, this.#used);
      this.#used += part.length;
      this.length += part.length;
      rest = rest.subarray(part.length);
    }
  }

  finish(): Body {
    const segments = this.#segments.map((segment, i) =>
      i === this.#segments.length - 1 ? segment.subarray(0, this.#used) : segment,
    );
    return { segments, length: this.length };
  }

  #segmentWithRoom(): Uint8Array {
    const last = this.#segments.at(-1);
    if (last && this.#used < last.length) return last;
    const size = last ? Math.min(Math.max(MiB, last.length * 2), 16 * MiB) : Math.max(this.#nextSize, 1);
    const fresh = new Uint8Array(new SharedArrayBuffer(size));
    this.#segments.push(fresh);
    this.#used = 0;
    return fresh;
  }
}

/** The whole body in one piece of shared memory; the only piece, when there is one. Costs a copy otherwise. */
export function joined({ segments, length }: Body): Uint8Array {
  const [only] = segments;
  if (only && segments.length === 1) return only;
  const whole = new Uint8Array(new SharedArrayBuffer(length));
  let at = 0;
  for (const segment of segments) {
    whole.set(segment, at);
    at += segment.length;
  }
  return whole;
}

/** Octets that are here already, as a body. Costs a copy into shared memory unless that is where they are. */
export function bodyFrom(bytes: Uint8Array): Body {
  if (bytes.buffer instanceof SharedArrayBuffer) return { segments: [bytes], length: bytes.length };
  const collector = new BodyCollector(bytes.length);
  collector.add(bytes);
  return collector.finish();
}
