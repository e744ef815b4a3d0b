import { type Profiler, Session } from 'node:inspector';

/** By script: one octet for each character of its source, 1 when it ran. */
export type Ran = ReadonlyMap<string, Uint8Array>;

/**
 * Which blocks of the product's code ran, as V8 counts them. One look costs about a millisecond, so it is taken after a
 * batch; the counting itself costs a sixth of the speed.
 */
export class Coverage {
  readonly #session = new Session();
  readonly #ran = new Map<string, Uint8Array>();

  constructor() {
    this.#session.connect();
    this.#ask('Profiler.enable');
    this.#ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** What ran since the last look. */
  look(): Ran {
    const { result } = this.#ask<Profiler.TakePreciseCoverageReturnType>('Profiler.takePreciseCoverage');
    return new Map(
      result
        .filter(({ url }) => url.startsWith('file:') && url.includes('/src/'))
        .map(({ url, functions }) => [url, painted(functions)]),
    );
  }

  /** Characters of source that ran now and never before. */
  fresh(latest: Ran): number {
    let count = 0;
    for (const [url, octets] of latest) {
      const ran = this.#ran.get(url);
      for (let at = 0; at < octets.length; at++) if (octets[at] === 1 && ran?.[at] !== 1) count++;
    }
    return count;
  }

  /** From now on this is nothing new. */
  add(latest: Ran): void {
    for (const [url, octets] of latest) {
      const ran = this.#ran.get(url) ?? new Uint8Array(octets.length);
      for (let at = 0; at < octets.length; at++) ran[at]! |= octets[at]!;
      this.#ran.set(url, ran);
    }
  }

  forget(): void {
    this.#ran.clear();
  }

  /** Characters that ever ran. */
  get reached(): number {
    return [...this.#ran.values()].reduce((sum, octets) => sum + octets.reduce((count, octet) => count + octet, 0), 0);
  }

  #ask<T>(method: string, parameters: object = {}): T {
    let answer: T | undefined;
    this.#session.post(method, parameters, (problem, result) => {
      if (problem) throw problem;
      answer = result as T;
    });
    return answer!;
  }

  stop(): void {
    this.#session.disconnect();
  }
}

function painted(functions: readonly Profiler.FunctionCoverage[]): Uint8Array {
  const end = functions.reduce((most, { ranges }) => Math.max(most, ranges[0]?.endOffset ?? 0), 0);
  const octets = new Uint8Array(end);
  // Ranges come outermost first, and what stands inside another counts for itself.
  for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges))
    octets.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return octets;
}
