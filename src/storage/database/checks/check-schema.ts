import { type Kysely, sql } from 'kysely';
import { fault } from '#core/trace/fault.ts';
import { checksums as released } from '../../migrations/checks/checksums.ts';
import { migrations as known } from '../../migrations/list.ts';
import { hasTable, openFacts, readFacts } from '../facts.ts';
import type { Database } from '../schema.ts';

/** Which migrations a database has had. */
export interface AppliedSchema {
  /** How many. */
  readonly applied: number;
  /** The first one of this program that it has not had; undefined where it has had all of them. */
  readonly next: string | undefined;
}

const factOf = (migration: string): string => `migration ${migration}`;

/**
 * Compares the migrations that this database has had with those of this program, before anything is changed.
 * @throws databaseNewer where a later version migrated it, databaseSchemaChanged where a migration is missing or another
 */
export async function checkSchema(
  database: Database,
  migrations: Readonly<Record<string, unknown>> = known,
  checksums: Readonly<Record<string, string>> = released,
): Promise<AppliedSchema> {
  const applied = [...(await appliedTo(database)).keys()];
  const names = Object.keys(migrations).sort();
  if (applied.length === 0) return { applied: 0, next: names[0] };
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
  const facts = await readFacts(database as Kysely<never>);
  for (const name of applied) {
    const recorded = facts.get(factOf(name)); // a database from before checksums has none
    if (recorded !== undefined && recorded !== checksums[name])
      throw fault('databaseSchemaChanged', { migration: name, problem: 'it was applied with another checksum' });
  }
  const lost = names.find((name) => facts.has(factOf(name)) && !applied.includes(name));
  if (lost !== undefined)
    throw fault('databaseSchemaChanged', { migration: lost, problem: 'the record that it was applied is missing' });
  return { applied: applied.length, next: names[applied.length] };
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
  if (!(await hasTable(database as Kysely<never>, 'kysely_migration'))) return new Map();
  const { rows } = await sql<{
    name: string;
    timestamp: string;
  }>`select name, timestamp from kysely_migration order by name`.execute(database);
  return new Map(rows.map(({ name, timestamp }) => [name, timestamp]));
}
