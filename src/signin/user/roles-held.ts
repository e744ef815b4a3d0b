import type { Group } from '#model/group.ts';
import type { AdminPorts } from '#ports/ports.ts';

/** The stores that tell which directory roles a principal holds. */
export interface RolePorts {
  readonly objects: Pick<AdminPorts['objects'], 'list'>;
  readonly groups: Pick<AdminPorts['groups'], 'find' | 'directGroups'>;
}

/** Does a group lend the roles assigned to it to its direct members (graph-api §6.2)? */
export const isRoleAssignable = (group: Pick<Group, 'profile'> | undefined): boolean =>
  group?.profile?.isAssignableToRole === true;

/**
 * Template ids of the directory roles that a principal holds: its own assignments, and those of role-assignable groups
 * it is a direct member of. A group in a role-assignable group lends nothing, because its membership may be changed
 * without the right to assign roles (graph-api §6.2). Authorization, the claim `wids` and Conditional Access all ask here.
 */
export async function rolesHeldBy(principalId: string, { objects, groups }: RolePorts): Promise<readonly string[]> {
  const id = principalId.toLowerCase();
  const assignments = (await objects.list<{ principalId: string; roleDefinitionId: string }>('roleAssignments')).map(
    ({ document }) => document,
  );
  const holders = new Set([id]);
  const roleHolders = new Set(assignments.map((roleHolders) => roleHolders.principalId.toLowerCase()));
  if (roleHolders.size === 0) return [];
  for (const groupId of await groups.directGroups({ kind: 'user', id })) {
    if (roleHolders.has(groupId) && isRoleAssignable(await groups.find(groupId))) holders.add(groupId);
  }
  const holding = assignments.filter((roleHolders) => holders.has(roleHolders.principalId.toLowerCase()));
  return [...new Set(holding.map(({ roleDefinitionId }) => roleDefinitionId))];
}

/**
 * The principals that hold what is assigned to a principal: itself, and the direct members of a role-assignable group.
 * The reverse of {@link rolesHeldBy}, by the same rule.
 */
export async function holdersThrough(
  principalId: string,
  { groups }: { readonly groups: Pick<AdminPorts['groups'], 'find' | 'members'> },
): Promise<readonly string[]> {
  if (!isRoleAssignable(await groups.find(principalId))) return [principalId];
  const members = await groups.members(principalId);
  return [principalId, ...members.filter(({ kind }) => kind === 'user').map(({ id }) => id)];
}

type ProtectionPorts = Pick<RolePorts, 'objects'> & {
  readonly groups: Pick<AdminPorts['groups'], 'find' | 'directGroups' | 'listRoleAssignable'>;
};

/**
 * What protects a user from administrators with less: the roles, and a role-assignable group that the user is a direct
 * member or an owner of (graph-api §2.4). A deleted user is in the groups that a restoration returns.
 */
export async function protectionOf(
  userId: string,
  ports: ProtectionPorts,
  restoredGroupIds: readonly string[] = [],
): Promise<{ readonly roleIds: readonly string[]; readonly isInRoleAssignableGroup: boolean }> {
  const roleIds = await rolesHeldBy(userId, ports);
  const { groups } = ports;
  for (const groupId of [...(await groups.directGroups({ kind: 'user', id: userId })), ...restoredGroupIds])
    if (isRoleAssignable(await groups.find(groupId))) return { roleIds, isInRoleAssignableGroup: true };
  return { roleIds, isInRoleAssignableGroup: await ownsRoleAssignable(userId, ports) };
}

async function ownsRoleAssignable(userId: string, { groups }: ProtectionPorts): Promise<boolean> {
  const isOwner = ({ profile }: Group) => ((profile?.ownerIds as string[] | undefined) ?? []).includes(userId);
  return (await groups.listRoleAssignable()).some((group) => isRoleAssignable(group) && isOwner(group));
}
