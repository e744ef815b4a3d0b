import { sql } from 'kysely';
import type { GroupMember } from '#model/group.ts';
import type { ListMark, ListSlice, SliceOptions } from '#ports/directory/lists.ts';
import type { TenantDatabase } from '../../database/schema.ts';

/**
 * The group and every group inside it. The index of groups inside groups is partial: its condition stands in the statement as
 * it is.
 */
export async function nestedGroups(
  { database, tenantId }: TenantDatabase,
  groupId: string,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive nested (id) as (
      select cast(${groupId} as text)
      union
      select inside.member_id from nested
      cross join group_members as inside
      where inside.tenant_id = ${tenantId} and inside.group_id = nested.id and inside.member_kind = 'group'
    ) select id from nested order by id`.execute(database);
  return rows.map(({ id }) => id);
}

/** The next members, group after group. A member of several groups comes with the first of them. */
export async function membersOf(
  store: TenantDatabase,
  groupIds: readonly string[],
  { top, after }: SliceOptions,
): Promise<ListSlice<GroupMember>> {
  const rows: { mark: ListMark; object: GroupMember }[] = [];
  let left = top;
  let mark = after;
  for (let range = after ? Math.max(0, groupIds.indexOf(after.key)) : 0; range < groupIds.length; range++) {
    const groupId = groupIds[range]!;
    const members = await pageOfGroup(store, groupId, {
      top: left,
      after: mark?.key === groupId ? mark.id : '',
    });
    const earlier = new Set(groupIds.slice(0, range));
    const isRepeated = await repeatedIn(store, members, earlier);
    for (const object of members) {
      mark = { range, key: groupId, id: object.id };
      if (!isRepeated.has(object.id)) rows.push({ mark, object });
    }
    left -= members.length;
    if (left <= 0) return { rows, next: mark };
  }
  return { rows, next: undefined };
}

async function pageOfGroup(
  { database, tenantId }: TenantDatabase,
  groupId: string,
  { top, after }: { readonly top: number; readonly after: string },
): Promise<readonly GroupMember[]> {
  const rows = await database
    .selectFrom('group_members')
    .select(['member_kind', 'member_id'])
    .where('tenant_id', '=', tenantId)
    .where('group_id', '=', groupId)
    .where('member_id', '>', after)
    .orderBy('member_id')
    .limit(top)
    .execute();
  return rows.map((row) => ({ kind: row.member_kind as GroupMember['kind'], id: row.member_id }));
}

/** Those of the members that are in an earlier group of the list as well. */
async function repeatedIn(
  { database, tenantId }: TenantDatabase,
  members: readonly GroupMember[],
  earlier: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  if (earlier.size === 0 || members.length === 0) return new Set();
  const rows = await database
    .selectFrom('group_members')
    .select(['group_id', 'member_id'])
    .where('tenant_id', '=', tenantId)
    .where(
      'member_id',
      'in',
      members.map(({ id }) => id),
    )
    .execute();
  return new Set(rows.filter(({ group_id }) => earlier.has(group_id)).map(({ member_id }) => member_id));
}
