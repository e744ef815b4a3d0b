import { fault } from '#core/trace/fault.ts';
import type { DeletedObject, RelatedObjects, Restoration, RestoredPart } from '#model/directory-object.ts';
import type { Group, GroupMember } from '#model/group.ts';
import type { Tenant } from '#model/tenant.ts';
import type { UserEntry } from '#model/user.ts';
import type { RestoredNames } from '#ports/directory.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext, TimedContext } from '../context.ts';
import { endNesting } from './groups.ts';
import { planRelated, type RelatedPorts, restoreRelated, takeRelated } from './related-objects.ts';
import { type RoleAssignment, refuseLastAdministrator, roleAssignmentKind } from './role-assignments.ts';
import { checkUserPrincipalName } from './user-principal-name.ts';

type Ports = RelatedPorts & Pick<AdminPorts, 'deleted' | 'live' | 'methods' | 'devices'>;

/** A deleted user or group as it was kept. */
interface Kept {
  readonly row?: { readonly password_hash: string | null };
  readonly group?: Group;
  readonly members?: readonly GroupMember[];
  /** Ids of the groups it was directly in. */
  readonly groups: readonly string[];
  readonly related?: RelatedObjects;
}

/**
 * Deletes a user softly: it can be restored for thirty days. What hangs on it ends at once. Role assignments, permission
 * grants, memberships, ownerships, the password and registered methods are kept with it; sessions, refresh tokens, Windows
 * Hello keys and a Temporary Access Pass are gone for good. Devices that the user registered stay. @throws nothingFound, graphLastAdministrator
 */
export async function removeUser(id: string, { at, actor, ports }: TimedContext<Ports>): Promise<void> {
  await refuseLastAdministrator(id, ports);
  const { sessions, grants } = await ports.live.endOfUser(id, at, actor);
  await ports.devices.registrations.removeUserKeys(id);
  const passes = (await ports.methods.ofUser(id)).filter(({ kind }) => kind === 'temporaryAccessPass');
  for (const pass of passes) await ports.methods.remove(id, pass.id, actor);
  const related = { ...(await takeRelated(id, { actor, ports })), sessions, grants, passes: passes.length };
  if (!(await ports.users.remove(id, actor, related))) throw fault('nothingFound', { kind: 'user', wanted: id });
}

/** Restores a user with everything whose other end is still there. @throws nothingFound, userPrincipalNameTaken, mailTaken */
export async function restoreUser(
  id: string,
  { actor, ports }: AdminContext<Ports & { readonly tenant: Tenant }>,
  names: RestoredNames = {},
): Promise<{ readonly entry: UserEntry; readonly restoration: Restoration }> {
  if (names.userPrincipalName !== undefined) checkUserPrincipalName(names.userPrincipalName, ports.tenant);
  const kept = await keptOf('user', id, ports);
  const plan = await planRelated(id, kept.related, ports);
  const memberships = await membershipsOf(kept.groups, ports);
  const methods = (await ports.methods.ofUser(id)).map((method) => ({ kind: 'authenticationMethod', id: method.kind }));
  const password = kept.row?.password_hash ? [{ kind: 'authenticationMethod', id: 'password' }] : [];
  const restoration = joined(plan, memberships, { restored: [...password, ...methods], notRestored: [] });
  const entry = await ports.users.restore(id, actor, restoration, names);
  await restoreRelated(id, plan, { actor, ports });
  return { entry, restoration };
}

/** As {@link removeUser}, for a group: its role assignments end, and come back with it. @throws nothingFound */
export async function removeGroup(id: string, { actor, ports }: AdminContext<Ports>): Promise<void> {
  const related = { ...(await takeRelated(id, { actor, ports })), sessions: 0, grants: 0, passes: 0 };
  if (!(await ports.groups.remove(id, actor, related))) throw fault('nothingFound', { kind: 'group', wanted: id });
}

/** @throws nothingFound */
export async function restoreGroup(
  id: string,
  { actor, ports }: AdminContext<Ports>,
): Promise<{ readonly group: Group; readonly restoration: Restoration }> {
  const kept = await keptOf('group', id, ports);
  const plan = await planRelated(id, kept.related, ports);
  const members = await membersOf(kept.members ?? [], ports);
  const restoration = joined(plan, await membershipsOf(kept.groups, ports), members);
  const group = await ports.groups.restore(id, actor, restoration);
  await endNesting(group, { actor, ports });
  await restoreRelated(id, plan, { actor, ports });
  return { group, restoration };
}

/** The id of a deleted user, by id or user principal name; the newest where several had the name. @throws nothingFound */
export async function deletedUserNamed(person: string, { deleted }: Pick<AdminPorts, 'deleted'>): Promise<string> {
  const name = person.toLowerCase();
  const named = await deleted.find(name);
  if (named?.kind === 'user') return named.id;
  const match = (await deleted.list('user')).find(
    ({ document }) => (document as { row: { upn: string } }).row.upn.toLowerCase() === name,
  );
  if (!match) throw fault('nothingFound', { kind: 'deleted user', wanted: person });
  return match.id;
}

/** Template ids of the directory roles that a deleted user or application would hold again. */
export async function rolesComingBack({ document }: DeletedObject, ports: RelatedPorts): Promise<readonly string[]> {
  const { related, groups = [] } = document as Partial<Kept>;
  const roles = (related?.objects ?? [])
    .filter(({ kind }) => kind === roleAssignmentKind)
    .map((object) => (object.document as RoleAssignment).roleDefinitionId);
  for (const groupId of groups) {
    if ((await ports.groups.find(groupId))?.profile?.isAssignableToRole !== true) continue;
    const assignments = await ports.objects.list<RoleAssignment>(roleAssignmentKind, groupId);
    roles.push(...assignments.map((assignment) => assignment.document.roleDefinitionId));
  }
  return [...new Set(roles)];
}

const hardDelete = {
  user: 'Hard Delete user',
  group: 'Hard Delete group',
  application: 'Hard Delete application',
} as const;

/** Removes a deleted object for good, with everything that was kept with it. False when there is none of this id. */
export const purgeDeleted = (
  { kind, id }: Pick<DeletedObject, 'kind' | 'id'>,
  { actor, ports: { deleted } }: AdminContext<Pick<AdminPorts, 'deleted'>>,
): Promise<boolean> =>
  deleted.purge(id, { activity: hardDelete[kind as keyof typeof hardDelete] ?? `Hard Delete ${kind}`, actor });

async function keptOf(kind: string, id: string, { deleted }: Ports): Promise<Kept> {
  const object = await deleted.find(id);
  if (object?.kind !== kind) throw fault('nothingFound', { kind: `deleted ${kind}`, wanted: id });
  return object.document as Kept;
}

async function membershipsOf(groupIds: readonly string[], { groups }: Ports): Promise<Restoration> {
  const objects = await Promise.all(groupIds.map((id) => groups.find(id)));
  const part = (i: number): RestoredPart => ({ kind: 'groupMembership', id: objects[i]?.displayName ?? groupIds[i]! });
  return split(objects, part, 'the group no longer exists');
}

async function membersOf(members: readonly GroupMember[], { groups, users }: Ports): Promise<Restoration> {
  const objects = await Promise.all(
    members.map(({ kind, id }) => (kind === 'group' ? groups.find(id) : users.find(id))),
  );
  const part = (i: number): RestoredPart => ({ kind: 'member', id: members[i]!.id });
  return split(objects, part, 'it no longer exists');
}

/** The parts whose other end was found, and those whose was not. */
function split(objects: readonly unknown[], part: (index: number) => RestoredPart, reason: string): Restoration {
  const parts = objects.map((end, i) => ({ isThere: end !== undefined, part: part(i) }));
  return {
    restored: parts.filter(({ isThere }) => isThere).map((item) => item.part),
    notRestored: parts.filter(({ isThere }) => !isThere).map((item) => ({ ...item.part, reason })),
  };
}

const joined = (...restorations: readonly Restoration[]): Restoration => ({
  restored: restorations.flatMap(({ restored }) => restored),
  notRestored: restorations.flatMap(({ notRestored }) => notRestored),
});
