import { z } from 'zod';
import { assignApplication, assignmentsOfResource, unassignApplication } from '#admin/applications/app-assignments.ts';
import {
  addPermissionGrant,
  changePermissionGrant,
  type PermissionGrant,
  permissionGrantKind,
  permissionGrantOf,
  removePermissionGrant,
} from '#admin/applications/permission-grants.ts';
import { grantApplicationPermission, revokeApplicationPermission } from '#admin/applications/service-principal.ts';
import { graphAppId } from '#core/directory/well-known-applications.ts';
import { graphPermissions } from '#core/roles/permissions.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import type { StoredObject } from '#model/directory-object.ts';
import { odataTypes } from '#schema/odata-type.ts';
import { type Item, mustEqual } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing, sliceById } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { requirePrivileged } from '../../protocol/guard/privileged.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { guid } from '../../protocol/shapes.ts';
import { userAssignmentItem, userAssignmentItems } from '../accounts/applications.ts';
import { servicePrincipalIn } from './service-principals.ts';

const grantResource: GraphResource = { type: 'oAuth2PermissionGrant', set: 'oauth2PermissionGrants' };
const assignmentResource: GraphResource = { type: 'appRoleAssignment', set: 'appRoleAssignments' };

const grantItem = ({ id, document }: StoredObject<PermissionGrant>): Item => withTag({ id, ...document }, document);
const scope = z.string().max(3850);

const newGrant = z
  .strictObject({
    clientId: guid,
    consentType: z.enum(['AllPrincipals', 'Principal']),
    principalId: guid.nullable().optional(),
    resourceId: guid,
    scope: scope.nullable().optional(),
    startTime: z.string().nullable().optional(),
    expiryTime: z.string().nullable().optional(),
  })
  .register(odataTypes, ['oAuth2PermissionGrant']);

async function addGrant(call: Call) {
  const { clientId, consentType, principalId = null, resourceId, scope: permissions } = await readBody(call, newGrant);
  const request: PermissionGrant = { clientId, consentType, principalId, resourceId, scope: permissions ?? '' };
  return entity(call, grantItem(orThrow(await addPermissionGrant(request, call))), grantResource, 201);
}

async function listGrants(call: Call) {
  const owner = mustEqual(call.query.filter, 'clientId')?.toLowerCase();
  const grants = await call.ports.objects.list<PermissionGrant>(permissionGrantKind, owner);
  return collection(call, grants.map(grantItem), grantResource);
}

const grantIn = async (call: Call) => orThrow(await permissionGrantOf(keyText(call, 'id'), call.ports));

async function changeGrant(call: Call) {
  const { id } = await grantIn(call);
  const body = await readBody(call, z.strictObject({ scope }));
  orThrow(await changePermissionGrant(id, body.scope, call));
  return nothing;
}

async function removeGrant(call: Call) {
  orThrow(await removePermissionGrant(keyText(call, 'id'), call));
  return nothing;
}

/**
 * Application permissions (graph-api §8). They are kept as the application's roles, by name; an assignment's id is made
 * of the two ids it joins.
 */
function assignmentsOf(application: Application): readonly Item[] {
  return graphPermissions.flatMap(({ value, applicationId }) =>
    applicationId && application.roles.includes(value) ? [assignmentItem(application, applicationId)] : [],
  );
}
const assignmentItem = (application: Application, appRoleId: string): Item => ({
  id: `${application.appId.toLowerCase()}_${appRoleId}`,
  deletedDateTime: null,
  appRoleId,
  createdDateTime: application.createdDateTime ?? null,
  principalDisplayName: application.displayName,
  principalId: application.appId.toLowerCase(),
  principalType: 'ServicePrincipal',
  resourceDisplayName: 'Microsoft Graph',
  resourceId: graphAppId,
});

const newAssignment = z
  .strictObject({ principalId: guid, resourceId: guid, appRoleId: guid })
  .register(odataTypes, ['appRoleAssignment']);

/** Asked of the client or of the resource: the body says the same. Users and groups are assigned to applications. */
async function addAssignment(call: Call) {
  const { principalId, resourceId, appRoleId } = await readBody(call, newAssignment);
  if (resourceId.toLowerCase() !== graphAppId && !(await call.ports.applications.find(principalId))) {
    const row = orThrow(await assignApplication({ principalId, resourceId, appRoleId }, call));
    return entity(call, await userAssignmentItem(call, row), assignmentResource, 201);
  }
  requirePrivileged(call);
  const permission = graphPermissions.find(({ applicationId }) => applicationId === appRoleId.toLowerCase());
  if (resourceId.toLowerCase() !== graphAppId || !permission) {
    throw fault('graphPropertyInvalid', {
      target: 'appRoleId',
      problem: 'the resource has no application permission of this id',
    });
  }
  const application = orThrow(await grantApplicationPermission(principalId, permission, call));
  return entity(call, assignmentItem(application, permission.applicationId!), assignmentResource, 201);
}

async function removeAssignment(call: Call) {
  const [principalId = '', appRoleId] = keyText(call, 'assignment').split('_');
  if (appRoleId === undefined) {
    const { appId } = await servicePrincipalIn(call);
    orThrow(await unassignApplication(keyText(call, 'assignment'), { resourceId: appId }, call));
    return nothing;
  }
  const permission = graphPermissions.find(({ applicationId }) => applicationId === appRoleId);
  if (!permission) throw fault('graphObjectMissing', { id: keyText(call, 'assignment').slice(0, 80) });
  orThrow(await revokeApplicationPermission(principalId, permission, call));
  return nothing;
}

const assignedBy = async (call: Call) =>
  collection(call, assignmentsOf(await servicePrincipalIn(call)), assignmentResource);

/** Who has been given permissions of this resource. */
async function assignedTo(call: Call) {
  const isGraph = keyText(call, 'id').toLowerCase() === graphAppId;
  if (isGraph)
    return collection(call, (await call.ports.applications.listWithRoles()).flatMap(assignmentsOf), assignmentResource);
  const { appId } = await servicePrincipalIn(call);
  const rows = await assignmentsOfResource(appId, call.ports, sliceById(call));
  return collection(call, await userAssignmentItems(call, rows), assignmentResource);
}

const { readGrants, writeGrants, readApplications, grantRoles } = needs;

export const consentRoutes: readonly Route[] = [
  { method: 'GET', path: 'oauth2permissiongrants', need: readGrants, answer: listGrants },
  { method: 'POST', path: 'oauth2permissiongrants', need: writeGrants, answer: addGrant },
  {
    method: 'GET',
    path: 'oauth2permissiongrants/{id}',
    need: readGrants,
    answer: async (call) => entity(call, grantItem(await grantIn(call)), grantResource),
  },
  { method: 'PATCH', path: 'oauth2permissiongrants/{id}', need: writeGrants, answer: changeGrant },
  { method: 'DELETE', path: 'oauth2permissiongrants/{id}', need: writeGrants, answer: removeGrant },
  { method: 'GET', path: 'serviceprincipals/{id}/approleassignments', need: readApplications, answer: assignedBy },
  { method: 'POST', path: 'serviceprincipals/{id}/approleassignments', need: grantRoles, answer: addAssignment },
  {
    method: 'DELETE',
    path: 'serviceprincipals/{id}/approleassignments/{assignment}',
    need: grantRoles,
    answer: removeAssignment,
  },
  { method: 'GET', path: 'serviceprincipals/{id}/approleassignedto', need: readApplications, answer: assignedTo },
  { method: 'POST', path: 'serviceprincipals/{id}/approleassignedto', need: grantRoles, answer: addAssignment },
  {
    method: 'DELETE',
    path: 'serviceprincipals/{id}/approleassignedto/{assignment}',
    need: grantRoles,
    answer: removeAssignment,
  },
];
