import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { ObjectSlice } from '#ports/objects.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';

/** An application, or one of its roles, that is assigned to a user or a group (Graph: appRoleAssignment). */
export interface UserAssignment {
  readonly principalId: string;
  readonly principalType: 'User' | 'Group';
  /** The appId: a service principal's id is its appId. */
  readonly resourceId: string;
  readonly appRoleId: string;
}
export const userAssignmentKind = 'appRoleAssignments';
/** Graph's id of no role in particular. */
const defaultAccess = '00000000-0000-0000-0000-000000000000';

type Ports = Pick<AdminPorts, 'objects' | 'users' | 'groups' | 'applications'>;
export type StoredAssignment = StoredObject<UserAssignment>;

/** Those of a user or group; a user's own, not those of its groups. */
export const assignmentsOfPrincipal = (id: string, { objects }: Pick<Ports, 'objects'>) =>
  objects.list<UserAssignment>(userAssignmentKind, id.toLowerCase());

/** Those of an application, in the order of ids; all of them without a slice. */
export const assignmentsOfResource = (appId: string, { objects }: Pick<Ports, 'objects'>, slice?: ObjectSlice) =>
  objects.ofParty<UserAssignment>({ kind: userAssignmentKind, property: 'resourceId', id: appId.toLowerCase() }, slice);

/** Refuses with graphObjectMissing, graphPropertyInvalid for a role that the application does not have, graphObjectConflict. */
export async function assignApplication(
  request: Omit<UserAssignment, 'principalType'>,
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<StoredAssignment>> {
  const [principalId, resourceId] = [request.principalId.toLowerCase(), request.resourceId.toLowerCase()];
  const application = await ports.applications.find(resourceId);
  if (!application || application.lacksServicePrincipal) return refused('graphObjectMissing', { id: resourceId });
  const isUser = (await ports.users.find(principalId))?.id === principalId;
  if (!isUser && !(await ports.groups.find(principalId))) return refused('graphObjectMissing', { id: principalId });
  const roleRuling = checkRole(request.appRoleId, application);
  if (roleRuling.outcome !== 'passed') return roleRuling;
  const document: UserAssignment = {
    principalId,
    principalType: isUser ? 'User' : 'Group',
    resourceId,
    appRoleId: request.appRoleId.toLowerCase(),
  };
  const isSame = ({ document: item }: StoredAssignment) =>
    item.resourceId === resourceId && item.appRoleId === document.appRoleId;
  if ((await assignmentsOfPrincipal(principalId, ports)).some(isSame))
    return refused('graphObjectConflict', { target: 'appRoleId', value: request.appRoleId });
  const object = { kind: userAssignmentKind, id: crypto.randomUUID(), owner: principalId, document };
  return success(
    await ports.objects.add(object, {
      activity: `Add app role assignment grant to ${isUser ? 'user' : 'group'}`,
      actor,
    }),
  );
}

function checkRole(appRoleId: string, { profile }: Application): Ruling<void> {
  const roles = (profile?.appRoles ?? []) as readonly { readonly id?: string }[];
  if (appRoleId === defaultAccess || roles.some(({ id }) => id?.toLowerCase() === appRoleId.toLowerCase()))
    return success();
  const problem = 'the application has no role of this id';
  return refused('graphPropertyInvalid', { target: 'appRoleId', problem });
}

/** Refuses with graphObjectMissing, also for an assignment of another principal or resource. */
export async function unassignApplication(
  id: string,
  party: Partial<Pick<UserAssignment, 'principalId' | 'resourceId'>>,
  { actor, ports: { objects } }: AdminContext<Pick<Ports, 'objects'>>,
): Promise<Ruling<void>> {
  const match = await objects.find<UserAssignment>(userAssignmentKind, id.toLowerCase());
  const isTheirs =
    match &&
    (party.principalId === undefined || match.document.principalId === party.principalId.toLowerCase()) &&
    (party.resourceId === undefined || match.document.resourceId === party.resourceId.toLowerCase());
  if (!isTheirs) return refused('graphObjectMissing', { id: id.slice(0, 80) });
  const principal = match.document.principalType === 'User' ? 'user' : 'group';
  await objects.remove(userAssignmentKind, match.id, {
    activity: `Remove app role assignment from ${principal}`,
    actor,
  });
  return success();
}
