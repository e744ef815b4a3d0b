import { fault } from '#core/trace/fault.ts';
import type { Group, GroupMember } from '#model/group.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { isRoleAssignable } from '#signin/roles-held.ts';
import type { AdminContext } from '../context.ts';

type Ports = Pick<AdminPorts, 'groups'>;

/** Groups that one statement reads where a group is looked for by its name. */
const pageSize = 500;

/** A group by its id or its display name, whose case does not count. @throws nothingFound, groupAmbiguous */
export async function groupNamed(idOrName: string, { groups }: Ports): Promise<Group> {
  const target = idOrName.toLowerCase();
  const byId = await groups.find(target);
  if (byId) return byId;
  const matches: Group[] = [];
  for await (const group of everyGroup({ groups })) if (group.displayName.toLowerCase() === target) matches.push(group);
  const [match, ...furtherMatches] = matches;
  if (!match) throw fault('nothingFound', { kind: 'group', wanted: idOrName });
  if (furtherMatches.length > 0) throw fault('groupAmbiguous', { name: idOrName, ids: matches.map(({ id }) => id) });
  return match;
}

/** Every group of the tenant, page by page. */
export async function* everyGroup({ groups }: Ports): AsyncGenerator<Group> {
  for (let after: string | undefined; ; ) {
    const page = await groups.list({ top: pageSize, ...(after === undefined ? {} : { after }) });
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)!.id;
  }
}

/** A role-assignable group takes no groups (graph-api §6.2). @throws graphReferenceInvalid */
function refuseNested(group: Pick<Group, 'profile'> | undefined, members: readonly GroupMember[]): void {
  if (isRoleAssignable(group) && members.some(({ kind }) => kind === 'group'))
    throw fault('graphReferenceInvalid', { problem: 'a role-assignable group cannot have groups as members' });
}

/** Adds a group with its first members. @throws graphReferenceInvalid for a group in a role-assignable one */
export async function addGroup(
  group: Group,
  members: readonly GroupMember[],
  { actor, ports: { groups } }: AdminContext<Ports>,
): Promise<void> {
  refuseNested(group, members);
  await groups.add(group, actor);
  for (const member of members) await groups.addMember(group.id, member, actor);
}

/** Whether a group is role-assignable is decided when it is made and stays (graph-api §6.2). @throws nothingFound */
export function changeGroup(
  id: string,
  work: (group: Group) => Group,
  { actor, ports: { groups } }: AdminContext<Ports>,
): Promise<Group> {
  return groups.change(id, actor, (old) => {
    const { profile, ...group } = work(old);
    const { isAssignableToRole: _, ...rest } = profile ?? {};
    const isAssignableToRole = old.profile?.isAssignableToRole;
    if (profile === undefined && isAssignableToRole === undefined) return group;
    return { ...group, profile: { ...rest, ...(isAssignableToRole === undefined ? {} : { isAssignableToRole }) } };
  });
}

/** False when it was a member already. @throws nothingFound, graphReferenceInvalid for a group in a role-assignable one */
export async function addGroupMember(
  groupId: string,
  member: GroupMember,
  { actor, ports: { groups } }: AdminContext<Ports>,
): Promise<boolean> {
  refuseNested(await groups.find(groupId), [member]);
  return groups.addMember(groupId, member, actor);
}

/** Takes a user or a group out of a group. @throws graphReferenceMissing */
export async function removeGroupMember(
  groupId: string,
  memberId: string,
  { actor, ports: { groups } }: AdminContext<Ports>,
): Promise<void> {
  for (const kind of ['user', 'group'] as const)
    if (await groups.removeMember(groupId, { kind, id: memberId }, actor)) return;
  throw fault('graphReferenceMissing', { property: 'members' });
}

/** The users who own a group. */
export const ownersOf = ({ profile }: Pick<Group, 'profile'>): readonly string[] =>
  (profile?.ownerIds as string[] | undefined) ?? [];

/** @throws nothingFound, graphReferenceExists */
export async function addGroupOwner(
  groupId: string,
  userId: string,
  { actor, ports }: AdminContext<Ports>,
): Promise<void> {
  await changeOwners(groupId, { actor, ports }, (owners) => {
    if (owners.includes(userId)) throw fault('graphReferenceExists', { property: 'owners' });
    return [...owners, userId];
  });
}

/** @throws nothingFound, graphReferenceMissing */
export async function removeGroupOwner(
  groupId: string,
  userId: string,
  { actor, ports }: AdminContext<Ports>,
): Promise<void> {
  await changeOwners(groupId, { actor, ports }, (owners) => {
    if (!owners.includes(userId)) throw fault('graphReferenceMissing', { property: 'owners' });
    return owners.filter((owner) => owner !== userId);
  });
}

const changeOwners = (
  groupId: string,
  { actor, ports }: AdminContext<Ports>,
  work: (owners: readonly string[]) => readonly string[],
): Promise<Group> =>
  changeGroup(groupId, (old) => ({ ...old, profile: { ...old.profile, ownerIds: work(ownersOf(old)) } }), {
    actor,
    ports,
  });

/**
 * Ends nesting on either side of a group that was restored: groups that were in a role-assignable group before that was
 * refused do not come back into it.
 */
export async function endNesting(group: Group, { actor, ports: { groups } }: AdminContext<Ports>): Promise<void> {
  const self: GroupMember = { kind: 'group', id: group.id };
  if (isRoleAssignable(group))
    for (const member of await groups.members(group.id))
      if (member.kind === 'group') await groups.removeMember(group.id, member, actor);
  for (const parentId of await groups.directGroups(self))
    if (isRoleAssignable(await groups.find(parentId))) await groups.removeMember(parentId, self, actor);
}
