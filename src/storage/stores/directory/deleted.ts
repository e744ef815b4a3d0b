import type { Transaction } from 'kysely';
import { fault } from '#core/trace/fault.ts';
import type { DeletedObject, RelatedObjects } from '#model/directory-object.ts';
import type { DeletedObjects } from '#ports/objects.ts';
import { audit } from '../../database/audits/audit.ts';
import type { Database, Schema, TenantDatabase, TenantStore } from '../../database/schema.ts';

type Step = Transaction<Schema>;

/** Writes down what is deleted, in the transaction that deletes it. */
export async function softDelete(
  { database: step, tenantId }: TenantDatabase<Step>,
  at: Date,
  item: Omit<DeletedObject, 'deletedDateTime'>,
) {
  await step
    .insertInto('deleted_objects')
    .values({
      tenant_id: tenantId,
      id: item.id,
      kind: item.kind,
      deleted_at: at.getTime(),
      document: JSON.stringify(item.document),
    })
    .execute();
}

/** What the audit row of a deletion says beside the object: what ended with it. */
export const endedBy = (related: RelatedObjects | undefined) =>
  related ? { ended: { ...related, objects: related.objects.map(({ kind, id }) => ({ kind, id })) } } : {};

/** Takes what was deleted out again. @throws nothingFound */
export async function restoreDeleted(
  { database: step, tenantId }: TenantDatabase<Step>,
  kind: string,
  id: string,
): Promise<unknown> {
  const row = await step
    .deleteFrom('deleted_objects')
    .where('tenant_id', '=', tenantId)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .returning('document')
    .executeTakeFirst();
  if (!row) throw fault('nothingFound', { kind: `deleted ${kind}`, wanted: id });
  return JSON.parse(row.document);
}

/** The deleted objects of one tenant. */
export function openDeleted({ database, tenantId, clock }: TenantStore): DeletedObjects {
  const rows = (db: Database = database) =>
    db.selectFrom('deleted_objects').selectAll().where('tenant_id', '=', tenantId);
  return {
    async list(kind) {
      return (await rows().where('kind', '=', kind).orderBy('deleted_at', 'desc').orderBy('id').execute()).map(itemOf);
    },
    async find(id) {
      const row = await rows().where('id', '=', id).executeTakeFirst();
      return row && itemOf(row);
    },
    purge: (id, { activity, actor }) =>
      database.transaction().execute(async (step) => {
        const { numDeletedRows } = await step
          .deleteFrom('deleted_objects')
          .where('tenant_id', '=', tenantId)
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        if (!numDeletedRows) return false;
        for (const table of ['methods', 'sign_in_activity', 'seen_certificates'] as const)
          await step.deleteFrom(table).where('tenant_id', '=', tenantId).where('user_id', '=', id).execute();
        await step
          .deleteFrom('objects')
          .where('tenant_id', '=', tenantId)
          .where('kind', '=', 'pictures')
          .where('owner', '=', id.toLowerCase())
          .execute();
        await audit({ database: step, tenantId }, clock.now(), {
          activity,
          actor,
          targetId: id,
          old: undefined,
          new: undefined,
        });
        return true;
      }),
  };
}

const itemOf = (row: Schema['deleted_objects']): DeletedObject => ({
  id: row.id,
  kind: row.kind,
  deletedDateTime: new Date(row.deleted_at),
  document: JSON.parse(row.document),
});
