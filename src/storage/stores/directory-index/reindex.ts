import type { Kysely } from 'kysely';
import type { IndexRow } from '#core/directory/index-keys.ts';
import type { Schema, TenantDatabase } from '../../database/schema.ts';
import { type IndexedObject, rowsOf } from './index-values.ts';

/** What writes rows: the database, or a transaction of it. */
export type Writer = Pick<Kysely<Schema>, 'insertInto' | 'deleteFrom'>;

/** A statement of PostgreSQL or SQLite takes some thousand values. */
const rowsAtOnce = 200;

/** Replaces the rows by which lists find an object, in the transaction of its change. `undefined` is no object. */
export async function reindex(
  context: TenantDatabase<Writer>,
  before: IndexedObject | undefined,
  after: IndexedObject | undefined,
): Promise<void> {
  const { database, tenantId } = context;
  const [old, rows] = [before ? rowsOf(before) : [], after ? rowsOf(after) : []];
  const has = (list: readonly IndexRow[], row: IndexRow) =>
    list.some(({ property, key }) => property === row.property && key === row.key);
  for (const row of old.filter((row) => !has(rows, row)))
    await database
      .deleteFrom('directory_index')
      .where('tenant_id', '=', tenantId)
      .where('property', '=', row.property)
      .where('value_key', '=', row.key)
      .where('object_id', '=', before!.id)
      .execute();
  const newRows = rows.filter((row) => !has(old, row));
  await insertRows(context, after?.id ?? '', newRows);
}

async function insertRows(
  { database, tenantId }: TenantDatabase<Writer>,
  id: string,
  rows: readonly IndexRow[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce)
    await database
      .insertInto('directory_index')
      .values(
        rows
          .slice(from, from + rowsAtOnce)
          .map(({ property, key }) => ({ tenant_id: tenantId, property, value_key: key, object_id: id })),
      )
      .onConflict((on) => on.doNothing())
      .execute();
}
