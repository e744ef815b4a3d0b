import { accessSync, constants } from 'node:fs';
import { type CardeaError, fault } from '#core/trace/fault.ts';
import { turnPatience } from './write-turns.ts';

/** A turn to write that did not come in time is a fault of a moment: the folder is in use by this server alone. */
export const sharedFault = (problem: unknown, folder: string): unknown =>
  primaryOf(problem) === busy
    ? fault('databaseBusy', { folder, seconds: turnPatience / 1000 }, problem)
    : sqliteFault(problem, folder);

/** A sync of the log that failed ({@link isFailedSync}). */
export function syncFault(problem: unknown, folder: string): CardeaError {
  const { code, errcode } = problem as { readonly errcode?: number } & NodeJS.ErrnoException;
  return fault(
    'databaseSyncFailed',
    { folder, problem: errcode === undefined && code ? code : 'an I/O error' },
    problem,
  );
}

/** An error of SQLite as a fault of the table of reasons; other errors as they are. */
export function sqliteFault(problem: unknown, folder: string): unknown {
  const reasons = new Map<number | undefined, () => CardeaError>([
    [busy, () => fault('dataFolderInUse', { folder }, problem)],
    [6, () => fault('dataFolderInUse', { folder }, problem)], // SQLITE_LOCKED
    [8, () => fault('dataFolderNotWritable', { folder, problem: 'read-only' }, problem)], // SQLITE_READONLY
    [14, () => fault('dataFolderNotWritable', { folder, problem: codeOf(folder) ?? 'cannot open' }, problem)], // SQLITE_CANTOPEN
    [10, () => fault('dataFolderNotWritable', { folder, problem: 'the disk reports an I/O error' }, problem)], // SQLITE_IOERR
    [13, () => fault('diskFull', { folder }, problem)], // SQLITE_FULL
    [11, () => fault('databaseDamaged', { problem: (problem as Error).message }, problem)], // SQLITE_CORRUPT
    [26, () => fault('databaseDamaged', { problem: 'it is not an SQLite database' }, problem)], // SQLITE_NOTADB
  ]);
  return reasons.get(primaryOf(problem))?.() ?? problem;
}

/** Why the files of SQLite cannot be opened for writing in a folder (`EROFS`); undefined where the folder is not the cause. */
function codeOf(folder: string): string | undefined {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code;
  }
}

/** SQLITE_BUSY */
const busy = 5;
/** SQLITE_IOERR_FSYNC: of a sync by SQLite itself, before it copies pages of the log or restarts the log. */
const ioErrorOfSync = 1034;

/** Whether the disk refused a sync of the log: what was written before may be lost although it can still be read. */
export function isFailedSync(problem: unknown): boolean {
  const { errcode, syscall } = problem as { readonly errcode?: number } & NodeJS.ErrnoException;
  return syscall === 'fdatasync' || errcode === ioErrorOfSync;
}

/** The code of SQLite without its extension; undefined for errors of others. */
function primaryOf(problem: unknown): number | undefined {
  const { errcode } = problem as { readonly errcode?: number };
  return errcode === undefined ? undefined : errcode & 0xff;
}
