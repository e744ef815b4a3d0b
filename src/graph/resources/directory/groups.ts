import { z } from 'zod';
import { removeGroup } from '#admin/directory/deletion.ts';
import {
  addGroup,
  addGroupMember,
  addGroupOwner,
  changeGroup,
  ownersOf,
  removeGroupMember,
  removeGroupOwner,
} from '#admin/directory/groups.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import type { Group, GroupMember } from '#model/group.ts';
import { directoryList } from '../../lists/directory-list.ts';
import { directoryCount, directoryPage } from '../../lists/directory-page.ts';
import { memberList } from '../../lists/member-list.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, countOf, entity, nothing, type Shown, untyped } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Answer, type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import { requirePrivileged } from '../../protocol/privileged.ts';
import { referenceIn } from '../../protocol/reference.ts';
import type { Route } from '../../protocol/route.ts';
import { requireOwnSource } from './synchronised.ts';
import { userProperties } from './user-item.ts';
import { memberSeen } from './user-sight.ts';

export const shownGroup: Shown = {
  type: 'group',
  set: 'groups',
  alsoKnown: [
    'assignedLabels',
    'assignedLicenses',
    'autoSubscribeNewMembers',
    'allowExternalSenders',
    'hideFromAddressLists',
    'hideFromOutlookClients',
    'isSubscribedByMail',
    'unseenCount',
    'members',
    'memberOf',
    'owners',
    'resourceBehaviorOptions',
    'resourceProvisioningOptions',
    'writebackConfiguration',
    'isManagementRestricted',
    'licenseProcessingState',
    'hasMembersWithLicenseErrors',
    'serviceProvisioningErrors',
    'cloudLicensing',
  ],
};

/** A group as Graph shows one. */
export const groupItem = (group: Group): Item => withTag(itemOf(group), group);

function itemOf(group: Group): Item {
  const { ownerIds: _, ...profile } = group.profile ?? {};
  return {
    '@odata.type': '#microsoft.graph.group',
    id: group.id,
    deletedDateTime: null,
    classification: null,
    createdDateTime: group.createdDateTime ?? null,
    description: null,
    displayName: group.displayName,
    expirationDateTime: null,
    groupTypes: [],
    isAssignableToRole: null,
    mail: null,
    mailEnabled: false,
    mailNickname: group.id.slice(0, 8),
    membershipRule: null,
    membershipRuleProcessingState: null,
    onPremisesDomainName: null,
    onPremisesLastSyncDateTime: null,
    onPremisesNetBiosName: null,
    onPremisesProvisioningErrors: [],
    onPremisesSamAccountName: null,
    onPremisesSecurityIdentifier: null,
    onPremisesSyncEnabled: null,
    preferredDataLocation: null,
    preferredLanguage: null,
    proxyAddresses: [],
    renewedDateTime: group.createdDateTime ?? null,
    securityEnabled: true,
    securityIdentifier: null,
    theme: null,
    uniqueName: null,
    visibility: null,
    ...profile,
  };
}

const text = (longest: number) => z.string().max(longest);
const changeShape = z.strictObject({
  displayName: text(256).min(1).optional(),
  description: text(1024).nullable().optional(),
  mailNickname: text(64)
    .min(1)
    .regex(/^[^@()\\[\]";:<>, ]+$/, 'it has characters that no mail nickname may have')
    .optional(),
  mailEnabled: z.boolean().optional(),
  securityEnabled: z.boolean().optional(),
  visibility: z.enum(['Private', 'Public', 'HiddenMembership']).nullable().optional(),
  'members@odata.bind': z.array(z.string()).max(20).optional(),
});
const newShape = changeShape
  .extend({
    isAssignableToRole: z.boolean().nullable().optional(),
    groupTypes: z
      .array(z.enum(['Unified'], 'a group is a security group or Unified; DynamicMembership is not offered'))
      .max(1)
      .optional(),
    'owners@odata.bind': z.array(z.string()).max(20).optional(),
  })
  .required({ displayName: true, mailEnabled: true, mailNickname: true, securityEnabled: true });

/** @throws graphObjectMissing */
export async function groupIn(call: Call): Promise<Group> {
  const id = keyText(call, 'id').toLowerCase();
  const group = await call.ports.groups.find(id);
  if (!group) throw fault('graphObjectMissing', { id: id.slice(0, 120) });
  return group;
}

const groupsOf = (call: Call) =>
  directoryList(call, {
    kind: 'group',
    view: shownGroup,
    items: async (groups) => groups.map(groupItem).map(untyped),
  });

async function add(call: Call) {
  const {
    'members@odata.bind': members = [],
    'owners@odata.bind': owners = [],
    displayName,
    ...profile
  } = readBody(call, newShape);
  if (profile.isAssignableToRole) requirePrivileged(call);
  const ownerIds = await Promise.all(owners.map(async (owner) => (await ownerNamed(call, referenceIn(owner).id)).id));
  const group: Group = { id: crypto.randomUUID(), displayName, profile: { ...profile, ownerIds } };
  const joining = await Promise.all(members.map((member) => memberNamed(call, referenceIn(member).id)));
  await addGroup(group, joining, call.actor, call.ports);
  return entity(call, untyped(groupItem((await call.ports.groups.find(group.id))!)), shownGroup, 201);
}

async function change(call: Call) {
  const group = await groupIn(call);
  requireAbove(call, group);
  const body = readBody(call, changeShape);
  await requireOwnSource(call, 'group', group.id, Object.keys(body));
  const { 'members@odata.bind': members = [], displayName, ...profile } = body;
  const joining = await Promise.all(members.map((member) => memberNamed(call, referenceIn(member).id)));
  if (displayName !== undefined || Object.keys(profile).length > 0) {
    const work = (old: Group): Group => ({
      ...old,
      ...(displayName === undefined ? {} : { displayName }),
      profile: { ...old.profile, ...profile },
    });
    await changeGroup(group.id, work, call.actor, call.ports);
  }
  for (const member of joining) await join(call, group.id, member);
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

async function join(call: Call, groupId: string, member: GroupMember): Promise<void> {
  const isAdded = await addGroupMember(groupId, member, call.actor, call.ports).catch((problem: unknown) => {
    // A group that would be in itself is an impossible reference.
    if (problem instanceof CardeaError && problem.because.code === 'nothingFound')
      throw fault('graphReferenceInvalid', { problem: 'a group cannot be a member of itself' });
    throw problem;
  });
  if (!isAdded) throw fault('graphReferenceExists', { property: 'members' });
}

async function addMember(call: Call) {
  const group = await groupIn(call);
  requireAbove(call, group);
  await requireOwnSource(call, 'group', group.id, ['members']);
  const { '@odata.id': reference } = readBody(call, z.strictObject({ '@odata.id': z.string() }));
  await join(call, group.id, await memberNamed(call, referenceIn(reference).id));
  return nothing;
}

async function removeMember(call: Call) {
  const group = await groupIn(call);
  requireAbove(call, group);
  await requireOwnSource(call, 'group', group.id, ['members']);
  await removeGroupMember(group.id, keyText(call, 'member').toLowerCase(), call.actor, call.ports);
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
  const { '@odata.id': reference } = readBody(call, z.strictObject({ '@odata.id': z.string() }));
  const { id } = await ownerNamed(call, referenceIn(reference).id);
  await addGroupOwner(group.id, id, call.actor, call.ports);
  return nothing;
}

async function removeOwner(call: Call) {
  const group = await groupIn(call);
  requireAbove(call, group);
  await removeGroupOwner(group.id, keyText(call, 'owner').toLowerCase(), call.actor, call.ports);
  return nothing;
}

async function remove(call: Call) {
  const group = await groupIn(call);
  requireAbove(call, group);
  await removeGroup(group.id, call.actor, call.ports);
  return nothing;
}

/** Users and groups as one list; a cast in the path keeps one kind. */
export async function objectsOf(call: Call, members: readonly GroupMember[]): Promise<readonly Item[]> {
  const ids = (kind: GroupMember['kind']) => members.filter((member) => member.kind === kind).map(({ id }) => id);
  const cast = keyTypeOf(call);
  const { lists } = call.ports;
  const users = cast === 'group' ? [] : await lists.find('user', ids('user'));
  const groups = cast === 'user' ? [] : await lists.find('group', ids('group'));
  return [...users.map((entry) => memberSeen(call, entry)), ...groups.map(groupItem)];
}

/** `microsoft.graph.user` at the end of a path. @throws graphPathUnknown */
function keyTypeOf(call: Call): 'user' | 'group' | undefined {
  if (call.keys.cast === undefined) return undefined;
  const cast = keyText(call, 'cast').toLowerCase();
  if (cast === 'microsoft.graph.user') return 'user';
  if (cast === 'microsoft.graph.group') return 'group';
  if (['microsoft.graph.directoryrole', 'microsoft.graph.device', 'microsoft.graph.administrativeunit'].includes(cast))
    return undefined;
  throw fault('graphPathUnknown', { segment: cast.slice(0, 80) });
}

/** Lists of several types know the properties of them all. */
const shownMembers: Shown = {
  type: 'directoryObject',
  set: 'directoryObjects',
  alsoKnown: [
    ...userProperties,
    ...Object.keys(groupItem({ id: '', displayName: '' })),
    ...(shownGroup.alsoKnown ?? []),
  ],
};

/** The groups a group or user is in, nested ones too. */
export async function transitiveGroups(call: Call, member: GroupMember): Promise<readonly string[]> {
  if (member.kind === 'user') return (await call.ports.directory.user(member.id))?.groupIds ?? [];
  const match = new Set<string>();
  const open: GroupMember[] = [member];
  while (open.length > 0) {
    for (const id of await call.ports.groups.directGroups(open.pop()!)) {
      if (match.has(id)) continue;
      match.add(id);
      open.push({ kind: 'group', id });
    }
  }
  return [...match];
}

export const showObjects = (call: Call, items: readonly Item[]) =>
  collection(call, items, shownMembers, { isMixed: true });

type Members = (call: Call, group: Group) => Promise<readonly GroupMember[]>;
const owning: Members = async (_, group) => ownersOf(group).map((id) => ({ kind: 'user', id }));
const memberOf: Members = async (call, { id }) => asGroups(await call.ports.groups.directGroups({ kind: 'group', id }));
const transitiveMemberOf: Members = async (call, { id }) =>
  asGroups(await transitiveGroups(call, { kind: 'group', id }));
export const asGroups = (ids: readonly string[]): readonly GroupMember[] => ids.map((id) => ({ kind: 'group', id }));

interface Answers {
  list(call: Call): Promise<Answer>;
  count(call: Call): Promise<Answer>;
}

/** The list, the list of one type, and how many there are. */
function listing(name: string, { list, count }: Answers): readonly Route[] {
  const need = needs.readGroups;
  return [
    { method: 'GET', path: `groups/{id}/${name}`, need, answer: list },
    { method: 'GET', path: `groups/{id}/${name}/$count`, need, answer: count },
    { method: 'GET', path: `groups/{id}/${name}/{cast}`, need, answer: list },
    { method: 'GET', path: `groups/{id}/${name}/{cast}/$count`, need, answer: count },
  ];
}

/** Links that are few: owners, and the groups that a group is in. */
const fewLinks = (members: Members): Answers => ({
  list: async (call) => showObjects(call, await objectsOf(call, await members(call, await groupIn(call)))),
  count: async (call) => countOf(call, await objectsOf(call, await members(call, await groupIn(call)))),
});

/** Members, which may be as many as the directory has users. */
function memberLinks(groupsOfMembers: (call: Call, groupId: string) => Promise<readonly string[]>): Answers {
  const listOf = async (call: Call) =>
    memberList(call, {
      view: shownMembers,
      groupIds: await groupsOfMembers(call, (await groupIn(call)).id),
      kind: keyTypeOf(call),
      items: (members) => objectsOf(call, members),
    });
  return {
    list: async (call) => directoryPage(call, await listOf(call)),
    count: async (call) => directoryCount(call, await listOf(call)),
  };
}

/** The group first: its own members come before those of the groups inside it. */
async function withNested(call: Call, groupId: string): Promise<readonly string[]> {
  const nested = await call.ports.lists.nestedGroups(groupId);
  return [groupId, ...nested.filter((id) => id !== groupId)];
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
    answer: async (call) => entity(call, untyped(groupItem(await groupIn(call))), shownGroup),
  },
  { method: 'PATCH', path: 'groups/{id}', need: needs.writeGroups, answer: change },
  { method: 'DELETE', path: 'groups/{id}', need: needs.writeGroups, answer: remove },
  { method: 'POST', path: 'groups/{id}/members/$ref', need: needs.writeMembers, answer: addMember },
  { method: 'DELETE', path: 'groups/{id}/members/{member}/$ref', need: needs.writeMembers, answer: removeMember },
  { method: 'POST', path: 'groups/{id}/owners/$ref', need: needs.writeGroups, answer: addOwner },
  { method: 'DELETE', path: 'groups/{id}/owners/{owner}/$ref', need: needs.writeGroups, answer: removeOwner },
  ...listing('owners', fewLinks(owning)),
  ...listing(
    'members',
    memberLinks(async (_, groupId) => [groupId]),
  ),
  ...listing('transitivemembers', memberLinks(withNested)),
  ...listing('memberof', fewLinks(memberOf)),
  ...listing('transitivememberof', fewLinks(transitiveMemberOf)),
];
