import { randomUUID } from 'node:crypto';
import { closeSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Kysely, Migrator, PostgresDialect, sql } from 'kysely';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { checksums } from '../migrations/checksums.ts';
import { migrations } from '../migrations/list.ts';
import { ownFolder } from '../own-folder.ts';
import { appliedTo, checkSchema, recordChecksums } from './check-schema.ts';
import type { PoolOptions, PoolUse, WatchedPool } from './postgres-pool.ts';
import type { Database, Schema } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { LogSync } from './statements/log-sync.ts';
import { NamedStatements } from './statements/named-statements.ts';
import { WriteCount } from './statements/write-count.ts';
import { turnPatience } from './statements/write-turns.ts';

/** Processes of one parent share the database: the parent opens it first, and brings the tables up to date. */
type Sharing = 'parent' | 'worker';

/** Where the rows are. */
export type Place =
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
    };

/**
 * Opens the database and brings its tables up to date: the only file that knows which database it is.
 * @param writes counts what is written; on SQLite alone, which the processes of one parent hold
 * @throws dataFolderNotWritable, dataFolderInUse, databaseDamaged, databaseNewer, databaseSchemaChanged, databaseUnavailable, diskFull
 */
export async function openDatabase(place: Place, writes = new WriteCount()): Promise<Database> {
  if (place.kind === 'sqlite') {
    const database = openSqlite(place, writes);
    // Kysely closes only what it has used: a worker that serves nothing before it ends lets go of the file, too.
    const start = place.sharing === 'worker' ? sql`select 1`.execute(database) : migrate(database);
    await start.then(() => keepInMemory.execute(database)).catch(closing(database));
    return database;
  }
  const isBehindPooler = place.isUnprepared;
  if (place.sharing !== 'worker') {
    // A migration of a large table may take longer than any statement of a request.
    const patient = await openPostgres(place.url, { statementMilliseconds: 0, isBehindPooler });
    await migrate(patient).catch(closing(patient));
    await patient.destroy();
  }
  return openPostgres(place.url, { names: isBehindPooler ? undefined : new NamedStatements(), isBehindPooler });
}

/**
 * What SQLite keeps to undo one statement is more than 64 KiB for an entry of the sign-in log: it would make a file of it in the system's folder
 * for temporary files, for each sign-in anew where several processes write. Migrations come before, because they sort whole tables for an index.
 */
const keepInMemory = sql`pragma temp_store = memory`;

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
  const database = place.kind === 'sqlite' ? readSqlite(place.folder) : await openPostgres(place.url, {});
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

/** Checks what was applied before against this program's migrations, then applies the rest. */
async function migrate(database: Database): Promise<void> {
  // The migrator reads the columns of all tables three times before it finds that there is nothing to do.
  if (!(await checkSchema(database))) {
    const provider = { getMigrations: async () => migrations };
    const { error } = await new Migrator({ db: database, provider }).migrateToLatest();
    if (error) throw error;
  }
  await recordChecksums(database);
}

function openSqlite({ folder, sharing }: Place & { readonly kind: 'sqlite' }, writes: WriteCount): Database {
  const file = join(folder, 'cardea.db');
  ownFolder(folder);
  const isShared = sharing !== undefined;
  const sqlite = new DatabaseSync(file, { open: false, timeout: isShared ? openPatience : 0 });
  const lock = sharing === 'parent' ? lockFolder(folder) : undefined;
  let log: LogSync | undefined;
  try {
    closeSync(openSync(file, 'a', 0o600)); // SQLite gives what it puts beside the file the file's own mode
    sqlite.open();
    hold(sqlite, isShared);
    log = new LogSync(`${file}-wal`);
    const options = {
      faultOf: (problem: unknown) => (isShared ? sharedFault(problem, folder) : sqliteFault(problem, folder)),
      checkFile: fileCheck(file, log),
      onDisk: () => log!.onDisk(),
      writes,
      isShared,
    };
    if (isShared) watchOthers(sqlite, writes);
    const database = new Kysely<Schema>({
      dialect: sqliteDialect(sqlite, { ...options, onClose: () => closeAll(log, lock) }),
    });
    files.set(database, isShared ? file : sqlite);
    return database;
  } catch (problem) {
    if (sqlite.isOpen) sqlite.close();
    closeAll(log, lock);
    throw sqliteFault(problem, folder);
  }
}

const closeAll = (...parts: readonly ({ close(): void } | undefined)[]): void => {
  for (const part of parts) part?.close();
};

/** Reads a database that no process holds. */
function readSqlite(folder: string): Database {
  const sqlite = new DatabaseSync(join(folder, 'cardea.db'), { readOnly: true, timeout: 0 });
  const options = { faultOf: (problem: unknown) => sqliteFault(problem, folder), checkFile: () => undefined };
  return new Kysely<Schema>({ dialect: sqliteDialect(sqlite, options) });
}

/** The file of each open SQLite database: where several processes write, its name, and a copy is made by a connection of its own. */
const files = new WeakMap<Database, DatabaseSync | string>();

/** Whether the rows are in a file that {@link copyDatabase} can copy. */
export const isFile = (database: Database): boolean => files.has(database);

/**
 * Copies an open SQLite database, as it is at one moment at the end of the copy, while it is written to (SQLite's online backup).
 * @throws diskFull, databaseDamaged and their siblings, as every write does
 */
export async function copyDatabase(database: Database, target: string): Promise<void> {
  const source = files.get(database)!;
  const connection = typeof source === 'string' ? new DatabaseSync(source, { readOnly: true }) : source;
  try {
    // A copy in steps begins again after each commit of another process. One step reads one moment, and nothing waits for it.
    await backup(connection, target, { rate: connection === source ? pagesPerStep : allPages });
  } catch (problem) {
    throw sqliteFault(problem, dirname(target));
  } finally {
    if (connection !== source) connection.close();
  }
}

/** More pages than a database can have. */
const allPages = 0x7fff_ffff;

/** Pages of a copy between which sign-ins come to their turn. */
const pagesPerStep = 250;

/** SQLite writes on into a file that was removed or replaced, and all of it is lost with the process; so is what follows a log that did not reach the disk. */
function fileCheck(file: string, log: LogSync): () => void {
  const { ino } = statSync(file, { bigint: true });
  return () => {
    log.check();
    if (statSync(file, { bigint: true, throwIfNoEntry: false })?.ino !== ino)
      throw fault('databaseDamaged', { problem: `the file ${file} was removed or replaced` });
  };
}

/**
 * Kibibytes of pages that a connection keeps, where the file has as many. With SQLite's own 2 MiB the writes of a directory of
 * 100,000 users read their pages from the kernel again and again: a third of the system time of a synchronization.
 */
const pageCache = 16_384;

/**
 * The file is ours alone until the process ends, however it ends: the kernel drops the lock. Where several processes share the file, their parent holds the
 * lock of the folder ({@link lockFolder}). {@link LogSync} brings commits to disk. `synchronous` is asserted after the first write, because with OFF
 * a power cut can damage the file.
 */
function hold(sqlite: DatabaseSync, isShared: boolean): void {
  if (!isShared) sqlite.exec('pragma locking_mode = exclusive');
  sqlite.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on');
  sqlite.exec(`pragma cache_size = -${pageCache}`);
  sqlite.exec('create table if not exists opened (marker text primary key)');
  sqlite.prepare('insert into opened (marker) values (?) on conflict (marker) do nothing').run(randomUUID());
  sqlite.exec('delete from opened');
  const { synchronous } = sqlite.prepare('pragma synchronous').get() as { synchronous: number };
  if (synchronous !== 1)
    throw fault('databaseDamaged', { problem: `synchronous is ${synchronous} where NORMAL (1) was set` });
}

/** Milliseconds that the start of a process waits for a commit of another one. */
const openPatience = 5_000;

/** Holds a file beside the database for a parent and its workers, so that no second parent starts in the folder. @throws dataFolderInUse */
function lockFolder(folder: string): DatabaseSync {
  const file = join(folder, 'workers.lock');
  closeSync(openSync(file, 'a', 0o600));
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec(
      'pragma locking_mode = exclusive; begin exclusive; create table if not exists held (marker text); commit',
    );
    return lock;
  } catch (problem) {
    lock.close();
    throw sqliteFault(problem, folder);
  }
}

/** From here on the event loop waits for no other process, and what other processes commit is counted. */
function watchOthers(sqlite: DatabaseSync, writes: WriteCount): void {
  sqlite.exec('pragma busy_timeout = 0');
  const version = sqlite.prepare('pragma data_version');
  let unknown = 0;
  writes.watch(() => {
    try {
      return version.get()!.data_version;
    } catch {
      return `unknown ${++unknown}`; // while another process repairs the log: what was read before counts no longer
    }
  });
}

/** A turn to write that did not come in time is a fault of a moment: the folder is in use by this server alone. */
const sharedFault = (problem: unknown, folder: string): unknown =>
  ((problem as { errcode?: number }).errcode ?? 0) % 256 === 5
    ? fault('databaseBusy', { folder, seconds: turnPatience / 1000 }, problem)
    : sqliteFault(problem, folder);

function sqliteFault(problem: unknown, folder: string): unknown {
  const { errcode, syscall, code } = problem as { errcode?: number } & NodeJS.ErrnoException;
  if (syscall === 'fdatasync')
    return code === 'ENOSPC' || code === 'EDQUOT'
      ? fault('diskFull', { folder }, problem)
      : fault(
          'dataFolderNotWritable',
          { folder, problem: `the disk reports ${code} for the log of the database` },
          problem,
        );
  const primary = errcode === undefined ? undefined : errcode & 0xff;
  const reasons = new Map<number | undefined, () => CardeaError>([
    [5, () => fault('dataFolderInUse', { folder }, problem)], // SQLITE_BUSY
    [6, () => fault('dataFolderInUse', { folder }, problem)], // SQLITE_LOCKED
    [8, () => fault('dataFolderNotWritable', { folder, problem: 'read-only' }, problem)], // SQLITE_READONLY
    [14, () => fault('dataFolderNotWritable', { folder, problem: 'cannot open' }, problem)], // SQLITE_CANTOPEN
    [10, () => fault('dataFolderNotWritable', { folder, problem: 'the disk reports an I/O error' }, problem)], // SQLITE_IOERR
    [13, () => fault('diskFull', { folder }, problem)], // SQLITE_FULL
    [11, () => fault('databaseDamaged', { problem: (problem as Error).message }, problem)], // SQLITE_CORRUPT
    [26, () => fault('databaseDamaged', { problem: 'it is not an SQLite database' }, problem)], // SQLITE_NOTADB
  ]);
  return reasons.get(primary)?.() ?? problem;
}

/** The pool of each open PostgreSQL database. */
const pools = new WeakMap<Database, WatchedPool>();

/** How the connections of a database are used; undefined for SQLite. */
export const poolUseOf = (database: Database): (() => PoolUse) | undefined => pools.get(database)?.use;

async function openPostgres(url: string, options: PoolOptions): Promise<Database> {
  const { postgresPool } = await import('./postgres-pool.ts'); // the driver: SQLite does without
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
