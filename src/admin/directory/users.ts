import type { User } from '#core/binding/user.ts';
import { fault } from '#core/trace/fault.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Profile } from '#model/user.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { addDirectoryUser, changeDirectoryUser, checkUserIds } from './directory-users.ts';

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

/** @throws usernameMalformed, userDomainForeign, userPrincipalNameTaken, mailTaken, certificateUserId…, textHoldsControls, textTooLong */
export async function addUser(
  userChange: UserChange & { readonly userPrincipalName: string },
  tenant: Tenant,
  { actor, ports }: AdminContext,
): Promise<User> {
  const displayName = userChange.displayName ?? userChange.userPrincipalName.split('@')[0]!;
  return (await addDirectoryUser({ ...userChange, displayName }, { actor, ports: { ...ports, tenant } })).user;
}

/**
 * Adds a user whose id another directory gave: of an export, or of a synchronization.
 * @throws userPrincipalNameTaken, certificateUserIdTaken
 */
export const takeOverUser = (
  user: User,
  { actor, ports: { users } }: AdminContext<Pick<AdminPorts, 'users'>>,
  profile: Profile = {},
): Promise<void> => users.add(user, actor, profile);

/** Changes what is said and leaves the rest. @throws nothingFound, graphLastAdministrator, and what {@link addUser} throws */
export async function changeUser(
  person: string,
  userChange: UserChange,
  tenant: Tenant,
  { actor, ports }: AdminContext,
): Promise<User> {
  const { id } = await userOf(person, ports);
  await changeDirectoryUser(id, userChange, { actor, ports: { ...ports, tenant } });
  return userOf(id, ports);
}

/** UB-13 … UB-18, UB-23: replaces the whole list of a user. @throws the first thing wrong with the values, certificateUserIdTaken */
export async function setCertificateUserIds(
  user: User,
  certificateUserIds: readonly string[],
  { actor, ports: { users } }: AdminContext<Pick<AdminPorts, 'users'>>,
): Promise<void> {
  checkUserIds(certificateUserIds);
  await users.update({ ...user, certificateUserIds }, actor);
}

/**
 * Sets a password by its hash, which is made before the transaction, or takes it away: then only a certificate signs this user
 * in. @throws nothingFound
 */
export async function setPassword(
  person: string,
  passwordHash: string | undefined,
  { actor, ports }: AdminContext,
): Promise<void> {
  const user = await userOf(person, ports);
  await ports.users.setPasswordHash(user.id, passwordHash, actor);
}

/** @throws nothingFound */
export async function userOf(person: string, ports: AdminPorts): Promise<User> {
  const user = await ports.users.find(person);
  if (!user) throw fault('nothingFound', { kind: 'user', wanted: person });
  return user;
}
