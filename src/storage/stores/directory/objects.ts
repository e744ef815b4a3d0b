import { sql } from 'kysely';
import { type Device, deviceKind } from '#model/device.ts';
import type { AuditEntry, StoredObject } from '#model/directory-object.ts';
import type { ObjectParty, ObjectSlice, Objects } from '#ports/objects.ts';
import type { Schema, TenantStore } from '../../database/schema.ts';
import { isPostgres } from '../../database/statements/is-postgres.ts';
import { trackChange } from '../directory-index/track-change.ts';
import { restoreDeleted, softDelete } from './deleted.ts';
import { inStep, noteChange, type StepContext } from './step.ts';

/** How often a change is tried again when another writer was faster. */
const attempts = 20;

/** The directory objects of one tenant that are kept as documents. */
export function openObjects(store: TenantStore): Objects {
  return {
    async list<T>(kind: string, owner?: string) {
      let query = rowsOf(store, kind).orderBy('created_at').orderBy('id');
      if (owner !== undefined) query = query.where('owner', '=', owner);
      return (await query.execute()).map((row) => objectOf<T>(row));
    },
    async ofOwners<T>(kind: string, owners: readonly string[]) {
      if (owners.length === 0) return [];
      const rows = await rowsOf(store, kind).where('owner', 'in', owners).orderBy('id').execute();
      return rows.map((row) => objectOf<T>(row));
    },
    ofParty: <T>(party: ObjectParty, slice?: ObjectSlice) => objectsOfParty<T>(store, party, slice),
    async find<T>(kind: string, id: string) {
      const row = await rowsOf(store, kind).where('id', '=', id).executeTakeFirst();
      return row && objectOf<T>(row);
    },
    add: <T>(object: NewObject<T>, auditEntry: AuditEntry) => addObject(store, object, auditEntry),
    async change<T>(kind: string, id: string, work: (document: T) => T, auditEntry: AuditEntry) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const row = await rowsOf(store, kind).where('id', '=', id).executeTakeFirst();
        if (!row) return undefined;
        const change = await tryChange(store, row, work, auditEntry);
        if (change) return change;
      }
      throw new Error(`${kind} ${id} was changed by others ${attempts} times while it was to be changed`);
    },
    remove: (kind, id, auditEntry) =>
      inStep(store, async (context) => !!(await take(context, { kind, id }, auditEntry))),
    softDelete: (kind, id, auditEntry) =>
      inStep(store, async (context) => {
        const row = await take(context, { kind, id }, auditEntry);
        if (row)
          await softDelete(context, context.at, {
            kind,
            id,
            document: row,
          });
        return row !== undefined;
      }),
    restore: <T>(kind: string, id: string, auditEntry: AuditEntry) =>
      inStep(store, async (context) => {
        const row = (await restoreDeleted(context, kind, id)) as Row;
        await context.database.insertInto('objects').values(row).execute();
        await trackObject(context, { kind, id }, { after: JSON.parse(row.document) });
        await noteObject(context, id, auditEntry, { after: JSON.parse(row.document) });
        return objectOf<T>(row);
      }),
  };
}

type NewObject<T> = Pick<StoredObject<T>, 'kind' | 'id' | 'owner' | 'document'>;

const rowsOf = ({ database, tenantId }: TenantStore, kind: string) =>
  database.selectFrom('objects').selectAll().where('tenant_id', '=', tenantId).where('kind', '=', kind);

async function objectsOfParty<T>(
  { database, tenantId }: TenantStore,
  { kind, property, id }: ObjectParty,
  slice: ObjectSlice | undefined,
): Promise<readonly StoredObject<T>[]> {
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
}

async function addObject<T>(
  store: TenantStore,
  object: NewObject<T>,
  auditEntry: AuditEntry,
): Promise<StoredObject<T>> {
  const row: Row = {
    tenant_id: store.tenantId,
    kind: object.kind,
    id: object.id,
    owner: object.owner ?? null,
    version: crypto.randomUUID(),
    created_at: store.clock.now().getTime(),
    document: JSON.stringify(object.document),
  };
  await inStep(store, async (context) => {
    await context.database.insertInto('objects').values(row).execute();
    await trackObject(context, object, { after: object.document });
    await noteObject(context, object.id, auditEntry, { after: object.document });
  });
  return objectOf<T>(row);
}

/** One attempt: nothing is written when the document is no longer what was read. */
const tryChange = <T>(store: TenantStore, row: Row, work: (document: T) => T, auditEntry: AuditEntry) =>
  inStep(store, async (context) => {
    const old = JSON.parse(row.document) as T;
    const document = work(old);
    const { numUpdatedRows } = await context.database
      .updateTable('objects')
      .set({ document: JSON.stringify(document), version: crypto.randomUUID() })
      .where('tenant_id', '=', store.tenantId)
      .where('kind', '=', row.kind)
      .where('id', '=', row.id)
      .where('version', '=', row.version)
      .executeTakeFirstOrThrow();
    if (!numUpdatedRows) return undefined;
    await trackObject(context, row, { before: old, after: document });
    await noteObject(context, row.id, auditEntry, { before: old, after: document });
    return { ...objectOf<T>(row), document };
  });

/** Deletes an object's row and answers it; undefined when there is none. */
async function take(context: StepContext, { kind, id }: ObjectKey, auditEntry: AuditEntry): Promise<Row | undefined> {
  const row = await context.database
    .deleteFrom('objects')
    .where('tenant_id', '=', context.tenantId)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (!row) return undefined;
  await trackObject(context, { kind, id }, { before: JSON.parse(row.document) });
  await noteObject(context, id, auditEntry, { before: JSON.parse(row.document) });
  return row;
}

interface ObjectKey {
  readonly kind: string;
  readonly id: string;
}

/** Writes the audit row of a change, with what the kind of object shows of a document. */
function noteObject(
  context: StepContext,
  targetId: string,
  { activity, actor, audited: viewOf = (document) => document }: AuditEntry,
  { before, after }: { readonly before?: unknown; readonly after?: unknown },
): Promise<void> {
  const valueIn = (document: unknown) => (document === undefined ? undefined : viewOf(document));
  return noteChange(context, { activity, actor, targetId, old: valueIn(before), new: valueIn(after) });
}

/** Devices are listed by an index; other kinds are few. */
async function trackObject(
  context: StepContext,
  { kind, id }: ObjectKey,
  { before, after }: { readonly before?: unknown; readonly after?: unknown },
): Promise<void> {
  if (kind !== deviceKind) return;
  const itemOf = (document: unknown) =>
    document === undefined ? undefined : ({ kind: 'device', id, object: document as Device } as const);
  await trackChange(context, itemOf(before), itemOf(after));
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
