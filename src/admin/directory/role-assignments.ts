import type { User } from '#core/binding/user.ts';
import { directoryRole, globalAdministrator } from '#core/roles/directory-roles.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { holdersThrough, isRoleAssignable, rolesHeldBy } from '#signin/user/roles-held.ts';
import type { AdminContext } from '../context.ts';

/** Who holds a directory role (Graph: unifiedRoleAssignment). The scope is always the whole tenant. */
export interface RoleAssignment {
  readonly principalId: string;
  /** Template id of the role. */
  readonly roleDefinitionId: string;
  readonly directoryScopeId: '/';
}
export const roleAssignmentKind = 'roleAssignments';

type Ports = Pick<AdminPorts, 'objects' | 'users' | 'groups' | 'applications'>;

/** Refuses with graphObjectMissing for an unknown role or principal, graphReferenceExists, graphPropertyInvalid for a group that may hold none. */
export async function assignRole(
  request: { readonly principalId: string; readonly roleDefinitionId: string },
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<StoredObject<RoleAssignment>>> {
  const role = directoryRole(request.roleDefinitionId);
  if (!role) return refused('graphObjectMissing', { id: request.roleDefinitionId });
  const principalId = request.principalId.toLowerCase();
  const principalRuling = await checkPrincipal(principalId, ports);
  if (principalRuling.outcome !== 'passed') return principalRuling;
  const id = assignmentId(role.templateId, principalId);
  if (await ports.objects.find(roleAssignmentKind, id)) return refused('graphReferenceExists', { property: 'members' });
  const document: RoleAssignment = { principalId, roleDefinitionId: role.templateId, directoryScopeId: '/' };
  const object = { kind: roleAssignmentKind, id, owner: principalId, document };
  return success(await ports.objects.add(object, { activity: 'Add member to role', actor }));
}

/** Refuses with graphObjectMissing, graphLastAdministrator. */
export async function unassignRole(id: string, { actor, ports }: AdminContext<Ports>): Promise<Ruling<void>> {
  const match = await ports.objects.find<RoleAssignment>(roleAssignmentKind, id);
  if (!match) return refused('graphObjectMissing', { id });
  const rest = (await ports.objects.list<RoleAssignment>(roleAssignmentKind)).filter((item) => item.id !== id);
  if (match.document.roleDefinitionId === globalAdministrator) {
    const administratorRuling = await requireAdministrator(rest, ports);
    if (administratorRuling.outcome !== 'passed') return administratorRuling;
  }
  await ports.objects.remove(roleAssignmentKind, id, { activity: 'Remove member from role', actor });
  return success();
}

const activationKind = 'activatedRoles';

/** Template ids of the roles that are activated: on request, or because a principal holds them (graph-api §7). */
export async function activatedRoles({ objects }: Pick<Ports, 'objects'>): Promise<readonly string[]> {
  const requested = (await objects.list(activationKind)).map(({ id }) => id);
  const assignments = await objects.list<RoleAssignment>(roleAssignmentKind);
  return [...new Set([...requested, ...assignments.map(({ document }) => document.roleDefinitionId)])];
}

/** Activates a role and answers its template id. Refuses with graphObjectMissing, graphObjectConflict. */
export async function activateRole(
  roleTemplateId: string,
  { actor, ports: { objects } }: AdminContext<Pick<Ports, 'objects'>>,
): Promise<Ruling<string>> {
  const role = directoryRole(roleTemplateId);
  if (!role) return refused('graphObjectMissing', { id: roleTemplateId.slice(0, 80) });
  const { templateId: id } = role;
  if ((await activatedRoles({ objects })).includes(id))
    return refused('graphObjectConflict', { target: 'roleTemplateId', value: id });
  const object = { kind: activationKind, id, owner: undefined, document: {} };
  await objects.add(object, { activity: 'Add role from template', actor });
  return success(id);
}

/** One assignment a role and principal, so that no principal holds a role twice. */
export const assignmentId = (roleDefinitionId: string, principalId: string): string =>
  `${roleDefinitionId}_${principalId}`;

async function checkPrincipal(id: string, { users, groups, applications }: Ports): Promise<Ruling<void>> {
  if ((await users.find(id))?.id === id || (await applications.find(id))) return success();
  const group = await groups.find(id);
  if (!group) return refused('graphObjectMissing', { id });
  if (!isRoleAssignable(group)) {
    return refused('graphPropertyInvalid', { target: 'principalId', problem: 'the group is not role-assignable' });
  }
  return success();
}

/**
 * A tenant keeps one enabled Global Administrator, or it could never be administered again but from the server's own
 * command line. A tenant that never had one is not asked to. Refuses with graphLastAdministrator.
 */
export async function requireAdministrator(
  assignments: readonly StoredObject<RoleAssignment>[],
  ports: Ports,
  leaving?: string,
): Promise<Ruling<void>> {
  const holders = assignments.filter(({ document }) => document.roleDefinitionId === globalAdministrator);
  for (const { document } of holders) {
    for (const id of await holdersThrough(document.principalId, ports)) {
      if (id !== leaving && (await ports.users.find(id))?.accountEnabled) return success();
    }
  }
  const enabled = (await globalAdministratorsOf(ports)).filter(({ accountEnabled }) => accountEnabled);
  const administrators = enabled.map(({ id, userPrincipalName }) => ({ id, userPrincipalName }));
  return refused('graphLastAdministrator', { administrators });
}

/** Every user who holds the role of Global Administrator, by themselves or as a member of a group that holds it. */
export async function globalAdministratorsOf(ports: Ports): Promise<readonly User[]> {
  const assignments = await ports.objects.list<RoleAssignment>(roleAssignmentKind);
  const holders = assignments.filter(({ document }) => document.roleDefinitionId === globalAdministrator);
  const principalIds = [...new Set(holders.map(({ document }) => document.principalId))];
  const byThemselves = await ports.users.entriesOf(principalIds);
  const ids = new Set<string>();
  for (const id of principalIds) {
    if (byThemselves.some(({ user }) => user.id === id)) continue;
    for (const holderId of await holdersThrough(id, ports)) ids.add(holderId);
  }
  for (const { user } of byThemselves) ids.delete(user.id);
  return [...byThemselves, ...(await ports.users.entriesOf([...ids]))].map(({ user }) => user);
}

/** Before a user is disabled or deleted. Refuses with graphLastAdministrator when no enabled user would hold the role any more. */
export async function refuseLastAdministrator(userId: string, ports: Ports): Promise<Ruling<void>> {
  const user = await ports.users.find(userId);
  if (!user?.accountEnabled || !(await rolesHeldBy(userId, ports)).includes(globalAdministrator)) return success();
  return requireAdministrator(await ports.objects.list<RoleAssignment>(roleAssignmentKind), ports, userId);
}
