import { ownersOf } from '#admin/directory/groups.ts';
import { fault } from '#core/trace/fault.ts';
import type { Group, GroupMember } from '#model/group.ts';
import { directoryCount, directoryPage } from '../../lists/directory-page.ts';
import { memberList } from '../../lists/member-list.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, countOf, type GraphResource } from '../../protocol/answers.ts';
import { type Answer, type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { userResource } from '../directory/user-item.ts';
import { memberSeen } from '../directory/user-sight.ts';

import { groupIn, groupItem, groupResource } from './group-item.ts';
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
const memberResource: GraphResource = {
  type: 'directoryObject',
  set: 'directoryObjects',
  alsoKnown: [...(userResource.alsoKnown ?? []), ...(groupResource.alsoKnown ?? [])],
};

/** The groups a group or user is in, nested ones too. */
export async function transitiveGroups(call: Call, member: GroupMember): Promise<readonly string[]> {
  if (member.kind === 'user') return (await call.ports.directory.user(member.id))?.groupIds ?? [];
  const groupIds = new Set<string>();
  const open: GroupMember[] = [member];
  while (open.length > 0) {
    for (const id of await call.ports.groups.directGroups(open.pop()!)) {
      if (groupIds.has(id)) continue;
      groupIds.add(id);
      open.push({ kind: 'group', id });
    }
  }
  return [...groupIds];
}

export const showObjects = (call: Call, items: readonly Item[]) =>
  collection(call, items, memberResource, { isMixed: true });

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
      view: memberResource,
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

/** What a group is linked to: owners, members, and the groups that it is in. */
export const groupLinkRoutes: readonly Route[] = [
  ...listing('owners', fewLinks(owning)),
  ...listing(
    'members',
    memberLinks(async (_, groupId) => [groupId]),
  ),
  ...listing('transitivemembers', memberLinks(withNested)),
  ...listing('memberof', fewLinks(memberOf)),
  ...listing('transitivememberof', fewLinks(transitiveMemberOf)),
];
