import { sql } from 'kysely';
import { fault } from '#core/trace/fault.ts';
import { migrations } from '../../migrations/list.ts';
import type { Database } from '../schema.ts';
import { isPostgres } from '../statements/is-postgres.ts';
import { allTables } from '../table-names.ts';
import { appliedTo } from './check-schema.ts';

/**
 * Whether the tables of this program are there, and its migrations recorded: three statements that read no row of them.
 * @returns the last migration of a later version that the database has had, as while nodes are upgraded one after the other
 * @throws databaseDamaged for a missing table, databaseSchemaChanged for a missing migration, and as every read
 */
export async function checkTables(database: Database): Promise<string | undefined> {
  const names = JSON.stringify(allTables);
  const missing = isPostgres(database)
    ? sql<{
        name: string;
      }>`select value as name from json_array_elements_text(${names}::json) where to_regclass(value) is null`
    : sql<{
        name: string;
      }>`select value as name from json_each(${names}) where value not in (select name from sqlite_master)`;
  const [table] = (await missing.execute(database)).rows;
  if (table) throw fault('databaseDamaged', { problem: `the table ${table.name} is missing` });
  const applied = [...(await appliedTo(database)).keys()];
  const known = Object.keys(migrations);
  const lost = known.find((name) => !applied.includes(name));
  if (lost !== undefined)
    throw fault('databaseSchemaChanged', { migration: lost, problem: 'the record that it was applied is missing' });
  return applied.findLast((name) => !known.includes(name));
}
