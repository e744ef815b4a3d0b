import { checkCertificateUserIds } from '#core/binding/identifiers/certificate-user-ids.ts';
import type { User } from '#core/binding/user.ts';
import { firstRefusal, type Ruling, refusedFor, success } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Profile, UserEntry } from '#model/user.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { checkAttributes, checkDisplayName } from '../entered.ts';
import { rulingOf } from '../refusals.ts';
import { refuseSelfReset, writePassword } from './methods/passwords.ts';
import { refuseLastAdministrator } from './role-assignments.ts';
import { checkUserPrincipalName } from './user-principal-name.ts';

/** A user as clients of Graph write one; omitted properties keep their values, `null` clears (graph-api §6.1). */
export interface DirectoryUserChange {
  readonly userPrincipalName?: string | undefined;
  readonly displayName?: string | undefined;
  readonly mail?: string | null | undefined;
  readonly accountEnabled?: boolean | undefined;
  readonly onPremisesUserPrincipalName?: string | null | undefined;
  /** Replaces the whole list (UB-23). */
  readonly certificateUserIds?: readonly string[] | undefined;
  /** As `hashPassword` makes it. */
  readonly passwordHash?: string | undefined;
  /** Everything else that is kept of a user. */
  readonly profile?: Profile | undefined;
}
export type DirectoryUserPorts = AdminPorts & { readonly tenant: Tenant };

/** Refuses with usernameMalformed, userDomainForeign, userPrincipalNameTaken, mailTaken, certificateUserId…. */
export async function addDirectoryUser(
  directoryUserChange: DirectoryUserChange & { readonly userPrincipalName: string; readonly displayName: string },
  { actor, ports }: AdminContext<DirectoryUserPorts>,
): Promise<Ruling<UserEntry>> {
  const checkRuling = check(directoryUserChange, ports.tenant);
  if (checkRuling.outcome !== 'passed') return checkRuling;
  const user: User = {
    id: crypto.randomUUID(),
    userPrincipalName: directoryUserChange.userPrincipalName,
    displayName: directoryUserChange.displayName,
    mail: directoryUserChange.mail ?? undefined,
    onPremisesUserPrincipalName: directoryUserChange.onPremisesUserPrincipalName ?? undefined,
    accountEnabled: directoryUserChange.accountEnabled ?? true,
    certificateUserIds: directoryUserChange.certificateUserIds ?? [],
    signInSessionsValidFromDateTime: undefined,
    groupIds: [],
  };
  const { passwordHash } = directoryUserChange;
  const userRuling = await rulingOf(() =>
    ports.users.add(user, actor, withoutNulls(directoryUserChange.profile ?? {})),
  );
  if (userRuling.outcome !== 'passed') return userRuling;
  if (passwordHash !== undefined) {
    const passwordRuling = await writePassword(user.id, passwordHash, { actor, ports });
    if (passwordRuling.outcome !== 'passed') return passwordRuling;
  }
  return success((await ports.users.entriesOf([user.id]))[0]!);
}

/**
 * Changes a user. Refuses as {@link addDirectoryUser}, nothingFound, graphLastAdministrator, and ownPasswordReset before
 * anything is written.
 */
export async function changeDirectoryUser(
  id: string,
  directoryUserChange: DirectoryUserChange,
  { actor, ports }: AdminContext<DirectoryUserPorts>,
): Promise<Ruling<void>> {
  const checkRuling = check(directoryUserChange, ports.tenant);
  if (checkRuling.outcome !== 'passed') return checkRuling;
  const selfResetRuling = directoryUserChange.passwordHash === undefined ? success() : refuseSelfReset(id, actor);
  if (selfResetRuling.outcome !== 'passed') return selfResetRuling;
  if (directoryUserChange.accountEnabled === false) {
    const lastAdministratorRuling = await refuseLastAdministrator(id, ports);
    if (lastAdministratorRuling.outcome !== 'passed') return lastAdministratorRuling;
  }
  const { passwordHash, profile: _, ...fields } = directoryUserChange;
  if (Object.keys(fields).length > 0 || directoryUserChange.profile) {
    const changeRuling = await rulingOf(() =>
      ports.users.change(id, actor, ({ user, profile }) => ({
        user: { ...user, ...unsetNulls(fields) } as User,
        profile: withoutNulls({ ...profile, ...directoryUserChange.profile }),
      })),
    );
    if (changeRuling.outcome !== 'passed') return changeRuling;
  }
  return passwordHash === undefined ? success() : writePassword(id, passwordHash, { actor, ports });
}

function check(directoryUserChange: DirectoryUserChange, tenant: Tenant): Ruling<void> {
  if (directoryUserChange.userPrincipalName !== undefined) {
    const userPrincipalNameRuling = checkUserPrincipalName(directoryUserChange.userPrincipalName, tenant);
    if (userPrincipalNameRuling.outcome !== 'passed') return userPrincipalNameRuling;
  }
  return firstRefusal(
    checkDisplayName(directoryUserChange.displayName),
    checkAttributes(directoryUserChange),
    checkAttributes(directoryUserChange.profile ?? {}),
    checkUserIds(directoryUserChange.certificateUserIds ?? []),
  );
}

/** UB-13 … UB-18. Refuses with the first thing wrong with the values. */
export function checkUserIds(values: readonly string[]): Ruling<void> {
  const [problem] = checkCertificateUserIds(values);
  if (problem) return refusedFor(problem);
  return success();
}

const withoutNulls = (profile: Profile): Profile =>
  Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== null && value !== undefined));

/** Absent stays as it was; `null` becomes unset. */
const unsetNulls = (body: object) =>
  Object.fromEntries(
    Object.entries(body)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value ?? undefined]),
  );
