import { z } from 'zod';
import {
  activatedRoles,
  activateRole,
  assignmentId,
  assignRole,
  type RoleAssignment,
  roleAssignmentKind,
  unassignRole,
} from '#admin/directory/role-assignments.ts';
import { type DirectoryRole, directoryRole, directoryRoles } from '#core/roles/directory-roles.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { StoredObject } from '#model/directory-object.ts';
import { odataTypes } from '#schema/odata-type.ts';
import { isRoleAssignable } from '#signin/user/roles-held.ts';
import { type Item, mustEqual } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing, untyped } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import { referenceIn } from '../../protocol/reference.ts';
import type { Route } from '../../protocol/route.ts';
import { showObjects } from '../groups/group-links.ts';
import { principalItem } from './principals.ts';

// Two views of one store: directoryRoles (activated ones) and roleManagement/directory. A role is its template: its id is the
// template id everywhere.

/** A role as `directoryRoles` and `memberOf` show it. */
export function roleItem(templateId: string): Item {
  const role = directoryRole(templateId);
  return {
    '@odata.type': '#microsoft.graph.directoryRole',
    id: templateId,
    deletedDateTime: null,
    description: role?.description ?? null,
    displayName: role?.displayName ?? templateId,
    roleTemplateId: templateId,
  };
}
function definitionItem(role: DirectoryRole): Item {
  return {
    id: role.templateId,
    templateId: role.templateId,
    displayName: role.displayName,
    description: role.description,
    isBuiltIn: true,
    isEnabled: true,
    resourceScopes: ['/'],
    rolePermissions: [{ allowedResourceActions: actionsOf(role), condition: null }],
    version: '1',
    inheritsPermissionsFrom: [],
  };
}

/** The matrix in the form of Entra's actions; the areas are ours. */
const actionsOf = ({ may }: DirectoryRole): readonly string[] =>
  Object.entries(may).flatMap(([area, access]) => {
    const read = `microsoft.directory/${area}/standard/read`;
    return access === 'write' ? [read, `microsoft.directory/${area}/allProperties/allTasks`] : [read];
  });

const assignments = ({ ports }: Call) => ports.objects.list<RoleAssignment>(roleAssignmentKind);

/** By id or `(roleTemplateId='…')`: the same here. @throws graphObjectMissing */
function roleIn(call: Call): DirectoryRole {
  const role = directoryRole(keyText(call, 'id'));
  if (!role) throw fault('graphObjectMissing', { id: keyText(call, 'id').slice(0, 80) });
  return role;
}

async function activate(call: Call) {
  const { roleTemplateId } = await readBody(call, z.strictObject({ roleTemplateId: z.string() }));
  const templateId = orThrow(await activateRole(roleTemplateId, call));
  return entity(call, untyped(roleItem(templateId)), roleResource, 201);
}

async function members(call: Call) {
  const { templateId } = roleIn(call);
  const heldAssignments = (await assignments(call)).filter(({ document }) => document.roleDefinitionId === templateId);
  const items = await Promise.all(heldAssignments.map(({ document }) => principalItem(call, document.principalId)));
  return showObjects(
    call,
    items.filter((item) => item !== undefined),
  );
}

async function addMember(call: Call) {
  const { '@odata.id': reference } = await readBody(call, z.strictObject({ '@odata.id': z.string() }));
  const request = { principalId: referenceIn(reference).id, roleDefinitionId: roleIn(call).templateId };
  orThrow(await assignRole(request, call));
  return nothing;
}

async function removeMember(call: Call) {
  orThrow(await unassignRole(assignmentId(roleIn(call).templateId, keyText(call, 'member').toLowerCase()), call));
  return nothing;
}

async function assignmentItem(call: Call, { id, document }: StoredObject<RoleAssignment>): Promise<Item> {
  const { principalId, roleDefinitionId, directoryScopeId } = document;
  const expands = (name: string) => call.query.expand.some((item) => item.split('(')[0]!.toLowerCase() === name);
  const item = {
    id,
    principalId,
    principalOrganizationId: call.ports.tenant.id,
    roleDefinitionId,
    directoryScopeId,
    resourceScope: '/',
    ...(expands('principal') ? { principal: (await principalItem(call, principalId)) ?? null } : {}),
    ...(expands('roledefinition') ? { roleDefinition: definitionItem(directoryRole(roleDefinitionId)!) } : {}),
    ...(expands('directoryscope') ? { directoryScope: { id: '/' } } : {}),
  };
  return withTag(item, document);
}

async function listAssignments(call: Call) {
  const owner = mustEqual(call.query.filter, 'principalId')?.toLowerCase();
  const role = mustEqual(call.query.filter, 'roleDefinitionId')?.toLowerCase();
  const assignments = (await call.ports.objects.list<RoleAssignment>(roleAssignmentKind, owner)).filter(
    ({ document }) => role === undefined || document.roleDefinitionId === role,
  );
  return collection(call, await Promise.all(assignments.map((item) => assignmentItem(call, item))), assignmentResource);
}

/**
 * The assignments of a principal and those it has through a role-assignable group. The filter names the principal, as Graph
 * wants it. @throws graphQueryUnreadable
 */
async function listTransitive(call: Call) {
  const principalId = mustEqual(call.query.filter, 'principalId')?.toLowerCase();
  if (principalId === undefined)
    throw fault('graphQueryUnreadable', { option: '$filter', problem: "it must be principalId eq '…'" });
  const groups = await call.ports.groups.directGroups({ kind: 'user', id: principalId });
  const lending: string[] = [];
  for (const id of groups) if (isRoleAssignable(await call.ports.groups.find(id))) lending.push(id);
  const holders = [principalId, ...lending];
  const rows = (await assignments(call)).filter(({ document }) => holders.includes(document.principalId));
  const items = await Promise.all(rows.map((row) => assignmentItem(call, row)));
  // The rows of a group have the principalId of the group: the filter has done its work.
  return collection({ ...call, query: { ...call.query, filter: undefined } }, items, assignmentResource);
}

async function assignmentIn(call: Call): Promise<StoredObject<RoleAssignment>> {
  const id = keyText(call, 'id');
  const match = await call.ports.objects.find<RoleAssignment>(roleAssignmentKind, id);
  if (!match) throw fault('graphObjectMissing', { id: id.slice(0, 120) });
  return match;
}

const newAssignment = z
  .strictObject({
    principalId: z.string(),
    roleDefinitionId: z.string(),
    directoryScopeId: z.literal('/', 'the only supported scope is "/", the whole tenant').default('/'),
    appScopeId: z.null().optional(),
    condition: z.null().optional(),
  })
  .register(odataTypes, ['unifiedRoleAssignment']);

async function addAssignment(call: Call) {
  const row = orThrow(await assignRole(await readBody(call, newAssignment), call));
  return entity(call, await assignmentItem(call, row), assignmentResource, 201);
}

const roleResource: GraphResource = { type: 'directoryRole', set: 'directoryRoles' };
const templateResource: GraphResource = { type: 'directoryRoleTemplate', set: 'directoryRoleTemplates' };
const definitionResource: GraphResource = {
  type: 'unifiedRoleDefinition',
  set: 'roleManagement/directory/roleDefinitions',
};
const assignmentResource: GraphResource = {
  type: 'unifiedRoleAssignment',
  set: 'roleManagement/directory/roleAssignments',
};

const unpaged = { page: 999, most: 999 };
const templateItem = ({ templateId, displayName, description }: DirectoryRole): Item => ({
  id: templateId,
  deletedDateTime: null,
  description,
  displayName,
});

export const roleRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'directoryroletemplates',
    need: needs.readRoles,
    answer: (call) => collection(call, directoryRoles.map(templateItem), templateResource, unpaged),
  },
  {
    method: 'GET',
    path: 'directoryroletemplates/{id}',
    need: needs.readRoles,
    answer: (call) => entity(call, templateItem(roleIn(call)), templateResource),
  },
  {
    method: 'GET',
    path: 'directoryroles',
    need: needs.readRoles,
    answer: async (call) =>
      collection(call, (await activatedRoles(call.ports)).map(roleItem).map(untyped), roleResource, unpaged),
  },
  { method: 'POST', path: 'directoryroles', need: needs.writeRoles, answer: activate },
  {
    method: 'GET',
    path: 'directoryroles/{id}',
    need: needs.readRoles,
    answer: (call) => entity(call, untyped(roleItem(roleIn(call).templateId)), roleResource),
  },
  { method: 'GET', path: 'directoryroles/{id}/members', need: needs.readRoles, answer: members },
  { method: 'POST', path: 'directoryroles/{id}/members/$ref', need: needs.writeRoles, answer: addMember },
  { method: 'DELETE', path: 'directoryroles/{id}/members/{member}/$ref', need: needs.writeRoles, answer: removeMember },
  {
    method: 'GET',
    path: 'rolemanagement/directory/roledefinitions',
    need: needs.readRoles,
    answer: (call) => collection(call, directoryRoles.map(definitionItem), definitionResource, unpaged),
  },
  {
    method: 'GET',
    path: 'rolemanagement/directory/roledefinitions/{id}',
    need: needs.readRoles,
    answer: (call) => entity(call, definitionItem(roleIn(call)), definitionResource),
  },
  { method: 'GET', path: 'rolemanagement/directory/roleassignments', need: needs.readRoles, answer: listAssignments },
  {
    method: 'GET',
    path: 'rolemanagement/directory/transitiveroleassignments',
    need: needs.readRoles,
    answer: listTransitive,
  },
  { method: 'POST', path: 'rolemanagement/directory/roleassignments', need: needs.writeRoles, answer: addAssignment },
  {
    method: 'GET',
    path: 'rolemanagement/directory/roleassignments/{id}',
    need: needs.readRoles,
    answer: async (call) => entity(call, await assignmentItem(call, await assignmentIn(call)), assignmentResource),
  },
  {
    method: 'DELETE',
    path: 'rolemanagement/directory/roleassignments/{id}',
    need: needs.writeRoles,
    answer: async (call) => {
      orThrow(await unassignRole((await assignmentIn(call)).id, call));
      return nothing;
    },
  },
];
