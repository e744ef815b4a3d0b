import type { TenantDatabase } from '../../database/schema.ts';
import type { IndexedObject } from './index-values.ts';
import { reindex, type Writer } from './reindex.ts';

/** Where a change is made: the transaction, the tenant and the time. */
export interface ChangeContext extends TenantDatabase<Writer> {
  readonly at: Date;
}

/**
 * Enters a change of an object into the index of lists and among the changes that delta queries read. Every write of a store
 * calls it in its transaction. `undefined` is no object.
 */
export async function trackChange(
  context: ChangeContext,
  before: IndexedObject | undefined,
  after: IndexedObject | undefined,
): Promise<void> {
  await reindex(context, before, after);
  const { kind, id } = (after ?? before)!;
  if (kind === 'user' || kind === 'group') await note(context, { kind, id, part: '' }, !after);
}

/** Enters that a group has a member or has it no longer. */
export const trackMember = (
  context: ChangeContext,
  groupId: string,
  member: { readonly kind: string; readonly id: string },
  isRemoved: boolean,
): Promise<void> => note(context, { kind: 'group', id: groupId, part: `${member.kind} ${member.id}` }, isRemoved);

/** The counter's row is locked until the transaction ends, so that no reader sees a change before an earlier one. */
async function note(
  { database, tenantId, at }: ChangeContext,
  { kind, id, part }: { readonly kind: string; readonly id: string; readonly part: string },
  isRemoved: boolean,
): Promise<void> {
  const { version } = await database
    .insertInto('directory_versions')
    .values({ tenant_id: tenantId, version: 1 })
    .onConflict((on) =>
      on.column('tenant_id').doUpdateSet((is) => ({ version: is('directory_versions.version', '+', 1) })),
    )
    .returning('version')
    .executeTakeFirstOrThrow();
  const row = { version: Number(version), at: at.getTime(), is_removed: Number(isRemoved) };
  await database
    .insertInto('directory_changes')
    .values({ tenant_id: tenantId, kind, object_id: id, part, ...row })
    .onConflict((on) => on.columns(['tenant_id', 'kind', 'object_id', 'part']).doUpdateSet(row))
    .execute();
}
