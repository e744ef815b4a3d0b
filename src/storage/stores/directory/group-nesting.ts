import type { GroupMember } from '#model/group.ts';
import type { TenantDatabase } from '../../database/schema.ts';

/**
 * Groups of each user, those that contain a group they are in as well. Level by level, each an index look-up: written as
 * one recursive query, SQLite reads every membership of the tenant once a level.
 */
export async function groupsOf(
  store: TenantDatabase,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const direct = await containersOf(store, 'user', userIds);
  const around = new Map<string, readonly string[]>();
  for (let level = distinct(direct.values()); level.length > 0; ) {
    const containers = await containersOf(store, 'group', level);
    for (const id of level) around.set(id, containers.get(id) ?? []);
    level = distinct(containers.values()).filter((id) => !around.has(id)); // a circle ends
  }
  return new Map(userIds.map((id) => [id, within(direct.get(id) ?? [], around)]));
}

/** Each group, and every one around it, in order of their ids. */
function within(groupIds: readonly string[], around: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const reach = new Set<string>();
  const left = [...groupIds];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (reach.has(id)) continue;
    reach.add(id);
    left.push(...(around.get(id) ?? []));
  }
  return [...reach].sort();
}

const distinct = (lists: Iterable<readonly string[]>): string[] => [...new Set([...lists].flat())];

/** Databases take some ten thousand values in one statement. */
const mostValues = 5000;

/** The groups that members are directly in, by member. */
async function containersOf(
  { database, tenantId }: TenantDatabase,
  kind: GroupMember['kind'],
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const groupIds = new Map<string, string[]>();
  for (let from = 0; from < ids.length; from += mostValues) {
    const rows = await database
      .selectFrom('group_members')
      .select(['member_id', 'group_id'])
      .where('tenant_id', '=', tenantId)
      .where('member_kind', '=', kind)
      .where('member_id', 'in', ids.slice(from, from + mostValues))
      .execute();
    for (const { member_id, group_id } of rows) groupIds.set(member_id, [...(groupIds.get(member_id) ?? []), group_id]);
  }
  return groupIds;
}
