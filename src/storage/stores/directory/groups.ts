import { sql } from 'kysely';
import { fault } from '#core/trace/fault.ts';
import type { RelatedObjects, Restoration } from '#model/directory-object.ts';
import type { Group, GroupMember } from '#model/group.ts';
import type { Profile } from '#model/user.ts';
import type { Clock } from '#ports/clock.ts';
import type { GroupAdmin } from '#ports/directory.ts';
import type { Step } from '../../database/edits.ts';
import type { Database, Schema } from '../../database/schema.ts';
import { trackChange, trackMember } from '../directory-index/track-change.ts';
import { endedBy, restoreDeleted, softDelete } from './deleted.ts';
import { inStep, noteChange, type StepContext, type TenantStore } from './step.ts';

/** As migration 030 has it, so that its index is used. A superset: the profile decides. */
const lendsRoles = sql<boolean>`profile like '%"isAssignableToRole":true%'`;

/** The groups of one tenant. A group may be in groups, even in a circle: {@link groupsOf} ends all the same. */
export function openGroups(database: Database, tenantId: string, clock: Clock): GroupAdmin {
  const store = { database, tenantId, clock };
  return {
    find: (id) => groupOf(database, tenantId, id),
    async list({ top, after }) {
      let query = groups(database, tenantId).orderBy('id').limit(top);
      if (after !== undefined) query = query.where('id', '>', after);
      return (await query.execute()).map(groupOfRow);
    },
    async listRoleAssignable() {
      const query = groups(database, tenantId).where(lendsRoles).orderBy('id');
      return (await query.execute()).map(groupOfRow);
    },
    add: (group, actor) =>
      inStep(store, async (context) => {
        await insertGroup(context, group);
        await noteChange(context, { activity: 'Add group', targetId: group.id, actor, new: group });
      }),
    change: (id, actor, work) => changeGroup(store, id, actor, work),
    remove: (id, actor, related) => removeGroup(store, id, actor, related),
    restore: (id, actor, restoration) => restoreGroup(store, id, actor, restoration),
    members: (id) => memberRows(database, tenantId, id),
    directGroups: (member) => containing(database, tenantId, member.id),
    addMember: (groupId, member, actor) => addMember(store, groupId, member, actor),
    removeMember: (groupId, member, actor) => removeMember(store, groupId, member, actor),
  };
}

/** The time of creation is the store's where the group has none. */
async function insertGroup(context: StepContext, group: Group): Promise<void> {
  const row = columnsOf(context.tenantId, group, context.at);
  await context.step.insertInto('groups').values(row).execute();
  await trackGroup(context, undefined, groupOfRow(row));
}

function trackGroup(context: StepContext, before: Group | undefined, after: Group | undefined): Promise<void> {
  const itemOf = (object: Group | undefined) => object && ({ kind: 'group', id: object.id, object } as const);
  return trackChange(context, itemOf(before), itemOf(after));
}

const changeGroup = (store: TenantStore, id: string, actor: string, work: (group: Group) => Group): Promise<Group> =>
  inStep(store, async (context) => {
    const { step, tenantId } = context;
    await touch(step, tenantId, id);
    const old = (await groupOf(step, tenantId, id))!;
    const group = { ...work(old), id };
    const { display_name, profile } = columnsOf(tenantId, group, context.at);
    await step
      .updateTable('groups')
      .set({ display_name, profile })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute();
    const { createdDateTime } = old;
    await trackGroup(context, old, { ...group, ...(createdDateTime ? { createdDateTime } : {}) });
    await noteChange(context, { activity: 'Update group', targetId: id, actor, old, new: group });
    return group;
  });

const removeGroup = (store: TenantStore, id: string, actor: string, related?: RelatedObjects): Promise<boolean> =>
  inStep(store, async (context) => {
    const { step, tenantId } = context;
    const group = await groupOf(step, tenantId, id);
    if (!group) return false;
    const members = await memberRows(step, tenantId, id);
    const containers = await takeMemberships(context, { kind: 'group', id });
    const document: DeletedGroup = { group, members, groups: containers, ...(related ? { related } : {}) };
    await softDelete(step, tenantId, context.at, { kind: 'group', id, document });
    await step.deleteFrom('group_members').where('tenant_id', '=', tenantId).where('group_id', '=', id).execute();
    await step.deleteFrom('groups').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
    await trackGroup(context, group, undefined);
    const old = { ...group, ...endedBy(related) };
    await noteChange(context, { activity: 'Delete group', targetId: id, actor, old });
    return true;
  });

const restoreGroup = (store: TenantStore, id: string, actor: string, restoration?: Restoration): Promise<Group> =>
  inStep(store, async (context) => {
    const deletedGroup = (await restoreDeleted(context.step, context.tenantId, 'group', id)) as DeletedGroup;
    const { group, members, groups: containers } = deletedGroup;
    await insertGroup(context, group);
    for (const member of members) await putMember(context, id, member);
    await putMemberships(context, { kind: 'group', id }, containers);
    await noteChange(context, { activity: 'Restore group', targetId: id, actor, new: { ...group, ...restoration } });
    return group;
  });

const addMember = (store: TenantStore, groupId: string, member: GroupMember, actor: string): Promise<boolean> =>
  inStep(store, async (context) => {
    const { step, tenantId } = context;
    if (!(await groupOf(step, tenantId, groupId))) throw fault('nothingFound', { kind: 'group', wanted: groupId });
    await refuseStranger(step, tenantId, groupId, member);
    const { numInsertedOrUpdatedRows } = await step
      .insertInto('group_members')
      .values({ tenant_id: tenantId, group_id: groupId, member_id: member.id, member_kind: member.kind })
      .onConflict((on) => on.doNothing())
      .executeTakeFirstOrThrow();
    if (!numInsertedOrUpdatedRows) return false;
    await trackMember(context, groupId, member, false);
    await noteChange(context, { activity: 'Add member to group', targetId: groupId, actor, new: member });
    return true;
  });

const removeMember = (store: TenantStore, groupId: string, member: GroupMember, actor: string): Promise<boolean> =>
  inStep(store, async (context) => {
    const { numDeletedRows } = await context.step
      .deleteFrom('group_members')
      .where('tenant_id', '=', context.tenantId)
      .where('group_id', '=', groupId)
      .where('member_id', '=', member.id)
      .where('member_kind', '=', member.kind)
      .executeTakeFirstOrThrow();
    if (!numDeletedRows) return false;
    await trackMember(context, groupId, member, true);
    await noteChange(context, { activity: 'Remove member from group', targetId: groupId, actor, old: member });
    return true;
  });

/** A deleted group as it is stored: with its members, and the groups it was in. */
interface DeletedGroup {
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
