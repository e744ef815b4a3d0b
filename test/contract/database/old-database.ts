import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, Migrator, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Place } from '#storage/database/open.ts';
import { sqliteDialect } from '#storage/database/sqlite/dialect.ts';
import { migrations } from '#storage/migrations/list.ts';

export type OldDatabase = Kysely<Record<string, Record<string, unknown>>>;

/** A database as a former version left it: with the migrations up to the one of this name. */
export async function databaseOf(last: string, place: Place): Promise<OldDatabase> {
  const dialect =
    place.kind === 'sqlite'
      ? sqliteDialect(new DatabaseSync(join(place.folder, 'cardea.db')), {
          faultOf: (problem) => problem,
          checkFile: () => undefined,
        })
      : new PostgresDialect({ pool: new pg.Pool({ connectionString: place.url }) });
  const database: OldDatabase = new Kysely({ dialect });
  const earlierMigrations = Object.fromEntries(Object.entries(migrations).filter(([name]) => name <= last));
  const provider = { getMigrations: async () => earlierMigrations };
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest();
  assert.equal(error, undefined);
  return database;
}
