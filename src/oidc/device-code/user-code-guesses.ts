import { SourceBuckets } from '#net/limits/limits.ts';
import { type SharedLimits, sharedAs } from '#net/limits/shared-limits.ts';

/** How many wrong user codes are accepted in a window of time. */
export const guessLimits = { perSource: 30, inAll: 1000, windowSeconds: 300 } as const;

/** The one key of the bucket that all sources share. */
const everySource = 'every source';

/**
 * Limits guesses of the user codes of one tenant, per source address and in all (RFC 8628 §5.1). Each posted code takes
 * from both buckets before it is looked up, so that codes posted at once do not pass together; a right code is given back.
 */
export class UserCodeGuesses {
  readonly #source: SourceBuckets;
  readonly #all: SourceBuckets;

  /** @param sharedLimits where other processes of this server take guesses as well @param tenantId whose codes */
  constructor(sharedLimits?: SharedLimits, tenantId = '') {
    const { perSource, inAll, windowSeconds } = guessLimits;
    const limitsOf = (name: string) => sharedAs(sharedLimits, `${name} ${tenantId}`);
    this.#source = new SourceBuckets(perSource, undefined, windowSeconds, limitsOf('guesses'));
    this.#all = new SourceBuckets(inAll, 1, windowSeconds, limitsOf('guesses in all'));
  }

  /** Answers undefined, or after how many seconds the next code is accepted. @param now milliseconds */
  take(source: string, now: number): number | undefined {
    const wait = this.#source.take(source, now);
    if (wait !== undefined) return wait;
    const waitOfAll = this.#all.take(everySource, now);
    if (waitOfAll !== undefined) this.#source.giveBack(source);
    return waitOfAll;
  }

  /** The code was right. */
  giveBack(source: string): void {
    this.#source.giveBack(source);
    this.#all.giveBack(everySource);
  }
}
