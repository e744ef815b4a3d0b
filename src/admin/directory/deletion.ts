import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { DeletedObject, RelatedObjects, Restoration, RestoredPart } from '#model/directory-object.ts';
import type { Group, GroupMember } from '#model/group.ts';
import type { Tenant } from '#model/tenant.ts';
import type { UserEntry } from '#model/user.ts';
import type { RestoredNames } from '#ports/directory.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext, TimedContext } from '../context.ts';
import { rulingOf } from '../refusals.ts';
import { endNesting } from './groups.ts';
import { planRelated, type RelatedPorts, restoreRelated, takeRelated } from './related-objects.ts';
import { type RoleAssignment, refuseLastAdministrator, roleAssignmentKind } from './role-assignments.ts';
import { revokeSignInSessions } from './sessions.ts';
import { checkUserPrincipalName } from './user-principal-name.ts';

type Ports = RelatedPorts & Pick<AdminPorts, 'deleted' | 'live' | 'methods' | 'devices'>;

/** A deleted user or group as it was kept. */
interface DeletedDocument {
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
 * Hello keys and a Temporary Access Pass are gone for good. Devices that the user registered stay. Refuses with nothingFound, graphLastAdministrator.
 */
export async function removeUser(id: string, context: TimedContext<Ports>): Promise<Ruling<void>> {
  const { actor, ports } = context;
  const lastAdministratorRuling = await refuseLastAdministrator(id, ports);
  if (lastAdministratorRuling.outcome !== 'passed') return lastAdministratorRuling;
  const endRuling = await revokeSignInSessions(id, context);
  if (endRuling.outcome !== 'passed') return endRuling;
  const { sessions, grants } = endRuling.value;
  await ports.devices.registrations.removeUserKeys(id);
  const passes = (await ports.methods.ofUser(id)).filter(({ kind }) => kind === 'temporaryAccessPass');
  for (const pass of passes) await ports.methods.remove(id, pass.id, actor);
  const related = { ...(await takeRelated(id, { actor, ports })), sessions, grants, passes: passes.length };
  if (!(await ports.users.remove(id, actor, related))) return refused('nothingFound', { kind: 'user', wanted: id });
  return success();
}

/** Restores a user with everything whose other end is still there. Refuses with nothingFound, userPrincipalNameTaken, mailTaken. */
export async function restoreUser(
  id: string,
  { actor, ports }: AdminContext<Ports & { readonly tenant: Tenant }>,
  names: RestoredNames = {},
): Promise<Ruling<{ readonly entry: UserEntry; readonly restoration: Restoration }>> {
  if (names.userPrincipalName !== undefined) {
    const userPrincipalNameRuling = checkUserPrincipalName(names.userPrincipalName, ports.tenant);
    if (userPrincipalNameRuling.outcome !== 'passed') return userPrincipalNameRuling;
  }
  const documentRuling = await deletedDocumentOf('user', id, ports);
  if (documentRuling.outcome !== 'passed') return documentRuling;
  const deletedDocument = documentRuling.value;
  const plan = await planRelated(id, deletedDocument.related, ports);
  const memberships = await membershipsOf(deletedDocument.groups, ports);
  const methods = (await ports.methods.ofUser(id)).map((method) => ({ kind: 'authenticationMethod', id: method.kind }));
  const password = deletedDocument.row?.password_hash ? [{ kind: 'authenticationMethod', id: 'password' }] : [];
  const restoration = joined(plan, memberships, { restored: [...password, ...methods], notRestored: [] });
  const entryRuling = await rulingOf(() => ports.users.restore(id, actor, restoration, names));
  if (entryRuling.outcome !== 'passed') return entryRuling;
  const entry = entryRuling.value;
  await restoreRelated(id, plan, { actor, ports });
  return success({ entry, restoration });
}

/** As {@link removeUser}, for a group: its role assignments end, and come back with it. Refuses with nothingFound. */
export async function removeGroup(id: string, { actor, ports }: AdminContext<Ports>): Promise<Ruling<void>> {
  const related = { ...(await takeRelated(id, { actor, ports })), sessions: 0, grants: 0, passes: 0 };
  if (!(await ports.groups.remove(id, actor, related))) return refused('nothingFound', { kind: 'group', wanted: id });
  return success();
}

/** Refuses with nothingFound. */
export async function restoreGroup(
  groupId: string,
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<{ readonly group: Group; readonly restoration: Restoration }>> {
  const id = groupId.toLowerCase();
  const documentRuling = await deletedDocumentOf('group', groupId, ports);
  if (documentRuling.outcome !== 'passed') return documentRuling;
  const deletedDocument = documentRuling.value;
  const plan = await planRelated(id, deletedDocument.related, ports);
  const members = await membersOf(deletedDocument.members ?? [], ports);
  const restoration = joined(plan, await membershipsOf(deletedDocument.groups, ports), members);
  const groupRuling = await rulingOf(() => ports.groups.restore(id, actor, restoration));
  if (groupRuling.outcome !== 'passed') return groupRuling;
  const group = groupRuling.value;
  await endNesting(group, { actor, ports });
  await restoreRelated(id, plan, { actor, ports });
  return success({ group, restoration });
}

/** The id of a deleted user, by id or user principal name; the newest where several had the name. Refuses with nothingFound. */
export async function deletedUserNamed(
  person: string,
  { deleted }: Pick<AdminPorts, 'deleted'>,
): Promise<Ruling<string>> {
  const name = person.toLowerCase();
  const named = await deleted.find(name);
  if (named?.kind === 'user') return success(named.id);
  const match = (await deleted.list('user')).find(
    ({ document }) => (document as { row: { upn: string } }).row.upn.toLowerCase() === name,
  );
  if (!match) return refused('nothingFound', { kind: 'deleted user', wanted: person });
  return success(match.id);
}

/** Template ids of the directory roles that a deleted user or application would hold again. */
export async function rolesComingBack({ document }: DeletedObject, ports: RelatedPorts): Promise<readonly string[]> {
  const { related, groups = [] } = document as Partial<DeletedDocument>;
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

async function deletedDocumentOf(kind: string, id: string, { deleted }: Ports): Promise<Ruling<DeletedDocument>> {
  const object = await deleted.find(id.toLowerCase());
  if (object?.kind !== kind) return refused('nothingFound', { kind: `deleted ${kind}`, wanted: id });
  return success(object.document as DeletedDocument);
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
