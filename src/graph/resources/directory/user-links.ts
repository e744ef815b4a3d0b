import { z } from 'zod';
import { revokeSignInSessions } from '#admin/directory/sessions.ts';
import type { Need } from '#core/roles/authorise.ts';
import { revokePermissions } from '#core/roles/user-operations.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { rolesHeldBy } from '#signin/user/roles-held.ts';
import { contextOf, countOf, primitive } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { asGroups, objectsOf, showObjects, transitiveGroups } from '../groups/group-links.ts';
import { roleItem } from './roles.ts';
import { requireOnUser } from './user-rights.ts';
import { needToRead, userIn } from './users.ts';

/** Groups, and with them the roles of the person: Graph counts both as what a user is a member of. */
async function memberOf(call: Call, isTransitive: boolean) {
  const { user } = await userIn(call);
  const ids = isTransitive ? user.groupIds : await call.ports.groups.directGroups({ kind: 'user', id: user.id });
  const groups = await objectsOf(call, asGroups(ids));
  const cast = call.keys.cast?.value.toLowerCase();
  const wantsRoles = cast === undefined || cast === 'microsoft.graph.directoryrole';
  const roles = wantsRoles ? (await rolesHeldBy(user.id, call.ports)).map(roleItem) : [];
  return cast === 'microsoft.graph.directoryrole' ? roles : [...groups, ...roles];
}

/** The links of the caller, or of the user that the path names. */
function listing(base: string, name: string, isTransitive: boolean): readonly Route[] {
  const list = async (call: Call) => showObjects(call, await memberOf(call, isTransitive));
  const count = async (call: Call) => countOf(call, await memberOf(call, isTransitive));
  const need = needForMemberships;
  return [
    { method: 'GET', path: `${base}/${name}`, need, answer: list },
    { method: 'GET', path: `${base}/${name}/$count`, need, answer: count },
    { method: 'GET', path: `${base}/${name}/{cast}`, need, answer: list },
    { method: 'GET', path: `${base}/${name}/{cast}/$count`, need, answer: count },
  ];
}

async function needForMemberships(call: Call): Promise<Need> {
  const read = await needToRead(call);
  return read.isSelf ? read : { ...needs.readGroups, permissions: [...needs.readGroups.permissions] };
}

async function getMemberGroups(call: Call): Promise<Answer> {
  await readBody(call, z.strictObject({ securityEnabledOnly: z.boolean().nullable().optional() }));
  const { user } = await userIn(call);
  const value = await transitiveGroups(call, { kind: 'user', id: user.id });
  return { status: 200, body: { ...contextOf(call, 'Collection(Edm.String)'), value } };
}

async function checkMemberGroups(call: Call): Promise<Answer> {
  const { groupIds } = await readBody(call, z.strictObject({ groupIds: z.array(z.string()).max(20) }));
  const { user } = await userIn(call);
  const groups = await transitiveGroups(call, { kind: 'user', id: user.id });
  const value = groupIds.filter((id) => groups.includes(id.toLowerCase()));
  return { status: 200, body: { ...contextOf(call, 'Collection(Edm.String)'), value } };
}

/** Every user may sign themselves out everywhere; others need Helpdesk or more, and a target below them (§2.4). */
async function needToRevoke(call: Call): Promise<Need> {
  const { user } = await userIn(call);
  const isSelf = call.caller.kind === 'person' && user.id === call.caller.id;
  return isSelf
    ? { area: 'users', access: 'read', permissions: [...revokePermissions, 'User.ReadWrite'], isSelf }
    : { area: 'userCredentials', access: 'write', permissions: revokePermissions };
}

async function revoke(call: Call): Promise<Answer> {
  const { user } = await userIn(call);
  if (user.id !== call.caller.id) await requireOnUser(call, user.id, ['revokeSessions']);
  orThrow(await revokeSignInSessions(user.id, call));
  return primitive(call, 'Edm.Boolean', true);
}

export const userLinkRoutes: readonly Route[] = ['me', 'users/{id}'].flatMap((base): readonly Route[] => [
  ...listing(base, 'memberof', false),
  ...listing(base, 'transitivememberof', true),
  {
    method: 'POST',
    path: `${base}/getmembergroups`,
    need: needForMemberships,
    answer: getMemberGroups,
    unguarded: 'reads only',
  },
  {
    method: 'POST',
    path: `${base}/getmemberobjects`,
    need: needForMemberships,
    answer: getMemberGroups,
    unguarded: 'reads only',
  },
  {
    method: 'POST',
    path: `${base}/checkmembergroups`,
    need: needForMemberships,
    answer: checkMemberGroups,
    unguarded: 'reads only',
  },
  { method: 'POST', path: `${base}/revokesigninsessions`, need: needToRevoke, answer: revoke },
]);
