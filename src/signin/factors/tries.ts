import { createHash, createHmac, randomBytes } from 'node:crypto';
import { parseAddress } from '#core/access/conditions/ip-range.ts';
import { userPrincipalNameKey } from '#core/binding/identifiers/user-principal-name.ts';
import { type Attempts, beginTry, failTry, lockOutRules, noAttempts, sourceRules } from '#core/factors/lock-out.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';

/** A secret that was typed for a name, whether or not a user has the name. */
export interface Try {
  readonly secret: 'password' | 'Temporary Access Pass' | 'one-time code';
  readonly username: string;
  /** Undefined when no user has the name. */
  readonly userId: string | undefined;
  readonly browser: string | undefined;
  /** The address it comes from. */
  readonly ipAddress: string;
  /** What was typed, where the same one again is no new guess. */
  readonly typed?: string;
  /**
   * The stored hash with which alone it is compared; '' where there is none. What was wrong against it is wrong again, so that
   * a repetition is answered without hashing: a source that repeats one password would keep the processor busy.
   */
  readonly storedHash?: string;
}

/** Lives as long as the process: digests of wrong passwords do not reach the database. */
const key = randomBytes(32);
/** The id of no user: looking it up takes as long as looking up a user's. */
export const unknownUserId = '00000000-0000-0000-0000-000000000000';

/**
 * Smart lock-out: counts the try, evaluates it, and forgets the count when it was right. A browser the person signed in
 * with before is counted apart, so that strangers who guess do not lock the person out of it. Names of no user
 * are counted and locked like any other.
 */
export async function tried(
  request: Try,
  { ports, at }: SignInContext<Pick<Ports, 'attempts' | 'browsers'>>,
  isRight: () => Promise<boolean>,
): Promise<Ruling<boolean>> {
  const isKnown = await ports.browsers.knows(request.userId ?? unknownUserId, request.browser ?? '', at);
  const place = isKnown ? 'familiar' : 'unfamiliar';
  const source = isKnown ? undefined : new SourceTries(request.ipAddress, { ports, at });
  const end = await source?.begin();
  if (end) return refused('triesExhausted', { secret: request.secret, place: 'source', until: end.toISOString() });
  const name = userPrincipalNameKey(request.username) ?? request.username;
  const subject = createHash('sha256')
    .update(JSON.stringify([request.secret, place, name]))
    .digest('base64url');
  const expires = new Date(at.getTime() + lockOutRules.forgetAfterSeconds * 1000);
  const digest = digestOf(subject, request);
  const { isLocked, until, isKnownWrong } = await ports.attempts.change(subject, expires, (attempts = noAttempts) => {
    const { isLocked: lock, next } = beginTry(attempts, at);
    const isRepeatedHash = !lock && request.storedHash !== undefined && isAmong(attempts, digest);
    const answer = { isLocked: lock, until: attempts.lockedUntil, isKnownWrong: isRepeatedHash };
    return { next: isRepeatedHash ? attempts : next, answer };
  });
  if (isLocked) {
    return refused('triesExhausted', { secret: request.secret, place, until: new Date(until).toISOString() });
  }
  if (isKnownWrong) {
    await source?.takeBack();
    return success(false);
  }
  const right = await isRight();
  const isRepeat = await ports.attempts.change(subject, expires, (attempts = noAttempts) => ({
    next: right ? undefined : failTry(attempts, digest),
    answer: isAmong(attempts, digest),
  }));
  if (right || isRepeat) await source?.takeBack();
  return success(right);
}

function digestOf(subject: string, { typed, storedHash = '' }: Try): string | undefined {
  if (typed === undefined) return undefined;
  return createHmac('sha256', key)
    .update(JSON.stringify([subject, typed, storedHash]))
    .digest('base64url');
}

const isAmong = ({ recent }: Attempts, digest: string | undefined): boolean =>
  digest !== undefined && recent.includes(digest);

/** Wrong secrets from one source in the current window, in the database, so that all nodes count together. */
class SourceTries {
  readonly #attempts: Ports['attempts'];
  readonly #subject: string;
  readonly #end: Date;

  constructor(ipAddress: string, { ports, at }: SignInContext<Pick<Ports, 'attempts'>>) {
    const milliseconds = sourceRules.windowSeconds * 1000;
    const window = Math.floor(at.getTime() / milliseconds);
    this.#attempts = ports.attempts;
    this.#end = new Date((window + 1) * milliseconds);
    this.#subject = createHash('sha256')
      .update(JSON.stringify(['source', sourceText(ipAddress), window]))
      .digest('base64url');
  }

  /** Counts a try before it is evaluated. Answers until when the source may try no more, or undefined. */
  async begin(): Promise<Date | undefined> {
    const isOver = await this.#attempts.change(this.#subject, this.#end, (attempts = noAttempts) => {
      const over = attempts.failures >= sourceRules.mostWrong;
      return { next: over ? attempts : { ...attempts, failures: attempts.failures + 1 }, answer: over };
    });
    return isOver ? this.#end : undefined;
  }

  /** The try was no guess: it was right, or the same wrong secret again. */
  async takeBack(): Promise<void> {
    await this.#attempts.change(this.#subject, this.#end, (attempts = noAttempts) => ({
      next: { ...attempts, failures: Math.max(0, attempts.failures - 1) },
      answer: undefined,
    }));
  }
}

/** An IPv4 address, or the /64 of an IPv6 address, which one subscriber holds (RFC 6177). */
function sourceText(ipAddress: string): string {
  const value = parseAddress(ipAddress);
  if (value === undefined) return 'unknown';
  const prefix = value >> 64n;
  return prefix === 0n ? `address ${value}` : `prefix ${prefix}`;
}
