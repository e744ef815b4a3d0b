import { sql, type Transaction } from 'kysely';
import { fault } from '#core/trace/fault.ts';
import type { RelatedObjects } from '#model/directory-object.ts';
import type { Group, GroupMember } from '#model/group.ts';
import type { Profile } from '#model/user.ts';
import type { Clock } from '#ports/clock.ts';
import type { GroupAdmin } from '#ports/directory.ts';
import { audit, type Change } from '../../database/audit.ts';
import type { Database, Schema } from '../../database/schema.ts';
import { type ChangeContext, trackChange, trackMember } from '../directory-index/track-change.ts';
import { endedBy, restoreDeleted, softDelete } from './deleted.ts';

type Step = Transaction<Schema>;
type StepContext = ChangeContext & { readonly step: Step };

/** As migration 030 has it, so that its index is used. A superset: the profile decides. */
const lendsRoles = sql<boolean>`profile like '%"isAssignableToRole":true%'`;

/** The groups of one tenant. A group may be in groups, even in a circle: {@link groupsOf} ends all the same. */
export function openGroups(database: Database, tenantId: string, clock: Clock): GroupAdmin {
  const find = (id: string) => groupOf(database, tenantId, id);
  const note = (step: Step, change: Change) => audit(step, tenantId, clock.now(), change);
  const context = (step: Step) => ({ step, tenantId, at: clock.now() });
  const track = (step: Step, before: Group | undefined, after: Group | undefined) => {
    const itemOf = (object: Group | undefined) => object && ({ kind: 'group', id: object.id, object } as const);
    return trackChange(context(step), itemOf(before), itemOf(after));
  };
  /** The time of creation is the store's where the group has none. */
  const insert = async (step: Step, group: Group) => {
    const row = columnsOf(tenantId, group, clock.now());
    await step.insertInto('groups').values(row).execute();
    await track(step, undefined, groupOfRow(row));
  };
  return {
    find,
    async list({ top, after }) {
      let query = groups(database, tenantId).orderBy('id').limit(top);
      if (after !== undefined) query = query.where('id', '>', after);
      return (await query.execute()).map(groupOfRow);
    },
    async listRoleAssignable() {
      const query = groups(database, tenantId).where(lendsRoles).orderBy('id');
      return (await query.execute()).map(groupOfRow);
    },
    async add(group, actor) {
      await database.transaction().execute(async (step) => {
        await insert(step, group);
        await note(step, { activity: 'Add group', targetId: group.id, actor, new: group });
      });
    },
    change: (id, actor, work) =>
      database.transaction().execute(async (step) => {
        await touch(step, tenantId, id);
        const old = (await groupOf(step, tenantId, id))!;
        const group = { ...work(old), id };
        const { display_name, profile } = columnsOf(tenantId, group, clock.now());
        await step
          .updateTable('groups')
          .set({ display_name, profile })
          .where('tenant_id', '=', tenantId)
          .where('id', '=', id)
          .execute();
        await track(step, old, { ...group, ...(old.createdDateTime ? { createdDateTime: old.createdDateTime } : {}) });
        await note(step, { activity: 'Update group', targetId: id, actor, old, new: group });
        return group;
      }),
    remove: (id, actor, related) =>
      database.transaction().execute(async (step) => {
        const old = await groupOf(step, tenantId, id);
        if (!old) return false;
        const members = await memberRows(step, tenantId, id);
        const groups = await takeMemberships(context(step), { kind: 'group', id });
        const document: Buried = { group: old, members, groups, ...(related ? { related } : {}) };
        await softDelete(step, tenantId, clock.now(), { kind: 'group', id, document });
        await step.deleteFrom('group_members').where('tenant_id', '=', tenantId).where('group_id', '=', id).execute();
        await step.deleteFrom('groups').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
        await track(step, old, undefined);
        await note(step, { activity: 'Delete group', targetId: id, actor, old: { ...old, ...endedBy(related) } });
        return true;
      }),
    restore: (id, actor, restoration) =>
      database.transaction().execute(async (step) => {
        const { group, members, groups } = (await restoreDeleted(step, tenantId, 'group', id)) as Buried;
        await insert(step, group);
        for (const member of members) await putMember(context(step), id, member);
        await putMemberships(context(step), { kind: 'group', id }, groups);
        await note(step, { activity: 'Restore group', targetId: id, actor, new: { ...group, ...restoration } });
        return group;
      }),
    members: (id) => memberRows(database, tenantId, id),
    directGroups: (member) => containing(database, tenantId, member.id),
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
        await trackMember(context(step), groupId, member, false);
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
        await trackMember(context(step), groupId, member, true);
        const change = { activity: 'Remove member from group', targetId: groupId, actor, old: member, new: undefined };
        await audit(step, tenantId, clock.now(), change);
        return true;
      }),
  };
}

/** A deleted group as it is written down: with those in it, and the groups it was in. */
interface Buried {
  readonly group: Group;
  readonly members: readonly GroupMember[];
  readonly groups: readonly string[];
  readonly related?: RelatedObjects;
}

const groups = (database: Database, tenantId: string) =>
  database.selectFrom('groups').selectAll().where('tenant_id', '=', tenantId);

/** A group as its row has it. */
export const groupOfRow = ({ id, display_name, profile, created_at }: Schema['groups']): Group => ({
  id,
  displayName: display_name,
  ...(profile === null ? {} : { profile: JSON.parse(profile) as Profile }),
  ...(created_at === null ? {} : { createdDateTime: new Date(created_at).toISOString() }),
});

function columnsOf(tenantId: string, group: Group, at: Date): Schema['groups'] {
  return {
    tenant_id: tenantId,
    id: group.id,
    display_name: group.displayName,
    profile: group.profile === undefined ? null : JSON.stringify(group.profile),
    created_at: group.createdDateTime === undefined ? at.getTime() : Date.parse(group.createdDateTime),
  };
}

/** Takes the lock of a group's row on either database. @throws nothingFound */
async function touch(step: Step, tenantId: string, id: string): Promise<void> {
  const { numUpdatedRows } = await step
    .updateTable('groups')
    .set({ id })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (!numUpdatedRows) throw fault('nothingFound', { kind: 'group', wanted: id });
}

async function memberRows(database: Database, tenantId: string, id: string): Promise<readonly GroupMember[]> {
  const rows = await database
    .selectFrom('group_members')
    .select(['member_kind', 'member_id'])
    .where('tenant_id', '=', tenantId)
    .where('group_id', '=', id)
    .orderBy('member_id')
    .execute();
  return rows.map((row) => ({ kind: row.member_kind as GroupMember['kind'], id: row.member_id }));
}

async function containing(database: Database, tenantId: string, memberId: string): Promise<readonly string[]> {
  const rows = await database
    .selectFrom('group_members')
    .select('group_id')
    .where('tenant_id', '=', tenantId)
    .where('member_id', '=', memberId)
    .orderBy('group_id')
    .execute();
  return rows.map(({ group_id }) => group_id);
}

/** Takes a member out of every group; returns which those were. */
export async function takeMemberships(
  { step, tenantId, at }: StepContext,
  member: GroupMember,
): Promise<readonly string[]> {
  const memberId = member.id;
  const groupIds = await containing(step, tenantId, memberId);
  for (const groupId of groupIds) await trackMember({ step, tenantId, at }, groupId, member, true);
  await step.deleteFrom('group_members').where('tenant_id', '=', tenantId).where('member_id', '=', memberId).execute();
  return groupIds;
}

/** Puts a member back into those of the groups that still exist. */
export async function putMemberships(
  context: StepContext,
  member: GroupMember,
  groupIds: readonly string[],
): Promise<void> {
  for (const groupId of groupIds) {
    if (await groupOf(context.step, context.tenantId, groupId)) await putMember(context, groupId, member);
  }
}

/** Of two deleted objects, the one that is restored last finds the other. */
async function putMember({ step, tenantId, at }: StepContext, groupId: string, member: GroupMember): Promise<void> {
  const table = member.kind === 'user' ? 'users' : 'groups';
  const there = await step
    .selectFrom(table)
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', member.id)
    .executeTakeFirst();
  if (!there) return;
  await step
    .insertInto('group_members')
    .values({ tenant_id: tenantId, group_id: groupId, member_id: member.id, member_kind: member.kind })
    .onConflict((on) => on.doNothing())
    .execute();
  await trackMember({ step, tenantId, at }, groupId, member, false);
}

async function groupOf(database: Database, tenantId: string, id: string): Promise<Group | undefined> {
  const row = await groups(database, tenantId).where('id', '=', id).executeTakeFirst();
  return row && groupOfRow(row);
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

/**
 * Groups of each user, those that contain a group they are in as well. Level by level, each an index look-up: asked as
 * one recursive query, SQLite reads every membership of the tenant once a level.
 */
export async function groupsOf(
  database: Database,
  tenantId: string,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const direct = await containersOf(database, tenantId, 'user', userIds);
  const around = new Map<string, readonly string[]>();
  for (let level = distinct(direct.values()); level.length > 0; ) {
    const containers = await containersOf(database, tenantId, 'group', level);
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

/** Databases take some ten thousand values in one question. */
const mostAsked = 5000;

/** The groups that members are directly in, by member. */
async function containersOf(
  database: Database,
  tenantId: string,
  kind: GroupMember['kind'],
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const match = new Map<string, string[]>();
  for (let from = 0; from < ids.length; from += mostAsked) {
    const rows = await database
      .selectFrom('group_members')
      .select(['member_id', 'group_id'])
      .where('tenant_id', '=', tenantId)
      .where('member_kind', '=', kind)
      .where('member_id', 'in', ids.slice(from, from + mostAsked))
      .execute();
    for (const { member_id, group_id } of rows) match.set(member_id, [...(match.get(member_id) ?? []), group_id]);
  }
  return match;
}
