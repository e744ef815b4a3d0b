import type { User } from '#core/binding/user.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Profile } from '#model/user.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { rulingOf } from '../refusals.ts';
import { addDirectoryUser, changeDirectoryUser, checkUserIds, type DirectoryUserPorts } from './directory-users.ts';
import { writePassword } from './methods/passwords.ts';

/** What can be said of a user; on a new one everything but the name may be left out. */
export interface UserChange {
  readonly userPrincipalName?: string | undefined;
  readonly displayName?: string | undefined;
  readonly mail?: string | undefined;
  readonly onPremisesUserPrincipalName?: string | undefined;
  readonly accountEnabled?: boolean | undefined;
  /** Replaces the whole list (UB-23). */
  readonly certificateUserIds?: readonly string[] | undefined;
}

/** Refuses with usernameMalformed, userDomainForeign, userPrincipalNameTaken, mailTaken, certificateUserId…, textHoldsControls, textTooLong. */
export async function addUser(
  userChange: UserChange & { readonly userPrincipalName: string },
  tenant: Tenant,
  { actor, ports }: AdminContext,
): Promise<Ruling<User>> {
  const displayName = userChange.displayName ?? userChange.userPrincipalName.split('@')[0]!;
  const directoryUserRuling = await addDirectoryUser(
    { ...userChange, displayName },
    { actor, ports: { ...ports, tenant } },
  );
  if (directoryUserRuling.outcome !== 'passed') return directoryUserRuling;
  return success(directoryUserRuling.value.user);
}

/**
 * Adds a user whose id another directory gave: of an export, or of a synchronization.
 * Refuses with userPrincipalNameTaken, certificateUserIdTaken.
 */
export const takeOverUser = (
  user: User,
  { actor, ports: { users } }: AdminContext<Pick<AdminPorts, 'users'>>,
  profile: Profile = {},
): Promise<Ruling<void>> => rulingOf(() => users.add(user, actor, profile));

/** Changes the properties that are present and leaves the others. Refuses with nothingFound, graphLastAdministrator, and what {@link addUser} throws. */
export async function changeUser(
  person: string,
  userChange: UserChange,
  tenant: Tenant,
  { actor, ports }: AdminContext,
): Promise<Ruling<User>> {
  const userRuling = await userOf(person, ports);
  if (userRuling.outcome !== 'passed') return userRuling;
  const { id } = userRuling.value;
  const directoryUserRuling = await changeDirectoryUser(id, userChange, { actor, ports: { ...ports, tenant } });
  if (directoryUserRuling.outcome !== 'passed') return directoryUserRuling;
  return userOf(id, ports);
}

/** UB-13 … UB-18, UB-23: replaces the whole list of a user. Refuses with the first thing wrong with the values, certificateUserIdTaken. */
export async function setCertificateUserIds(
  user: User,
  certificateUserIds: readonly string[],
  { actor, ports: { users } }: AdminContext<Pick<AdminPorts, 'users'>>,
): Promise<Ruling<void>> {
  const userIdsRuling = checkUserIds(certificateUserIds);
  if (userIdsRuling.outcome !== 'passed') return userIdsRuling;
  return rulingOf(() => users.update({ ...user, certificateUserIds }, actor));
}

/**
 * Sets a password by its hash, which is made before the transaction, or takes it away: then only a certificate signs this user
 * in. Refuses with nothingFound, ownPasswordReset.
 */
export async function setPassword(
  person: string,
  passwordHash: string | undefined,
  { actor, ports }: AdminContext,
): Promise<Ruling<void>> {
  const userRuling = await userOf(person, ports);
  if (userRuling.outcome !== 'passed') return userRuling;
  return writePassword(userRuling.value.id, passwordHash, { actor, ports });
}

/**
 * Resets the password of another user by its hash (Graph: resetPassword), who must change it at the next sign-in where
 * `mustChange` is set. Refuses with ownPasswordReset, nothingFound.
 */
export async function resetPassword(
  userId: string,
  { passwordHash, mustChange }: { readonly passwordHash: string; readonly mustChange: boolean },
  { actor, ports }: AdminContext<DirectoryUserPorts>,
): Promise<Ruling<void>> {
  const passwordProfile = { password: null, forceChangePasswordNextSignIn: true };
  const force = mustChange ? { profile: { passwordProfile } } : {};
  return changeDirectoryUser(userId, { passwordHash, ...force }, { actor, ports });
}

/** Refuses with nothingFound. */
export async function userOf(person: string, ports: AdminPorts): Promise<Ruling<User>> {
  const user = await ports.users.find(person);
  if (!user) return refused('nothingFound', { kind: 'user', wanted: person });
  return success(user);
}
