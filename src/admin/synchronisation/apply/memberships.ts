import type { GroupMember } from '#model/group.ts';
import type { SynchronisedObject } from '#model/synchronisation.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { addGroupMember, removeGroupMember } from '../../directory/groups.ts';
import { synchronisationActor as actor } from '../settings.ts';

type Ports = Pick<AdminPorts, 'groups' | 'synchronisation'>;

/** The members of a group that came and went since the last run, by their ids in Active Directory. */
export interface MemberChange {
  /** The group's own id there. */
  readonly groupId: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What differs between the members that Active Directory names now and those it named. */
export async function memberChangeOf(
  groupId: string,
  memberIds: readonly string[],
  { synchronisation }: Ports,
): Promise<MemberChange> {
  const before = new Set(await synchronisation.membersOf(groupId));
  const current = new Set(memberIds);
  return {
    groupId,
    added: memberIds.filter((id) => !before.has(id)),
    removed: [...before].filter((id) => !current.has(id)),
  };
}

/** Writes a part of a change. Members that are not synchronized are remembered only. Returns how many memberships changed. */
export async function applyMemberChange({ groupId, added, removed }: MemberChange, ports: Ports): Promise<number> {
  const { synchronisation } = ports;
  await synchronisation.changeMembers(groupId, added, removed);
  const rows = await synchronisation.byIds([groupId, ...added, ...removed]);
  const byId = new Map(rows.map((row) => [row.sourceId, row]));
  const group = byId.get(groupId)?.objectId;
  if (group === undefined) return 0;
  let count = 0;
  for (const id of added) if (await enter(group, byId.get(id), ports)) count += 1;
  for (const id of removed) if (await leave(group, byId.get(id), ports)) count += 1;
  return count;
}

/** New and restored objects enter the groups that name them. Returns how many memberships there were. */
export async function joinGroups(due: readonly SynchronisedObject[], ports: Ports): Promise<number> {
  const { synchronisation } = ports;
  const pairs = await synchronisation.groupsNaming(due.map(({ sourceId }) => sourceId));
  const groups = new Map(
    (await synchronisation.byIds([...new Set(pairs.map(({ groupId }) => groupId))])).map((row) => [row.sourceId, row]),
  );
  const members = new Map(due.map((row) => [row.sourceId, row]));
  let count = 0;
  for (const { groupId, memberId } of pairs) {
    const group = groups.get(groupId);
    if (group?.isLive && group.objectId && (await enter(group.objectId, members.get(memberId), ports))) count += 1;
  }
  await synchronisation.save(due.map((row) => ({ ...row, joinsDue: false })));
  return count;
}

const memberOf = (row: SynchronisedObject | undefined): GroupMember | undefined =>
  row?.objectId === undefined || !row.isLive || row.kind === 'computer'
    ? undefined
    : { kind: row.kind, id: row.objectId };

/** Whether it entered. A group or member that an administrator deleted here meanwhile is left alone. */
async function enter(groupId: string, row: SynchronisedObject | undefined, ports: Ports): Promise<boolean> {
  const member = memberOf(row);
  if (!member) return false;
  return (await addGroupMember(groupId, member, { actor, ports })).outcome === 'passed';
}

async function leave(groupId: string, row: SynchronisedObject | undefined, ports: Ports): Promise<boolean> {
  const member = memberOf(row);
  if (!member) return false;
  return (await removeGroupMember(groupId, member.id, { actor, ports })).outcome === 'passed';
}
