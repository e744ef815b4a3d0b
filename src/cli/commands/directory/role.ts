import {
  assignmentId,
  assignRole,
  type RoleAssignment,
  roleAssignmentKind,
  unassignRole,
} from '#admin/directory/role-assignments.ts';
import { chosenTenant } from '#admin/tenant/tenants.ts';
import { type DirectoryRole, directoryRole, directoryRoles } from '#core/roles/directory-roles.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, ofTenant, text } from '../../command.ts';
import { changeOf, safety, tenantPorts } from '../trust/trust-edit.ts';

export const roleAdd: Command = {
  usage: 'role add ROLE PRINCIPAL',
  summary: 'Assigns a directory role ("Global Administrator") to a user, a role-assignable group or an application.',
  takes: [2, 2],
  options: { ...ofTenant, ...safety },
  async run(call) {
    const roleDefinitionId = role(call).templateId;
    const work = async (inside: AdminPorts) =>
      assignRole({ principalId: await principal(call, inside), roleDefinitionId }, { actor, ports: inside });
    return changeOf(call, await tenantPorts(call), work, () => undefined);
  },
};

export const roleList: Command = {
  usage: 'role list',
  summary: 'Lists the directory role assignments.',
  takes: [0, 0],
  readsOnly: true,
  options: ofTenant,
  async run(call) {
    const ports = await open(call);
    const assignments = await ports.objects.list<RoleAssignment>(roleAssignmentKind);
    const rows = await Promise.all(
      assignments.map(async ({ document: { principalId, roleDefinitionId } }) => ({
        role: directoryRole(roleDefinitionId)?.displayName ?? roleDefinitionId,
        principalId,
        name: await nameOf(principalId, ports),
      })),
    );
    answer(call, rows, [['role', 'id', 'name'], ...rows.map((row) => [row.role, row.principalId, row.name])]);
    return 0;
  },
};

export const roleRemove: Command = {
  usage: 'role remove ROLE PRINCIPAL',
  summary: 'Removes a directory role assignment. The last Global Administrator cannot be removed.',
  takes: [2, 2],
  options: { ...ofTenant, ...safety },
  async run(call) {
    const { templateId } = role(call);
    const work = async (inside: AdminPorts) =>
      unassignRole(await assignmentNamed(call, templateId, inside), { actor, ports: inside });
    return changeOf(call, await tenantPorts(call), work, () => undefined);
  },
};

async function open(call: Call): Promise<AdminPorts> {
  const { tenants, adminOf } = await call.open();
  return adminOf(orThrow(await chosenTenant(text(call, 'tenant'), tenants)).id);
}

/** By name, as administrators say it, or by template id. @throws nothingFound */
function role({ positionals }: Call): DirectoryRole {
  const target = positionals[0]!;
  const withName = directoryRoles.find(({ displayName }) => displayName.toLowerCase() === target.toLowerCase());
  const match = withName ?? directoryRole(target);
  if (!match) throw fault('nothingFound', { kind: 'directory role', wanted: target });
  return match;
}

/** A user by user principal name or id, or a group or an application by id. @throws nothingFound */
async function principal({ positionals }: Call, { users, groups, applications }: AdminPorts): Promise<string> {
  const target = positionals[1]!;
  const user = await users.find(target);
  if (user) return user.id;
  const id = target.toLowerCase();
  if ((await groups.find(id)) || (await applications.find(id))) return id;
  throw fault('nothingFound', { kind: 'user, group or application', wanted: target });
}

/** The assignment of a role. Its principal may be deleted. @throws nothingFound */
async function assignmentNamed({ positionals }: Call, templateId: string, { objects, users }: AdminPorts) {
  const target = positionals[1]!;
  const id = assignmentId(templateId, (await users.find(target))?.id ?? target.toLowerCase());
  if (await objects.find(roleAssignmentKind, id)) return id;
  throw fault('nothingFound', { kind: 'assignment of this role to', wanted: target });
}

async function nameOf(id: string, { users, groups, applications }: AdminPorts): Promise<string> {
  return (
    (await users.find(id))?.userPrincipalName ??
    (await groups.find(id))?.displayName ??
    (await applications.find(id))?.displayName ??
    '(gone)'
  );
}
