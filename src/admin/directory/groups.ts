import { firstRefusal, orThrow, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Group, GroupMember } from '#model/group.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { isRoleAssignable } from '#signin/user/roles-held.ts';
import type { AdminContext } from '../context.ts';
import { checkDisplayName, checkNamesIn } from '../entered.ts';
import { rulingOf } from '../refusals.ts';

type Ports = Pick<AdminPorts, 'groups'>;

/** Groups that one statement reads where a group is looked for by its name. */
const pageSize = 500;

/** A group by its id or its display name, whose case does not count. Refuses with nothingFound, groupAmbiguous. */
export async function groupNamed(idOrName: string, { groups }: Ports): Promise<Ruling<Group>> {
  const target = idOrName.toLowerCase();
  const byId = await groups.find(target);
  if (byId) return success(byId);
  const matches: Group[] = [];
  for await (const group of everyGroup({ groups })) if (group.displayName.toLowerCase() === target) matches.push(group);
  const [match, ...furtherMatches] = matches;
  if (!match) return refused('nothingFound', { kind: 'group', wanted: idOrName });
  if (furtherMatches.length > 0) return refused('groupAmbiguous', { name: idOrName, ids: matches.map(({ id }) => id) });
  return success(match);
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

/** A role-assignable group takes no groups (graph-api §6.2). Refuses with graphReferenceInvalid. */
function refuseNested(group: Pick<Group, 'profile'> | undefined, members: readonly GroupMember[]): Ruling<void> {
  if (isRoleAssignable(group) && members.some(({ kind }) => kind === 'group'))
    return refused('graphReferenceInvalid', { problem: 'a role-assignable group cannot have groups as members' });
  return success();
}

/**
 * Adds a group with its first members. Refuses with graphReferenceInvalid for a group in a role-assignable one, nameEmpty,
 * textHoldsControls, textTooLong.
 */
export async function addGroup(
  group: Group,
  members: readonly GroupMember[],
  { actor, ports: { groups } }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const checks = firstRefusal(
    checkDisplayName(group.displayName),
    checkNamesIn(group.profile),
    refuseNested(group, members),
  );
  if (checks.outcome !== 'passed') return checks;
  await groups.add(group, actor);
  for (const member of members) {
    const memberRuling = await rulingOf(() => groups.addMember(group.id, member, actor));
    if (memberRuling.outcome !== 'passed') return memberRuling;
  }
  return success();
}

/**
 * Whether a group is role-assignable is decided when it is made and stays (graph-api §6.2). Refuses with nothingFound, and as
 * {@link addGroup} for a new name or text.
 */
export function changeGroup(
  id: string,
  work: (group: Group) => Group,
  { actor, ports: { groups } }: AdminContext<Ports>,
): Promise<Ruling<Group>> {
  const change = (old: Group): Group => {
    const next = work(old);
    orThrow(checkNewNames(old, next));
    const { profile, ...group } = next;
    const { isAssignableToRole: _, ...rest } = profile ?? {};
    const isAssignableToRole = old.profile?.isAssignableToRole;
    if (profile === undefined && isAssignableToRole === undefined) return group;
    return { ...group, profile: { ...rest, ...(isAssignableToRole === undefined ? {} : { isAssignableToRole }) } };
  };
  return rulingOf(() => groups.change(id, actor, change));
}

/**
 * Refuses with nothingFound, graphReferenceExists for a member, graphReferenceInvalid for a group in itself or in a role-assignable
 * group.
 */
export async function addGroupMember(
  groupId: string,
  member: GroupMember,
  { actor, ports: { groups } }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  if (member.kind === 'group' && member.id === groupId)
    return refused('graphReferenceInvalid', { problem: 'a group cannot be a member of itself' });
  const nestedRuling = refuseNested(await groups.find(groupId), [member]);
  if (nestedRuling.outcome !== 'passed') return nestedRuling;
  const ruling = await rulingOf(() => groups.addMember(groupId, member, actor));
  if (ruling.outcome !== 'passed') return ruling;
  return ruling.value ? success() : refused('graphReferenceExists', { property: 'members' });
}

/** Takes a user or a group out of a group. Refuses with graphReferenceMissing. */
export async function removeGroupMember(
  groupId: string,
  memberId: string,
  { actor, ports: { groups } }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  for (const kind of ['user', 'group'] as const)
    if (await groups.removeMember(groupId, { kind, id: memberId }, actor)) return success();
  return refused('graphReferenceMissing', { property: 'members' });
}

/** The users who own a group. */
export const ownersOf = ({ profile }: Pick<Group, 'profile'>): readonly string[] =>
  (profile?.ownerIds as string[] | undefined) ?? [];

/** Refuses with nothingFound, graphReferenceExists. */
export const addGroupOwner = (groupId: string, userId: string, context: AdminContext<Ports>): Promise<Ruling<void>> =>
  changeOwners(groupId, context, (owners) =>
    owners.includes(userId) ? refused('graphReferenceExists', { property: 'owners' }) : success([...owners, userId]),
  );

/** Refuses with nothingFound, graphReferenceMissing. */
export const removeGroupOwner = (
  groupId: string,
  userId: string,
  context: AdminContext<Ports>,
): Promise<Ruling<void>> =>
  changeOwners(groupId, context, (owners) =>
    owners.includes(userId)
      ? success(owners.filter((owner) => owner !== userId))
      : refused('graphReferenceMissing', { property: 'owners' }),
  );

/** Only what is different: a name from before a rule does not hold other changes back. */
function checkNewNames(old: Group, next: Group): Ruling<void> {
  const newParts = Object.entries(next.profile ?? {}).filter(([part, value]) => value !== old.profile?.[part]);
  return firstRefusal(
    next.displayName === old.displayName ? success() : checkDisplayName(next.displayName),
    checkNamesIn(Object.fromEntries(newParts)),
  );
}

async function changeOwners(
  groupId: string,
  context: AdminContext<Ports>,
  work: (owners: readonly string[]) => Ruling<readonly string[]>,
): Promise<Ruling<void>> {
  const owned = (old: Group) => ({ ...old, profile: { ...old.profile, ownerIds: orThrow(work(ownersOf(old))) } });
  const groupRuling = await changeGroup(groupId, owned, context);
  return groupRuling.outcome === 'passed' ? success() : groupRuling;
}

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
