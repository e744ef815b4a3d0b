import { createHash, createHmac, randomBytes } from 'node:crypto';
import { userPrincipalNameKey } from '#core/binding/user-principal-name.ts';
import { beginTry, failTry, lockOutRules, noAttempts } from '#core/factors/lock-out.ts';
import { type Refusal, refused } from '#core/trace/ruling.ts';
import type { Ports } from '#ports/ports.ts';

/** A secret somebody typed for a name, whether or not the name is anybody's. */
export interface Try {
  readonly secret: 'password' | 'Temporary Access Pass' | 'one-time code';
  readonly username: string;
  /** Undefined when the name is nobody's. */
  readonly userId: string | undefined;
  readonly browser: string | undefined;
  /** What was typed, where the same one again is no new guess. */
  readonly typed?: string;
}

/** Lives as long as the process: digests of wrong passwords in the database tell nobody what they were. */
const key = randomBytes(32);
/** The id of no user: asking for it takes as long as asking for somebody's. */
export const nobody = '00000000-0000-0000-0000-000000000000';

/**
 * Smart lock-out: counts the try, judges it, and forgets the count when it was right. A browser the person signed in
 * with before is counted apart, so that strangers who guess do not lock the person out of it. Names that are nobody's
 * are counted and locked like any other.
 */
export async function tried(
  request: Try,
  ports: Pick<Ports, 'attempts' | 'browsers'>,
  at: Date,
  isRight: () => Promise<boolean>,
): Promise<boolean | Refusal> {
  const isKnown = await ports.browsers.knows(request.userId ?? nobody, request.browser ?? '', at);
  const place = isKnown ? 'familiar' : 'unfamiliar';
  const name = userPrincipalNameKey(request.username) ?? request.username;
  const subject = createHash('sha256')
    .update(JSON.stringify([request.secret, place, name]))
    .digest('base64url');
  const expires = new Date(at.getTime() + lockOutRules.forgetAfterSeconds * 1000);
  const { isLocked, until } = await ports.attempts.change(subject, expires, (kept = noAttempts) => {
    const { isLocked: lock, next } = beginTry(kept, at);
    return { next, answer: { isLocked: lock, until: kept.lockedUntil } };
  });
  if (isLocked) {
    return refused('triesExhausted', { secret: request.secret, place, until: new Date(until).toISOString() });
  }
  const right = await isRight();
  const digest =
    request.typed === undefined
      ? undefined
      : createHmac('sha256', key)
          .update(JSON.stringify([subject, request.typed]))
          .digest('base64url');
  await ports.attempts.change(subject, expires, (kept = noAttempts) => ({
    next: right ? undefined : failTry(kept, digest),
    answer: undefined,
  }));
  return right;
}
