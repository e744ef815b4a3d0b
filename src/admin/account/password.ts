import type { User } from '#core/binding/user.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import { tried } from '#signin/factors/tries.ts';
import { acceptInRealm } from '#signin/user/realm.ts';
import type { TimedContext } from '../context.ts';
import { hashPassword } from '../directory/methods/passwords.ts';
import { rulingOf } from '../refusals.ts';
import { changeTenant, type GuardPorts } from '../safety/guard.ts';

/** A user who changes the own password. */
export interface PasswordChange {
  readonly user: User;
  readonly current: string;
  readonly next: string;
  readonly ipAddress: string;
  /** The digest by which the browser is known, where there is one. */
  readonly browser?: string | undefined;
}

/**
 * Changes a user's own password (Graph: me/changePassword). The current one must be right and is counted like one typed at
 * the sign-in, so that a session that was left open cannot be used to guess it.
 */
export async function changePasswordAsUser(
  { user, current, next, ipAddress, browser }: PasswordChange,
  context: TimedContext<GuardPorts>,
): Promise<Ruling<void>> {
  const { actor, ports, at } = context;
  const { id: userId, userPrincipalName } = user;
  const foreign = await acceptInRealm(user, 'passwords', ports);
  if (foreign.outcome !== 'passed') return foreign;
  const storedHash = await ports.directory.passwordHash(userId);
  const attempt = {
    secret: 'password',
    username: userPrincipalName,
    userId,
    browser,
    ipAddress,
    typed: current,
    storedHash: storedHash ?? '',
  } as const;
  const triedRuling = await tried(attempt, context, () => ports.passwords.verify(storedHash, current));
  if (triedRuling.outcome !== 'passed') return triedRuling;
  if (!triedRuling.value) return refused('currentPasswordWrong', { userPrincipalName });
  if (next === current) return refused('passwordUnchanged', {});
  const hashRuling = await hashPassword(next, ports.passwords);
  if (hashRuling.outcome !== 'passed') return hashRuling;
  const hash = hashRuling.value;
  const tenantRuling = await changeTenant(ports, { at, isForced: false }, (inside) =>
    rulingOf(() => inside.users.setPasswordHash(userId, hash, actor)),
  );
  if (tenantRuling.outcome !== 'passed') return tenantRuling;
  return passed(undefined, 'passwordChanged', { userPrincipalName });
}
