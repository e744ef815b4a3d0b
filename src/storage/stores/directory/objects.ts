import { sql, type Transaction } from 'kysely';
import { type Device, deviceKind } from '#model/device.ts';
import type { AuditEntry, StoredObject } from '#model/directory-object.ts';
import type { Clock } from '#ports/clock.ts';
import type { ObjectParty, ObjectSlice, Objects } from '#ports/objects.ts';
import { audit } from '../../database/audit.ts';
import type { Database, Schema } from '../../database/schema.ts';
import { isPostgres } from '../../database/statements/is-postgres.ts';
import { trackChange } from '../directory-index/track-change.ts';
import { restoreDeleted, softDelete } from './deleted.ts';

/** How often a change is tried again when another writer was faster. */
const attempts = 20;

/** The directory objects of one tenant that are kept as documents. */
export function openObjects(database: Database, tenantId: string, clock: Clock): Objects {
  const rows = (kind: string, db: Database = database) =>
    db.selectFrom('objects').selectAll().where('tenant_id', '=', tenantId).where('kind', '=', kind);
  const find = async (kind: string, id: string, db?: Database) =>
    rows(kind, db).where('id', '=', id).executeTakeFirst();
  const note = (
    step: Parameters<typeof audit>[0],
    targetId: string,
    { activity, actor, audited = (document) => document }: AuditEntry,
    { old, now }: { readonly old?: unknown; readonly now?: unknown },
  ) => {
    const valueIn = (document: unknown) => (document === undefined ? undefined : audited(document));
    return audit(step, tenantId, clock.now(), { activity, actor, targetId, old: valueIn(old), new: valueIn(now) });
  };

  /** Devices are listed by an index; other kinds are few. */
  const track = async (
    step: Transaction<Schema>,
    { kind, id }: { readonly kind: string; readonly id: string },
    { before, after }: { readonly before?: unknown; readonly after?: unknown },
  ) => {
    if (kind !== deviceKind) return;
    const itemOf = (document: unknown) =>
      document === undefined ? undefined : ({ kind: 'device', id, object: document as Device } as const);
    await trackChange({ step, tenantId, at: clock.now() }, itemOf(before), itemOf(after));
  };

  /** One attempt: nothing is written when the document is no longer what was read. */
  const tryChange = <T>(row: Row, work: (document: T) => T, auditEntry: AuditEntry) =>
    database.transaction().execute(async (step) => {
      const old = JSON.parse(row.document) as T;
      const document = work(old);
      const { numUpdatedRows } = await step
        .updateTable('objects')
        .set({ document: JSON.stringify(document), version: crypto.randomUUID() })
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', row.kind)
        .where('id', '=', row.id)
        .where('version', '=', row.version)
        .executeTakeFirstOrThrow();
      if (!numUpdatedRows) return undefined;
      await track(step, { kind: row.kind, id: row.id }, { before: old, after: document });
      await note(step, row.id, auditEntry, { old, now: document });
      return { ...objectOf<T>(row), document };
    });

  const take = (kind: string, id: string, auditEntry: AuditEntry, isSoft: boolean) =>
    database.transaction().execute(async (step) => {
      const row = await step
        .deleteFrom('objects')
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', kind)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
      if (!row) return false;
      if (isSoft) await softDelete(step, tenantId, clock.now(), { kind, id, document: row });
      await track(step, { kind, id }, { before: JSON.parse(row.document) });
      await note(step, id, auditEntry, { old: JSON.parse(row.document) });
      return true;
    });

  return {
    async list<T>(kind: string, owner?: string) {
      let query = rows(kind).orderBy('created_at').orderBy('id');
      if (owner !== undefined) query = query.where('owner', '=', owner);
      return (await query.execute()).map((row) => objectOf<T>(row));
    },
    async ofParty<T>({ kind, property, id }: ObjectParty, slice?: ObjectSlice) {
      const text = isPostgres(database)
        ? sql<string>`(document::json ->> ${sql.lit(property)})`
        : sql<string>`json_extract(document, ${sql.lit(`$.${property}`)})`;
      // The index has the rows of one kind, so the statement names the kind as the index does.
      let query = database
        .selectFrom('objects')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('kind', '=', sql.lit(kind))
        .where(text, '=', id)
        .orderBy('id');
      if (slice?.after !== undefined) query = query.where('id', '>', slice.after);
      if (slice) query = query.limit(slice.top);
      return (await query.execute()).map((row) => objectOf<T>(row));
    },
    async find<T>(kind: string, id: string) {
      const row = await find(kind, id);
      return row && objectOf<T>(row);
    },
    async add<T>(object: Pick<StoredObject<T>, 'kind' | 'id' | 'owner' | 'document'>, auditEntry: AuditEntry) {
      const row: Row = {
        tenant_id: tenantId,
        kind: object.kind,
        id: object.id,
        owner: object.owner ?? null,
        version: crypto.randomUUID(),
        created_at: clock.now().getTime(),
        document: JSON.stringify(object.document),
      };
      await database.transaction().execute(async (step) => {
        await step.insertInto('objects').values(row).execute();
        await track(step, { kind: object.kind, id: object.id }, { after: object.document });
        await note(step, object.id, auditEntry, { now: object.document });
      });
      return objectOf<T>(row);
    },
    async change<T>(kind: string, id: string, work: (document: T) => T, auditEntry: AuditEntry) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const row = await find(kind, id);
        if (!row) return undefined;
        const change = await tryChange(row, work, auditEntry);
        if (change) return change;
      }
      throw new Error(`${kind} ${id} was changed by others ${attempts} times while it was to be changed`);
    },
    remove: (kind, id, auditEntry) => take(kind, id, auditEntry, false),
    softDelete: (kind, id, auditEntry) => take(kind, id, auditEntry, true),
    restore: <T>(kind: string, id: string, auditEntry: AuditEntry) =>
      database.transaction().execute(async (step) => {
        const row = (await restoreDeleted(step, tenantId, kind, id)) as Row;
        await step.insertInto('objects').values(row).execute();
        await track(step, { kind, id }, { after: JSON.parse(row.document) });
        await note(step, id, auditEntry, { now: JSON.parse(row.document) });
        return objectOf<T>(row);
      }),
  };
}

type Row = Schema['objects'];

/** An object as its row has it. */
export const objectOf = <T>(row: Row): StoredObject<T> => ({
  kind: row.kind,
  id: row.id,
  owner: row.owner ?? undefined,
  createdDateTime: new Date(row.created_at),
  document: JSON.parse(row.document) as T,
});
