import { checkCertificateUserIds } from '../core/binding/certificate-user-ids.ts';
import type { User } from '../core/binding/user.ts';
import { CardeaError, fault } from '../core/trace/fault.ts';
import type { AdminPorts, Passwords, Tenant } from '../ports.ts';
import { checkName } from './entered.ts';
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

/** @throws usernameMalformed, userDomainForeign, userPrincipalNameTaken, certificateUserId… */
export async function addUser(
  asked: UserChange & { readonly userPrincipalName: string },
  tenant: Tenant,
  actor: string,
  ports: AdminPorts,
): Promise<User> {
  checkUserPrincipalName(asked.userPrincipalName, tenant);
  checkIds(asked.certificateUserIds);
  checkName('displayName', asked.displayName);
  const user: User = {
    id: crypto.randomUUID(),
    userPrincipalName: asked.userPrincipalName,
    displayName: asked.displayName ?? asked.userPrincipalName.split('@')[0]!,
    mail: asked.mail,
    onPremisesUserPrincipalName: asked.onPremisesUserPrincipalName,
    accountEnabled: asked.accountEnabled ?? true,
    certificateUserIds: asked.certificateUserIds ?? [],
    signInSessionsValidFromDateTime: undefined,
    groupIds: [],
  };
  await ports.users.add(user, actor);
  return user;
}

/** Changes what is said and leaves the rest. @throws nothingFound, and what {@link addUser} throws */
export async function changeUser(
  who: string,
  asked: UserChange,
  tenant: Tenant,
  actor: string,
  ports: AdminPorts,
): Promise<User> {
  const user = await userOf(who, ports);
  if (asked.userPrincipalName !== undefined) checkUserPrincipalName(asked.userPrincipalName, tenant);
  checkIds(asked.certificateUserIds);
  checkName('displayName', asked.displayName);
  const said = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const changed: User = { ...user, ...said };
  await ports.users.update(changed, actor);
  return changed;
}

/** UB-13 … UB-18. @throws the first thing wrong with the values */
function checkIds(values: readonly string[] = []): void {
  const [problem] = checkCertificateUserIds(values);
  if (problem) throw new CardeaError(problem);
}

/** Sets a password, or takes it away: then only a certificate signs this user in. */
export async function setPassword(
  who: string,
  password: string | undefined,
  actor: string,
  ports: AdminPorts & { readonly passwords: Passwords },
): Promise<void> {
  const user = await userOf(who, ports);
  const phc = password === undefined ? undefined : await ports.passwords.hash(password);
  await ports.users.setPasswordHash(user.id, phc, actor);
}

/** @throws nothingFound */
export async function userOf(who: string, ports: AdminPorts): Promise<User> {
  const user = await ports.users.find(who);
  if (!user) throw fault('nothingFound', { kind: 'user', wanted: who });
  return user;
}
