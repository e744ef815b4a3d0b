import { randomUUID } from 'node:crypto';
import { closeSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { type CardeaError, fault } from '#core/trace/fault.ts';
import { makeDataFolder } from '../../data-folder.ts';
import type { Database, Schema } from '../schema.ts';
import type { WriteCount } from '../statements/write-count.ts';
import { sqliteDialect } from './dialect.ts';
import { isFailedSync, sharedFault, sqliteFault, syncFault } from './faults.ts';
import { LogSync } from './log-sync.ts';

/** Where the file is, and what this process is among those that share it. */
export interface SqlitePlace {
  readonly folder: string;
  /** Processes of one parent share the file: the parent opens it first. */
  readonly sharing?: 'parent' | 'worker' | undefined;
}

/**
 * Opens the file of a data folder.
 * @param writes counts what is written
 * @throws dataFolderNotWritable, dataFolderInUse, databaseDamaged, databaseSyncFailed, diskFull
 */
export function openSqlite({ folder, sharing }: SqlitePlace, writes: WriteCount): Database {
  const file = join(folder, 'cardea.db');
  makeDataFolder(folder);
  const isShared = sharing !== undefined;
  const sqlite = new DatabaseSync(file, { open: false, timeout: isShared ? openPatience : 0 });
  const lock = sharing === 'parent' ? lockFolder(folder) : undefined;
  let log: LogSync | undefined;
  try {
    closeSync(openSync(file, 'a', 0o600)); // SQLite gives what it puts beside the file the file's own mode
    sqlite.open();
    enterLog(sqlite, isShared);
    if (sharing !== 'worker') writeLogAgain(sqlite, file, folder);
    hold(sqlite);
    log = new LogSync(logOf(file));
    const options = {
      faultOf: faultsOf(log, folder, isShared),
      checkFile: fileCheck(isShared ? [file, lockFileOf(folder)] : [file], log),
      onDisk: () => log!.onDisk(),
      writes,
      isShared,
    };
    if (isShared) watchOthers(sqlite, writes);
    const database = new Kysely<Schema>({
      dialect: sqliteDialect(sqlite, { ...options, onClose: () => closeAll(log, lock) }),
    });
    losses.set(database, (listener) => log!.onFailure((problem) => listener(syncFault(problem, folder))));
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

/** Names of faults; a sync that failed within SQLite counts as one of ours. */
const faultsOf =
  (log: LogSync, folder: string, isShared: boolean) =>
  (problem: unknown): unknown => {
    if (!isFailedSync(problem)) return isShared ? sharedFault(problem, folder) : sqliteFault(problem, folder);
    log.fail(problem);
    return syncFault(problem, folder);
  };

const losses = new WeakMap<Database, (listener: (problem: CardeaError) => void) => void>();

/**
 * Calls a listener once when this process can write no more, because it does not know what of the database is on the disk: only another process goes
 * on, which reads what is there. On PostgreSQL never: its server ends itself.
 */
export const whenLost = (database: Database, listener: (problem: CardeaError) => void): void =>
  losses.get(database)?.(listener);

/** Octets of the database of a folder; undefined where there is none. SQLite takes a file without an octet for a new one. */
export const sizeOfFile = (folder: string): number | undefined =>
  statSync(join(folder, 'cardea.db'), { throwIfNoEntry: false })?.size;

/** Reads a database that no process holds. */
export function readSqlite(folder: string): Database {
  const sqlite = new DatabaseSync(join(folder, 'cardea.db'), { readOnly: true, timeout: 0 });
  const options = { faultOf: (problem: unknown) => sqliteFault(problem, folder), checkFile: () => undefined };
  const database = new Kysely<Schema>({ dialect: sqliteDialect(sqlite, options) });
  files.set(database, sqlite);
  return database;
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

/**
 * SQLite writes on into a file that was removed or replaced, and all of it is lost with the process; so is what follows a log that did not reach the disk.
 * Without the lock of the folder, a second server may write.
 */
function fileCheck(files: readonly string[], log: LogSync): () => void {
  const inodeOf = (file: string) => statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
  const known = files.map((file) => [file, inodeOf(file)] as const);
  return () => {
    log.check();
    for (const [file, ino] of known)
      if (inodeOf(file) !== ino)
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
 * lock of the folder ({@link lockFolder}).
 */
function enterLog(sqlite: DatabaseSync, isShared: boolean): void {
  if (!isShared) sqlite.exec('pragma locking_mode = exclusive');
  sqlite.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on');
  sqlite.exec(`pragma cache_size = -${pageCache}`);
}

/** {@link LogSync.writeAgain}, while no other process writes. @throws databaseSyncFailed */
function writeLogAgain(sqlite: DatabaseSync, file: string, folder: string): void {
  sqlite.exec('begin immediate'); // it makes the log of a new database, too
  const log = new LogSync(logOf(file));
  try {
    log.writeAgain();
  } catch (problem) {
    throw syncFault(problem, folder);
  } finally {
    log.close();
    sqlite.exec('rollback');
  }
}

/** The write-ahead log of a database file. */
const logOf = (file: string): string => `${file}-wal`;

/**
 * {@link LogSync} brings commits to disk. `synchronous` is asserted after the first write, because with OFF a power cut can damage the file.
 */
function hold(sqlite: DatabaseSync): void {
  sqlite.exec('create table if not exists opened (marker text primary key)');
  sqlite.prepare('insert into opened (marker) values (?) on conflict (marker) do nothing').run(randomUUID());
  sqlite.exec('delete from opened');
  const { synchronous } = sqlite.prepare('pragma synchronous').get() as { synchronous: number };
  if (synchronous !== 1)
    throw fault('databaseDamaged', { problem: `synchronous is ${synchronous} where NORMAL (1) was set` });
}

/** Milliseconds that the start of a process waits for a commit of another one. */
const openPatience = 5_000;

const lockFileOf = (folder: string): string => join(folder, 'workers.lock');

/** Holds a file beside the database for a parent and its workers, so that no second parent starts in the folder. @throws dataFolderInUse */
function lockFolder(folder: string): DatabaseSync {
  const file = lockFileOf(folder);
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
