import { globalAdministrator, privilegedRoleAdministrator } from '#core/roles/directory-roles.ts';
import { fault } from '#core/trace/fault.ts';
import type { Call } from '../call.ts';

const mayAssign = [globalAdministrator, privilegedRoleAdministrator];
const applicationsMayAssign = ['RoleManagement.ReadWrite.Directory', 'AppRoleAssignment.ReadWrite.All'];

/**
 * What can make a user an administrator needs a caller who may make administrators: permissions for applications, secrets
 * of applications that have some, members of groups that hold roles. @throws graphRoleMissing
 */
export function requirePrivileged({ caller }: Call): void {
  if (caller.kind === 'person' && caller.roleIds.some((id) => mayAssign.includes(id))) return;
  if (caller.kind === 'application' && caller.permissions.some((name) => applicationsMayAssign.includes(name))) return;
  const privilegedRoles = ['Global Administrator', 'Privileged Role Administrator'];
  throw fault('graphRoleMissing', { area: 'roles', access: 'write', accepted: privilegedRoles });
}
