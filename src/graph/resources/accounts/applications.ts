import { z } from 'zod';
import { applicationsOf, isOffered } from '#admin/account/applications.ts';
import {
  assignApplication,
  assignmentsOfPrincipal,
  type StoredAssignment,
  type UserAssignment,
  unassignApplication,
} from '#admin/applications/app-assignments.ts';
import { type PermissionGrant, permissionGrantKind } from '#admin/applications/permission-grants.ts';
import { pictureOf } from '#admin/pictures/pictures.ts';
import type { Need } from '#core/roles/authorise.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { odataTypes } from '#schema/odata-type.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { guid } from '../../protocol/shapes.ts';
import { userIn } from '../directory/users.ts';
import { pictureAnswer } from '../pictures.ts';

const assignmentResource: GraphResource = { type: 'appRoleAssignment', set: 'appRoleAssignments' };
const grantResource: GraphResource = { type: 'oAuth2PermissionGrant', set: 'oauth2PermissionGrants' };
const offerResource: GraphResource = { type: 'cardea.application', set: 'me/applications' };

/** An assignment to a user or a group as Graph shows it. */
export async function userAssignmentItem(call: Call, assignment: StoredAssignment): Promise<Item> {
  const [item] = await userAssignmentItems(call, [assignment]);
  return item!;
}

/** Assignments as Graph shows them. Names are read in a few statements, however many there are. */
export async function userAssignmentItems(
  { ports: { lists } }: Call,
  assignments: readonly StoredAssignment[],
): Promise<readonly Item[]> {
  const idsOf = (type: UserAssignment['principalType']) =>
    unique(
      assignments.filter(({ document }) => document.principalType === type).map((row) => row.document.principalId),
    );
  const resourceIds = unique(assignments.map(({ document }) => document.resourceId));
  const [users, groups, resources] = [
    await lists.find('user', idsOf('User')),
    await lists.find('group', idsOf('Group')),
    await lists.find('application', resourceIds),
  ];
  const principals = new Map([
    ...users.map(({ user }) => [user.id, user.displayName] as const),
    ...groups.map(({ id, displayName }) => [id, displayName] as const),
  ]);
  const names = new Map(resources.map(({ appId, displayName }) => [appId.toLowerCase(), displayName]));
  return assignments.map(({ id, createdDateTime, document }) => ({
    id,
    deletedDateTime: null,
    appRoleId: document.appRoleId,
    createdDateTime: createdDateTime.toISOString(),
    principalDisplayName: principals.get(document.principalId) ?? null,
    principalId: document.principalId,
    principalType: document.principalType,
    resourceDisplayName: names.get(document.resourceId) ?? null,
    resourceId: document.resourceId,
  }));
}

const unique = (ids: readonly string[]): readonly string[] => [...new Set(ids)];

async function assignments(call: Call) {
  const { user } = await userIn(call);
  const rows = await assignmentsOfPrincipal(user.id, call.ports);
  return collection(call, await userAssignmentItems(call, rows), assignmentResource);
}

const shape = z
  .strictObject({ principalId: guid, resourceId: guid, appRoleId: guid })
  .register(odataTypes, ['appRoleAssignment']);

async function assign(call: Call) {
  const { user } = await userIn(call);
  const request = await readBody(call, shape);
  if (request.principalId.toLowerCase() !== user.id)
    throw fault('graphPropertyInvalid', { target: 'principalId', problem: 'it must be the user in the address' });
  const row = orThrow(await assignApplication(request, call));
  return entity(call, await userAssignmentItem(call, row), assignmentResource, 201);
}

async function unassign(call: Call) {
  const { user } = await userIn(call);
  orThrow(await unassignApplication(keyText(call, 'assignment'), { principalId: user.id }, call));
  return nothing;
}

/** What applications may do for this user: what was granted for the user alone. */
async function grants(call: Call) {
  const { user } = await userIn(call);
  const rows = await call.ports.objects.ofParty<PermissionGrant>({
    ...{ kind: permissionGrantKind, property: 'principalId', id: user.id },
  });
  return collection(
    call,
    rows.map(({ id, document }) => ({ id, ...document })),
    grantResource,
  );
}

/** Beyond Entra: the applications of My Apps. */
async function offered(call: Call) {
  if (call.caller.kind !== 'person') throw fault('graphPersonNeeded', {});
  const { request, version } = call;
  const items = await applicationsOf(call.caller.id, {}, call);
  return collection(
    call,
    items.map(({ appId, displayName, homepage, description, collections, logoDigest, lastUsedDateTime }) => ({
      id: appId,
      appId,
      displayName,
      description: description ?? null,
      homepage,
      logoUrl: logoDigest ? `${request.origin}/${version}/me/applications/${appId}/logo` : null,
      collections,
      lastUsedDateTime: lastUsedDateTime?.toISOString() ?? null,
    })),
    offerResource,
  );
}

async function offeredLogo(call: Call) {
  const id = keyText(call, 'app').toLowerCase();
  const application = await call.ports.applications.find(id);
  const logo =
    application &&
    isOffered(application) &&
    (await pictureOf({ subject: 'application', ownerId: id, part: 'logo' }, call.ports));
  if (!logo) throw fault('pictureMissing', {});
  return pictureAnswer(logo);
}

const selfNeed: Need = { area: 'users', access: 'read', permissions: ['User.Read', 'User.Read.All'], isSelf: true };

/** Users see their own without a role. */
const readNeed = async (call: Call): Promise<Need> => {
  const isSelf = call.caller.kind === 'person' && (await userIn(call)).user.id === call.caller.id;
  const permissions = ['AppRoleAssignment.ReadWrite.All', 'Directory.Read.All', 'Directory.AccessAsUser.All'];
  return isSelf
    ? { ...selfNeed, permissions: [...selfNeed.permissions, ...permissions] }
    : { area: 'applications', access: 'read', permissions };
};

export const accountApplicationRoutes: readonly Route[] = [
  ...['me', 'users/{id}'].flatMap((base): readonly Route[] => [
    { method: 'GET', path: `${base}/approleassignments`, need: readNeed, answer: assignments },
    { method: 'GET', path: `${base}/oauth2permissiongrants`, need: readNeed, answer: grants },
  ]),
  { method: 'POST', path: 'users/{id}/approleassignments', need: needs.grantRoles, answer: assign },
  {
    method: 'DELETE',
    path: 'users/{id}/approleassignments/{assignment}',
    need: needs.grantRoles,
    answer: unassign,
  },
  { method: 'GET', path: 'me/applications', need: selfNeed, answer: offered },
  { method: 'GET', path: 'me/applications/{app}/logo', need: selfNeed, answer: offeredLogo },
];
