import { type Kysely, sql } from 'kysely';
import { fault } from '#core/trace/fault.ts';
import { checksums as released } from '../migrations/checks/checksums.ts';
import { migrations as known } from '../migrations/list.ts';
import { openFacts } from './facts.ts';
import type { Database } from './schema.ts';
import { isPostgres } from './statements/is-postgres.ts';

const factOf = (migration: string): string => `migration ${migration}`;

/**
 * Compares the migrations that this database has had with those of this program, before anything is changed.
 * @returns whether it has had all of them
 * @throws databaseNewer where a later version migrated it, databaseSchemaChanged where a migration is missing or another
 */
export async function checkSchema(
  database: Database,
  migrations: Readonly<Record<string, unknown>> = known,
  checksums: Readonly<Record<string, string>> = released,
): Promise<boolean> {
  const applied = [...(await appliedTo(database)).keys()];
  if (applied.length === 0) return false;
  const names = Object.keys(migrations).sort();
  const unknown = applied.filter((name) => !(name in migrations));
  const newer = unknown.find((name) => name > names.at(-1)!);
  if (newer !== undefined) throw fault('databaseNewer', { migration: newer, last: names.at(-1)! });
  if (unknown[0] !== undefined)
    throw fault('databaseSchemaChanged', {
      migration: unknown[0],
      problem: 'this version of Cardea does not contain it',
    });
  const gap = names.find((name, i) => i < applied.length && name !== applied[i]);
  if (gap !== undefined)
    throw fault('databaseSchemaChanged', { migration: gap, problem: 'it was not applied, but later migrations were' });
  const facts = await (await openFacts(database as Kysely<never>)).all();
  for (const name of applied) {
    const recorded = facts.get(factOf(name)); // a database from before checksums has none
    if (recorded !== undefined && recorded !== checksums[name])
      throw fault('databaseSchemaChanged', { migration: name, problem: 'it was applied with another checksum' });
  }
  const lost = names.find((name) => facts.has(factOf(name)) && !applied.includes(name));
  if (lost !== undefined)
    throw fault('databaseSchemaChanged', { migration: lost, problem: 'the record that it was applied is missing' });
  return applied.length === names.length;
}

/** Records the checksum of each applied migration that has none yet. */
export async function recordChecksums(database: Database): Promise<void> {
  const facts = await openFacts(database as Kysely<never>);
  const [applied, recorded] = [await appliedTo(database), await facts.all()];
  const missing = [...applied.keys()].filter((name) => name in released && !recorded.has(factOf(name)));
  await Promise.all(missing.map((name) => facts.add(factOf(name), released[name]!))); // one commit on SQLite
}

/** The names in Kysely's own table, in order, with the time (ISO 8601 UTC) of each; none where the database is empty. */
export async function appliedTo(database: Database): Promise<ReadonlyMap<string, string>> {
  const table = isPostgres(database)
    ? sql`select 1 where to_regclass('kysely_migration') is not null`
    : sql`select 1 from sqlite_master where name = 'kysely_migration'`;
  if ((await table.execute(database)).rows.length === 0) return new Map();
  const { rows } = await sql<{
    name: string;
    timestamp: string;
  }>`select name, timestamp from kysely_migration order by name`.execute(database);
  return new Map(rows.map(({ name, timestamp }) => [name, timestamp]));
}
