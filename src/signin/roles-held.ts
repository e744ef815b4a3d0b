import type { AdminPorts } from '#ports/ports.ts';

/** The stores that tell which directory roles a principal holds. */
export interface RolePorts {
  readonly objects: Pick<AdminPorts['objects'], 'list'>;
  readonly groups: Pick<AdminPorts['groups'], 'find' | 'directGroups'>;
}

/**
 * Template ids of the directory roles that a principal holds: its own assignments, and those of role-assignable groups
 * it is a direct member of. A group in a role-assignable group lends nothing, because its membership may be changed
 * without the right to assign roles (graph-api §6.2). Authorisation, the claim `wids` and Conditional Access all ask here.
 */
export async function rolesHeldBy(principalId: string, { objects, groups }: RolePorts): Promise<readonly string[]> {
  const id = principalId.toLowerCase();
  const assignments = (await objects.list<{ principalId: string; roleDefinitionId: string }>('roleAssignments')).map(
    ({ document }) => document,
  );
  const holders = new Set([id]);
  const assignment = new Set(assignments.map((assignment) => assignment.principalId.toLowerCase()));
  if (assignment.size === 0) return [];
  for (const groupId of await groups.directGroups({ kind: 'user', id })) {
    if (assignment.has(groupId) && (await groups.find(groupId))?.profile?.isAssignableToRole === true)
      holders.add(groupId);
  }
  const holding = assignments.filter((assignment) => holders.has(assignment.principalId.toLowerCase()));
  return [...new Set(holding.map(({ roleDefinitionId }) => roleDefinitionId))];
}
