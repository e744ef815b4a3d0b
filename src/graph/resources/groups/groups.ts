import { z } from 'zod';
import { removeGroup } from '#admin/directory/deletion.ts';
import {
  addGroup,
  addGroupMember,
  addGroupOwner,
  changeGroup,
  removeGroupMember,
  removeGroupOwner,
} from '#admin/directory/groups.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Group, GroupMember } from '#model/group.ts';
import { odataTypes } from '#schema/odata-type.ts';
import { directoryList } from '../../lists/directory-list.ts';
import { directoryCount, directoryPage } from '../../lists/directory-page.ts';
import { entity, nothing, untyped } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { requirePrivileged } from '../../protocol/guard/privileged.ts';
import { needs } from '../../protocol/needs.ts';
import { referenceIn } from '../../protocol/reference.ts';
import type { Route } from '../../protocol/route.ts';
import { requireCloudSource } from '../directory/synchronised.ts';

import { groupIn, groupItem, groupResource } from './group-item.ts';
import { groupLinkRoutes } from './group-links.ts';

const text = (longest: number) => z.string().max(longest);
const changeShape = z
  .strictObject({
    displayName: text(256).optional(),
    description: text(1024).nullable().optional(),
    mailNickname: z.string().optional(),
    mailEnabled: z.boolean().optional(),
    securityEnabled: z.boolean().optional(),
    visibility: z.enum(['Private', 'Public', 'HiddenMembership']).nullable().optional(),
    'members@odata.bind': z.array(z.string()).max(20).optional(),
  })
  .register(odataTypes, ['group']);
const newShape = changeShape
  .extend({
    isAssignableToRole: z.boolean().nullable().optional(),
    groupTypes: z
      .array(z.enum(['Unified'], 'a group is a security group or Unified; DynamicMembership is not supported'))
      .max(1)
      .optional(),
    'owners@odata.bind': z.array(z.string()).max(20).optional(),
  })
  .required({ displayName: true, mailEnabled: true, mailNickname: true, securityEnabled: true })
  .register(odataTypes, ['group']);

const groupsOf = (call: Call) =>
  directoryList(call, {
    kind: 'group',
    view: groupResource,
    items: async (groups) => groups.map(groupItem).map(untyped),
  });

async function add(call: Call) {
  const {
    'members@odata.bind': members = [],
    'owners@odata.bind': owners = [],
    displayName,
    ...profile
  } = await readBody(call, newShape);
  if (profile.isAssignableToRole) requirePrivileged(call);
  const ownerIds = await Promise.all(owners.map(async (owner) => (await ownerNamed(call, referenceIn(owner).id)).id));
  const group: Group = { id: crypto.randomUUID(), displayName, profile: { ...profile, ownerIds } };
  const joining = await Promise.all(members.map((member) => memberNamed(call, referenceIn(member).id)));
  orThrow(await addGroup(group, joining, call));
  return entity(call, untyped(groupItem((await call.ports.groups.find(group.id))!)), groupResource, 201);
}

async function change(call: Call) {
  const group = await groupIn(call);
  requireAbove(call, group);
  const body = await readBody(call, changeShape);
  await requireCloudSource(call, 'group', group.id, Object.keys(body));
  const { 'members@odata.bind': members = [], displayName, ...profile } = body;
  const joining = await Promise.all(members.map((member) => memberNamed(call, referenceIn(member).id)));
  if (displayName !== undefined || Object.keys(profile).length > 0) {
    const work = (old: Group): Group => ({
      ...old,
      ...(displayName === undefined ? {} : { displayName }),
      profile: { ...old.profile, ...profile },
    });
    orThrow(await changeGroup(group.id, work, call));
  }
  for (const member of joining) orThrow(await addGroupMember(group.id, member, call));
  return nothing;
}

/** Who is in a role-assignable group holds its roles: only who may assign roles may change it (§6.2). */
export function requireAbove(call: Call, { profile }: Group): void {
  if (profile?.isAssignableToRole === true) requirePrivileged(call);
}
/** @throws graphObjectMissing */
async function memberNamed({ ports }: Call, id: string): Promise<GroupMember> {
  const target = id.toLowerCase();
  if ((await ports.directory.user(target)) !== undefined) return { kind: 'user', id: target };
  if (await ports.groups.find(target)) return { kind: 'group', id: target };
  throw fault('graphObjectMissing', { id: id.slice(0, 120) });
}

async function addMember(call: Call) {
  const group = await groupIn(call);
  requireAbove(call, group);
  await requireCloudSource(call, 'group', group.id, ['members']);
  const { '@odata.id': reference } = await readBody(call, z.strictObject({ '@odata.id': z.string() }));
  orThrow(await addGroupMember(group.id, await memberNamed(call, referenceIn(reference).id), call));
  return nothing;
}

async function removeMember(call: Call) {
  const group = await groupIn(call);
  requireAbove(call, group);
  await requireCloudSource(call, 'group', group.id, ['members']);
  orThrow(await removeGroupMember(group.id, keyText(call, 'member').toLowerCase(), call));
  return nothing;
}

/** Owners are kept with the group; a user owns. @throws graphObjectMissing */
async function ownerNamed({ ports }: Call, id: string): Promise<GroupMember> {
  const user = await ports.directory.user(id.toLowerCase());
  if (!user) throw fault('graphObjectMissing', { id: id.slice(0, 120) });
  return { kind: 'user', id: user.id };
}

async function addOwner(call: Call) {
  const group = await groupIn(call);
  requireAbove(call, group);
  const { '@odata.id': reference } = await readBody(call, z.strictObject({ '@odata.id': z.string() }));
  const { id } = await ownerNamed(call, referenceIn(reference).id);
  orThrow(await addGroupOwner(group.id, id, call));
  return nothing;
}

async function removeOwner(call: Call) {
  const group = await groupIn(call);
  requireAbove(call, group);
  orThrow(await removeGroupOwner(group.id, keyText(call, 'owner').toLowerCase(), call));
  return nothing;
}

async function remove(call: Call) {
  const group = await groupIn(call);
  requireAbove(call, group);
  orThrow(await removeGroup(group.id, call));
  return nothing;
}

export const groupRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'groups',
    need: needs.readGroups,
    answer: (call) => directoryPage(call, groupsOf(call)),
  },
  {
    method: 'GET',
    path: 'groups/$count',
    need: needs.readGroups,
    answer: (call) => directoryCount(call, groupsOf(call)),
  },
  { method: 'POST', path: 'groups', need: needs.writeGroups, answer: add },
  {
    method: 'GET',
    path: 'groups/{id}',
    need: needs.readGroups,
    answer: async (call) => entity(call, untyped(groupItem(await groupIn(call))), groupResource),
  },
  { method: 'PATCH', path: 'groups/{id}', need: needs.writeGroups, answer: change },
  { method: 'DELETE', path: 'groups/{id}', need: needs.writeGroups, answer: remove },
  { method: 'POST', path: 'groups/{id}/members/$ref', need: needs.writeMembers, answer: addMember },
  { method: 'DELETE', path: 'groups/{id}/members/{member}/$ref', need: needs.writeMembers, answer: removeMember },
  { method: 'POST', path: 'groups/{id}/owners/$ref', need: needs.writeGroups, answer: addOwner },
  { method: 'DELETE', path: 'groups/{id}/owners/{owner}/$ref', need: needs.writeGroups, answer: removeOwner },
  ...groupLinkRoutes,
];
