import type { Ended, LiveSignIns } from '../ports.ts';

/**
 * Signs a user out everywhere (Graph: `revokeSignInSessions`; REV-2, REV-4): sets signInSessionsValidFromDateTime to
 * `at` and ends every session and refresh token. Tokens already handed out live to their end (REV-1).
 * @throws nothingFound
 */
export function revokeSignInSessions(
  userId: string,
  at: Date,
  actor: string,
  ports: { readonly live: Pick<LiveSignIns, 'endOfUser'> },
): Promise<Ended> {
  return ports.live.endOfUser(userId, at, actor);
}
