import { fault } from '../core/trace/fault.ts';
import type { Clock, Group, GroupAdmin, GroupMember } from '../ports.ts';
import { audit } from './audit.ts';
import type { Database } from './open.ts';

/** The groups of one tenant. A group may be in groups, even in a circle: {@link groupsOf} ends all the same. */
export function openGroups(database: Database, tenantId: string, clock: Clock): GroupAdmin {
  const find = (id: string) => groupOf(database, tenantId, id);
  return {
    find,
    async list({ top, after }) {
      let query = groups(database, tenantId).orderBy('id').limit(top);
      if (after !== undefined) query = query.where('id', '>', after);
      return (await query.execute()).map(named);
    },
    async add(group, actor) {
      await database.transaction().execute(async (step) => {
        await step
          .insertInto('groups')
          .values({ tenant_id: tenantId, id: group.id, display_name: group.displayName })
          .execute();
        const change = { activity: 'Add group', targetId: group.id, actor, old: undefined, new: group };
        await audit(step, tenantId, clock.now(), change);
      });
    },
    remove: (id, actor) =>
      database.transaction().execute(async (step) => {
        const old = await groupOf(step, tenantId, id);
        if (!old) return false;
        await step.deleteFrom('groups').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
        await step
          .deleteFrom('group_members')
          .where('tenant_id', '=', tenantId)
          .where((is) => is.or([is('group_id', '=', id), is('member_id', '=', id)]))
          .execute();
        await audit(step, tenantId, clock.now(), {
          activity: 'Delete group',
          targetId: id,
          actor,
          old,
          new: undefined,
        });
        return true;
      }),
    async members(id) {
      const rows = await database
        .selectFrom('group_members')
        .select(['member_kind', 'member_id'])
        .where('tenant_id', '=', tenantId)
        .where('group_id', '=', id)
        .orderBy('member_id')
        .execute();
      return rows.map((row) => ({ kind: row.member_kind as GroupMember['kind'], id: row.member_id }));
    },
    addMember: (groupId, member, actor) =>
      database.transaction().execute(async (step) => {
        if (!(await groupOf(step, tenantId, groupId))) throw fault('nothingFound', { kind: 'group', wanted: groupId });
        await refuseStranger(step, tenantId, groupId, member);
        const { numInsertedOrUpdatedRows } = await step
          .insertInto('group_members')
          .values({ tenant_id: tenantId, group_id: groupId, member_id: member.id, member_kind: member.kind })
          .onConflict((on) => on.doNothing())
          .executeTakeFirstOrThrow();
        if (!numInsertedOrUpdatedRows) return false;
        const change = { activity: 'Add member to group', targetId: groupId, actor, old: undefined, new: member };
        await audit(step, tenantId, clock.now(), change);
        return true;
      }),
    removeMember: (groupId, member, actor) =>
      database.transaction().execute(async (step) => {
        const { numDeletedRows } = await step
          .deleteFrom('group_members')
          .where('tenant_id', '=', tenantId)
          .where('group_id', '=', groupId)
          .where('member_id', '=', member.id)
          .where('member_kind', '=', member.kind)
          .executeTakeFirstOrThrow();
        if (!numDeletedRows) return false;
        const change = { activity: 'Remove member from group', targetId: groupId, actor, old: member, new: undefined };
        await audit(step, tenantId, clock.now(), change);
        return true;
      }),
  };
}

const groups = (database: Database, tenantId: string) =>
  database.selectFrom('groups').select(['id', 'display_name']).where('tenant_id', '=', tenantId);

const named = ({ id, display_name }: { id: string; display_name: string }): Group => ({
  id,
  displayName: display_name,
});

async function groupOf(database: Database, tenantId: string, id: string): Promise<Group | undefined> {
  const row = await groups(database, tenantId).where('id', '=', id).executeTakeFirst();
  return row && named(row);
}

/** A member is a user or another group of this tenant. */
async function refuseStranger(database: Database, tenantId: string, groupId: string, member: GroupMember) {
  const row = await database
    .selectFrom(member.kind === 'user' ? 'users' : 'groups')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', member.id)
    .executeTakeFirst();
  if (!row || member.id === groupId) throw fault('nothingFound', { kind: member.kind, wanted: member.id });
}

/** Groups of each user, those that contain a group they are in as well. `union` keeps a row once, so a circle ends. */
export async function groupsOf(
  database: Database,
  tenantId: string,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await database
    .withRecursive('containing(user_id, group_id)', (db) =>
      db
        .selectFrom('group_members')
        .select(['member_id as user_id', 'group_id'])
        .where('tenant_id', '=', tenantId)
        .where('member_kind', '=', 'user')
        .where('member_id', 'in', userIds)
        .union(
          db
            .selectFrom('containing')
            .innerJoin('group_members', 'group_members.member_id', 'containing.group_id')
            .select(['containing.user_id', 'group_members.group_id'])
            .where('group_members.tenant_id', '=', tenantId)
            .where('group_members.member_kind', '=', 'group'),
        ),
    )
    .selectFrom('containing')
    .selectAll()
    .orderBy('group_id')
    .execute();
  const found = new Map<string, string[]>(userIds.map((id) => [id, []]));
  for (const { user_id, group_id } of rows) found.get(user_id)?.push(group_id);
  return found;
}
