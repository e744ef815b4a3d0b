import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Passwords } from '#ports/credentials.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { readActor } from '../../actor.ts';
import type { AdminContext } from '../../context.ts';
import { rulingOf } from '../../refusals.ts';

const shortest = 8;
const longest = 256;

/**
 * The hash of a password that an administrator sets. Hashing takes tens of milliseconds, so it comes before the transaction of
 * the change; within it, hashing throws. Refuses with passwordTooWeak.
 */
export async function hashPassword(password: string, passwords: Pick<Passwords, 'hash'>): Promise<Ruling<string>> {
  const ruling = checkPassword(password);
  return ruling.outcome === 'passed' ? success(await passwords.hash(password)) : ruling;
}

/**
 * No user resets the own password: that would make a session that was left open a way to keep the account, so
 * `POST /me/changePassword` requires the current password. The operator of the installation, who is no user, resets each.
 * Refuses with ownPasswordReset.
 */
export function refuseSelfReset(userId: string, actor: string): Ruling<void> {
  const caller = readActor(actor);
  return caller.kind === 'user' && caller.id === userId ? refused('ownPasswordReset', {}) : success();
}

/**
 * Sets the password of a user by its hash, or takes it away. Refuses as {@link refuseSelfReset}, and with nothingFound.
 */
export async function writePassword(
  userId: string,
  passwordHash: string | undefined,
  { actor, ports: { users } }: AdminContext<Pick<AdminPorts, 'users'>>,
): Promise<Ruling<void>> {
  const selfResetRuling = refuseSelfReset(userId, actor);
  if (selfResetRuling.outcome !== 'passed') return selfResetRuling;
  return rulingOf(() => users.setPasswordHash(userId, passwordHash, actor));
}

/** Entra's rule: 8 to 256 characters, three of lower case, upper case, digits and signs. */
export function checkPassword(password: string): Ruling<void> {
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(password)).length;
  const isTaken = password.length >= shortest && password.length <= longest && kinds >= 3;
  return isTaken ? success() : refused('passwordTooWeak', { shortest, longest });
}
