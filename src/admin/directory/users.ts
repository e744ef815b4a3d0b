import { checkCertificateUserIds } from '#core/binding/certificate-user-ids.ts';
import type { User } from '#core/binding/user.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Profile } from '#model/user.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { checkAttributes } from '../entered.ts';
import { refuseLastAdministrator } from './role-assignments.ts';
import { checkUserPrincipalName } from './user-principal-name.ts';

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
  actor: string,
  ports: AdminPorts,
): Promise<User> {
  checkUserPrincipalName(userChange.userPrincipalName, tenant);
  checkIds(userChange.certificateUserIds);
  checkAttributes(userChange);
  const user: User = {
    id: crypto.randomUUID(),
    userPrincipalName: userChange.userPrincipalName,
    displayName: userChange.displayName ?? userChange.userPrincipalName.split('@')[0]!,
    mail: userChange.mail,
    onPremisesUserPrincipalName: userChange.onPremisesUserPrincipalName,
    accountEnabled: userChange.accountEnabled ?? true,
    certificateUserIds: userChange.certificateUserIds ?? [],
    signInSessionsValidFromDateTime: undefined,
    groupIds: [],
  };
  await ports.users.add(user, actor);
  return user;
}

/**
 * Adds a user whose id another directory gave: of an export, or of a synchronization.
 * @throws userPrincipalNameTaken, certificateUserIdTaken
 */
export const takeOverUser = (
  user: User,
  actor: string,
  { users }: Pick<AdminPorts, 'users'>,
  profile: Profile = {},
): Promise<void> => users.add(user, actor, profile);

/** Changes what is said and leaves the rest. @throws nothingFound, graphLastAdministrator, and what {@link addUser} throws */
export async function changeUser(
  person: string,
  userChange: UserChange,
  tenant: Tenant,
  { actor, ports }: AdminContext,
): Promise<User> {
  const user = await userOf(person, ports);
  if (userChange.userPrincipalName !== undefined) checkUserPrincipalName(userChange.userPrincipalName, tenant);
  checkIds(userChange.certificateUserIds);
  checkAttributes(userChange);
  if (userChange.accountEnabled === false) await refuseLastAdministrator(user.id, ports);
  const body = Object.fromEntries(Object.entries(userChange).filter(([, value]) => value !== undefined));
  const change: User = { ...user, ...body };
  await ports.users.update(change, actor);
  return change;
}

/** UB-13 … UB-18, UB-23: replaces the whole list of a user. @throws the first thing wrong with the values, certificateUserIdTaken */
export async function setCertificateUserIds(
  user: User,
  certificateUserIds: readonly string[],
  actor: string,
  { users }: Pick<AdminPorts, 'users'>,
): Promise<void> {
  checkIds(certificateUserIds);
  await users.update({ ...user, certificateUserIds }, actor);
}

/** UB-13 … UB-18. @throws the first thing wrong with the values */
function checkIds(values: readonly string[] = []): void {
  const [problem] = checkCertificateUserIds(values);
  if (problem) throw new CardeaError(problem);
}

/**
 * Sets a password by its hash, which is made before the transaction, or takes it away: then only a certificate signs this user
 * in. @throws nothingFound
 */
export async function setPassword(
  person: string,
  passwordHash: string | undefined,
  actor: string,
  ports: AdminPorts,
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
