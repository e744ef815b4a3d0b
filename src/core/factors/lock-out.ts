/** Smart lock-out as Entra publishes its defaults: ten failures lock for a minute, and each failure after that for longer. */
export const lockOutRules = {
  threshold: 10,
  firstSeconds: 60,
  longestSeconds: 3600,
  forgetAfterSeconds: 86_400,
} as const;

/**
 * Wrong secrets that one source address may try in unfamiliar browsers in one window, whatever the names. An office behind
 * one address stays below: its people use browsers that they signed in with before.
 */
export const sourceRules = { mostWrong: 100, windowSeconds: 600 } as const;

/** The failures of a user with one kind of secret from one kind of place. Times are epoch milliseconds. */
export interface Attempts {
  /** Failures since the last success, with tries that have not ended yet. */
  readonly failures: number;
  readonly lockedUntil: number;
  /** Digests of the last wrong secrets: the same one again is a program with an old password, not a guess. */
  readonly recent: readonly string[];
}
export const noAttempts: Attempts = { failures: 0, lockedUntil: 0, recent: [] };

const mostDigests = 3;

/**
 * Counts a try *before* it is evaluated, so that of many together no more than the threshold are evaluated. A locked one is not
 * counted: a user who waits can sign in. Past the threshold every further try is one more, and locks at once if it fails.
 */
export function beginTry(attempts: Attempts, at: Date): { readonly isLocked: boolean; readonly next: Attempts } {
  const isLocked = at.getTime() < attempts.lockedUntil;
  if (isLocked) return { isLocked, next: attempts };
  const failures = attempts.failures + 1;
  return { isLocked, next: { ...attempts, failures, lockedUntil: lockedUntil(failures, at) } };
}

/** It was wrong. A secret tried lately costs nothing: what was counted for it is taken back. */
export function failTry(attempts: Attempts, digest: string | undefined): Attempts {
  if (digest === undefined) return attempts;
  if (!attempts.recent.includes(digest))
    return { ...attempts, recent: [digest, ...attempts.recent].slice(0, mostDigests) };
  const failures = Math.max(0, attempts.failures - 1);
  return failures < lockOutRules.threshold ? { ...attempts, failures, lockedUntil: 0 } : attempts;
}

function lockedUntil(failures: number, at: Date): number {
  const { threshold, firstSeconds, longestSeconds } = lockOutRules;
  if (failures < threshold) return 0;
  const seconds = Math.min(longestSeconds, firstSeconds * 2 ** (failures - threshold));
  return at.getTime() + seconds * 1000;
}
