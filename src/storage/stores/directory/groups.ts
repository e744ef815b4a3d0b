import { sql } from 'kysely';
import { fault } from '#core/trace/fault.ts';
import type { RelatedObjects, Restoration } from '#model/directory-object.ts';
import type { Group, GroupMember } from '#model/group.ts';
import type { Profile } from '#model/user.ts';
import type { GroupAdmin } from '#ports/directory.ts';
import type { Step } from '../../database/audits/edits.ts';
import type { Schema, TenantDatabase, TenantStore } from '../../database/schema.ts';
import { trackChange, trackMember } from '../directory-index/track-change.ts';
import { endedBy, restoreDeleted, softDelete } from './deleted.ts';
import { inStep, noteChange, type StepContext } from './step.ts';

/** As migration 030 has it, so that its index is used. A superset: the profile decides. */
const lendsRoles = sql<boolean>`profile like '%"isAssignableToRole":true%'`;

/** The groups of one tenant. A group may be in groups, even in a circle: {@link groupsOf} ends anyway. */
export function openGroups(store: TenantStore): GroupAdmin {
  return {
    find: (id) => groupOf(store, id),
    async list({ top, after }) {
      let query = groups(store).orderBy('id').limit(top);
      if (after !== undefined) query = query.where('id', '>', after);
      return (await query.execute()).map(groupOfRow);
    },
    async listRoleAssignable() {
      const query = groups(store).where(lendsRoles).orderBy('id');
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
    members: (id) => memberRows(store, id),
    directGroups: (member) => containing(store, member.id),
    addMember: (groupId, member, actor) => addMember(store, groupId, member, actor),
    removeMember: (groupId, member, actor) => removeMember(store, groupId, member, actor),
  };
}

/** The time of creation is the store's where the group has none. */
async function insertGroup(context: StepContext, group: Group): Promise<void> {
  const row = columnsOf(context.tenantId, group, context.at);
  await context.database.insertInto('groups').values(row).execute();
  await trackGroup(context, undefined, groupOfRow(row));
}

function trackGroup(context: StepContext, before: Group | undefined, after: Group | undefined): Promise<void> {
  const itemOf = (object: Group | undefined) => object && ({ kind: 'group', id: object.id, object } as const);
  return trackChange(context, itemOf(before), itemOf(after));
}

const changeGroup = (store: TenantStore, id: string, actor: string, work: (group: Group) => Group): Promise<Group> =>
  inStep(store, async (context) => {
    const { database, tenantId } = context;
    await touch(context, id);
    const old = (await groupOf(context, id))!;
    const group = { ...work(old), id };
    const { display_name, profile } = columnsOf(tenantId, group, context.at);
    await database
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
    const { database, tenantId } = context;
    const group = await groupOf(context, id);
    if (!group) return false;
    const members = await memberRows(context, id);
    const containers = await takeMemberships(context, { kind: 'group', id });
    const document: DeletedGroup = { group, members, groups: containers, ...(related ? { related } : {}) };
    await softDelete(context, context.at, { kind: 'group', id, document });
    await database.deleteFrom('group_members').where('tenant_id', '=', tenantId).where('group_id', '=', id).execute();
    await database.deleteFrom('groups').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
    await trackGroup(context, group, undefined);
    const old = { ...group, ...endedBy(related) };
    await noteChange(context, { activity: 'Delete group', targetId: id, actor, old });
    return true;
  });

const restoreGroup = (store: TenantStore, id: string, actor: string, restoration?: Restoration): Promise<Group> =>
  inStep(store, async (context) => {
    const deletedGroup = (await restoreDeleted(context, 'group', id)) as DeletedGroup;
    const { group, members, groups: containers } = deletedGroup;
    await insertGroup(context, group);
    for (const member of members) await putMember(context, id, member);
    await putMemberships(context, { kind: 'group', id }, containers);
    await noteChange(context, { activity: 'Restore group', targetId: id, actor, new: { ...group, ...restoration } });
    return group;
  });

const addMember = (store: TenantStore, groupId: string, member: GroupMember, actor: string): Promise<boolean> =>
  inStep(store, async (context) => {
    const { database, tenantId } = context;
    if (!(await groupOf(context, groupId))) throw fault('nothingFound', { kind: 'group', wanted: groupId });
    await refuseStranger(context, groupId, member);
    const { numInsertedOrUpdatedRows } = await database
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
    const { numDeletedRows } = await context.database
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

const groups = ({ database, tenantId }: TenantDatabase) =>
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
async function touch({ database: step, tenantId }: TenantDatabase<Step>, id: string): Promise<void> {
  const { numUpdatedRows } = await step
    .updateTable('groups')
    .set({ id })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (!numUpdatedRows) throw fault('nothingFound', { kind: 'group', wanted: id });
}

async function memberRows({ database, tenantId }: TenantDatabase, id: string): Promise<readonly GroupMember[]> {
  const rows = await database
    .selectFrom('group_members')
    .select(['member_kind', 'member_id'])
    .where('tenant_id', '=', tenantId)
    .where('group_id', '=', id)
    .orderBy('member_id')
    .execute();
  return rows.map((row) => ({ kind: row.member_kind as GroupMember['kind'], id: row.member_id }));
}

async function containing({ database, tenantId }: TenantDatabase, memberId: string): Promise<readonly string[]> {
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
export async function takeMemberships(context: StepContext, member: GroupMember): Promise<readonly string[]> {
  const memberId = member.id;
  const groupIds = await containing(context, memberId);
  for (const groupId of groupIds) await trackMember(context, groupId, member, true);
  await context.database
    .deleteFrom('group_members')
    .where('tenant_id', '=', context.tenantId)
    .where('member_id', '=', memberId)
    .execute();
  return groupIds;
}

/** Puts a member back into those of the groups that still exist. */
export async function putMemberships(
  context: StepContext,
  member: GroupMember,
  groupIds: readonly string[],
): Promise<void> {
  for (const groupId of groupIds) {
    if (await groupOf(context, groupId)) await putMember(context, groupId, member);
  }
}

/** Of two deleted objects, the one that is restored last finds the other. */
async function putMember(context: StepContext, groupId: string, member: GroupMember): Promise<void> {
  const { database, tenantId } = context;
  const table = member.kind === 'user' ? 'users' : 'groups';
  const there = await database
    .selectFrom(table)
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', member.id)
    .executeTakeFirst();
  if (!there) return;
  await database
    .insertInto('group_members')
    .values({ tenant_id: tenantId, group_id: groupId, member_id: member.id, member_kind: member.kind })
    .onConflict((on) => on.doNothing())
    .execute();
  await trackMember(context, groupId, member, false);
}

async function groupOf(store: TenantDatabase, id: string): Promise<Group | undefined> {
  const row = await groups(store).where('id', '=', id).executeTakeFirst();
  return row && groupOfRow(row);
}

/** A member is a user or another group of this tenant. */
async function refuseStranger({ database, tenantId }: TenantDatabase, groupId: string, member: GroupMember) {
  const row = await database
    .selectFrom(member.kind === 'user' ? 'users' : 'groups')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', member.id)
    .executeTakeFirst();
  if (!row || member.id === groupId) throw fault('nothingFound', { kind: member.kind, wanted: member.id });
}
