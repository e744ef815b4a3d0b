import { type RawBuilder, sql } from 'kysely';
import type { Database, Schema } from '../schema.ts';
import { isPostgres } from './is-postgres.ts';

/** Rows that one statement removes: a few milliseconds of work, so that requests come in between. */
export const batchRows = 100;

/** Milliseconds that a statement of a batch may take: after a longer one the next takes half as many rows, at least so few. */
const mostMilliseconds = 20;
const fewestRows = 5;

/** What names a row on SQLite: its rowid, or the primary key of a table that has none. */
const rowKeys: Partial<Readonly<Record<keyof Schema, string>>> = {
  directory_index: '(tenant_id, property, value_key, object_id)',
};

/** Each statement is a transaction of its own. Ends when one finds fewer rows than it may remove. @returns how many it removed */
export async function deleteInBatches(
  database: Database,
  table: keyof Schema,
  condition: RawBuilder<unknown>,
  rows = batchRows,
): Promise<number> {
  const isOnPostgres = isPostgres(database);
  const from = sql.table(table);
  const key = sql.raw(rowKeys[table] ?? 'rowid');
  const columns = sql.raw((rowKeys[table] ?? 'rowid').replace(/^\((.*)\)$/, '$1'));
  const statement = (size: number) =>
    isOnPostgres
      ? sql`delete from ${from} where ctid = any(array(select ctid from ${from} where ${condition} limit ${size}))`
      : sql`delete from ${from} where ${key} in (select ${columns} from ${from} where ${condition} limit ${size})`;
  for (let size = rows, count = 0; ; ) {
    const begin = performance.now();
    const { numAffectedRows = 0n } = await statement(size).execute(database);
    count += Number(numAffectedRows);
    if (numAffectedRows < BigInt(size)) return count;
    const isSlow = performance.now() - begin > mostMilliseconds;
    size = isSlow ? Math.max(fewestRows, Math.floor(size / 2)) : Math.min(rows, size * 2);
  }
}
