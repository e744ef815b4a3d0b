import { join } from 'node:path';
import { Kysely, Migrator, PostgresDialect, sql } from 'kysely';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { isPresent } from '../data-folder.ts';
import { checksums } from '../migrations/checks/checksums.ts';
import { migrations } from '../migrations/list.ts';
import { type AppliedSchema, appliedTo, checkSchema, recordChecksums } from './checks/check-schema.ts';
import type { PoolOptions, PoolUse, WatchedPool } from './postgres/postgres-pool.ts';
import type { Database, Schema } from './schema.ts';
import { sqliteFault } from './sqlite/faults.ts';
import { openSqlite, readSqlite, sizeOfFile } from './sqlite/open-sqlite.ts';
import { NamedStatements } from './statements/named-statements.ts';
import { WriteCount } from './statements/write-count.ts';

/** Processes of one parent share the database: the parent opens it first, and brings the tables up to date. */
type Sharing = 'parent' | 'worker';

/**
 * What is done with tables that are not those of this version. `upgrade`: they are made, or brought up to date. `create`: they are made where there
 * are none. `require`: nothing is changed. `create` and `require` refuse tables of an earlier version. `read`: they are read as they are.
 */
export type SchemaUse = 'upgrade' | 'create' | 'require' | 'read';

/** Where the rows are. */
export type Place = (
  | {
      readonly kind: 'sqlite';
      readonly folder: string;
      readonly sharing?: Sharing | undefined;
    }
  | {
      readonly kind: 'postgres';
      readonly url: string;
      /** Statements are not prepared: a pooler hands each transaction another connection. */
      readonly isUnprepared?: boolean;
      readonly sharing?: Sharing | undefined;
    }
) & {
  /** Default: `upgrade`. */
  readonly schema?: SchemaUse;
};

/**
 * Opens the database and brings its tables up to date, unless the place says otherwise: the only file that knows which database it is.
 * @param writes counts what is written; on SQLite alone, which the processes of one parent hold
 * @throws dataFolderNotWritable, dataFolderInUse, databaseDamaged, databaseNewer, databaseOlder, databaseSchemaChanged, databaseSyncFailed,
 * databaseUnavailable, diskFull
 */
export async function openDatabase(place: Place, writes = new WriteCount()): Promise<Database> {
  const { schema = 'upgrade' } = place;
  if (schema === 'read') return openToRead(place);
  if (place.kind === 'sqlite') {
    const database = openSqlite(place, writes);
    // Kysely closes only what it has used: a worker that serves nothing before it ends lets go of the file, too.
    const start = place.sharing === 'worker' ? sql`select 1`.execute(database) : migrate(database, schema);
    await start.then(() => keepInMemory.execute(database)).catch(closing(database));
    return database;
  }
  const isBehindPooler = place.isUnprepared;
  if (place.sharing !== 'worker') {
    // A migration of a large table may take longer than any statement of a request.
    const patient = await openPostgres(place.url, { statementMilliseconds: 0, isBehindPooler });
    await migrate(patient, schema).catch(closing(patient));
    await patient.destroy();
  }
  return openPostgres(place.url, { names: isBehindPooler ? undefined : new NamedStatements(), isBehindPooler });
}

/**
 * What SQLite keeps to undo one statement is more than 64 KiB for an entry of the sign-in log: it would make a file of it in the system's folder
 * for temporary files, for each sign-in again where several processes write. Migrations come before, because they sort whole tables for an index.
 */
const keepInMemory = sql`pragma temp_store = memory`;

/**
 * How many migrations a database has had, and the first of this program that it has not. Nothing is made or changed.
 * @returns undefined while a server has the file of SQLite open @throws databaseLost, and as {@link openDatabase}
 */
export async function schemaAt(place: Place): Promise<AppliedSchema | undefined> {
  if (place.kind === 'sqlite' && sizeOfFile(place.folder) === undefined) {
    checkRemnants(place.folder);
    return { applied: 0, next: Object.keys(migrations)[0] };
  }
  try {
    const database = await openToRead(place);
    const schema = await checkSchema(database).finally(() => database.destroy());
    if (place.kind === 'sqlite' && sizeOfFile(place.folder) === 0)
      throw fault('databaseLost', { folder: place.folder, state: 'empty' });
    return schema;
  } catch (problem) {
    const named = place.kind === 'sqlite' ? sqliteFault(problem, place.folder) : problem;
    if (named instanceof CardeaError && named.because.code === 'dataFolderInUse') return undefined;
    throw named;
  }
}

/** What a data folder has only after its database was made. A start on PostgreSQL makes the first one, too. */
const remnants = ['crls', 'cardea.db-wal'];

/** A folder whose database is gone is not taken for a new one: the lost installation would not be noticed. @throws databaseLost */
function checkRemnants(folder: string): void {
  if (remnants.some((name) => isPresent(join(folder, name)))) throw fault('databaseLost', { folder, state: 'missing' });
}

/** Opens a database as it is. @throws as {@link openDatabase} */
async function openToRead(place: Place): Promise<Database> {
  return place.kind === 'sqlite'
    ? readSqlite(place.folder)
    : openPostgres(place.url, { isBehindPooler: place.isUnprepared });
}

/** A migration of this program. */
export interface PlannedMigration {
  readonly name: string;
  readonly checksum: string;
  /** ISO 8601 UTC; absent where the next start applies it. */
  readonly appliedDateTime?: string;
}

/**
 * The migrations of this program, in order, with the time at which this database had each. Nothing is changed.
 * @throws as {@link openDatabase}, and dataFolderInUse while a server holds the data folder
 */
export async function planMigrations(place: Place): Promise<readonly PlannedMigration[]> {
  const database = await openToRead(place);
  try {
    await checkSchema(database);
    const times = await appliedTo(database);
    return Object.keys(migrations).map((name) => {
      const appliedDateTime = times.get(name);
      return { name, checksum: checksums[name]!, ...(appliedDateTime === undefined ? {} : { appliedDateTime }) };
    });
  } catch (problem) {
    throw place.kind === 'sqlite' ? sqliteFault(problem, place.folder) : problem;
  } finally {
    await database.destroy();
  }
}

const closing = (database: Database) => async (problem: unknown) => {
  await database.destroy();
  throw problem instanceof CardeaError
    ? problem
    : fault('databaseDamaged', { problem: (problem as Error).message }, problem);
};

/** Checks what was applied before against this program's migrations, then applies the rest. @throws databaseOlder */
async function migrate(database: Database, use: SchemaUse): Promise<void> {
  const { applied, next } = await checkSchema(database);
  const mayApply = use === 'upgrade' || (use === 'create' && applied === 0);
  if (next !== undefined && !mayApply) throw fault('databaseOlder', { migration: next });
  // The migrator reads the columns of all tables three times before it finds that there is nothing to do.
  if (next !== undefined) {
    const provider = { getMigrations: async () => migrations };
    const { error } = await new Migrator({ db: database, provider }).migrateToLatest();
    if (error) throw error;
  }
  await recordChecksums(database);
}

/** The pool of each open PostgreSQL database. */
const pools = new WeakMap<Database, WatchedPool>();

/** How the connections of a database are used; undefined for SQLite. */
export const poolUseOf = (database: Database): (() => PoolUse) | undefined => pools.get(database)?.use;

async function openPostgres(url: string, options: PoolOptions): Promise<Database> {
  const { postgresPool } = await import('./postgres/postgres-pool.ts'); // the driver: SQLite does without
  const pool = postgresPool(url, options);
  try {
    (await pool.connect()).release();
  } catch (problem) {
    await pool.end();
    throw problem;
  }
  const database = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  pools.set(database, pool);
  return database;
}
