import { sql } from 'kysely';
import { type Part, type ReadLog, readParts } from '../day-tables/parts.ts';
import {
  clearDaysOf,
  dayBegin,
  daysThere,
  dropDaysOf,
  intoDay,
  type LogOfDays,
  makeDaysOf,
} from '../day-tables/tables.ts';
import type { Database, TenantDatabase } from '../schema.ts';
import { isPostgres } from '../statements/is-postgres.ts';

export { dropDay } from '../day-tables/tables.ts';

/** The sign-in log, which has a table a day on PostgreSQL (migration 032). */
const signIns: LogOfDays = {
  parent: 'sign_in_days',
  prefix: 'sign_ins_',
  daysAhead: 2,
  make: ({ table, begins, ends }) => sql`select make_sign_in_day(${table}, ${begins}, ${ends})`,
};
const readLog: ReadLog = { logs: [signIns], daysOfPart: 8 };

/** What to read the log from: every entry, under the name `sign_ins`. */
export const signInLogOf = (database: Database): 'sign_ins' => signInLog(isPostgres(database));

/** As {@link signInLogOf}. @param isInDays whether the log has a table a day */
export const signInLog = (isInDays: boolean): 'sign_ins' =>
  isInDays ? ('sign_in_log as sign_ins' as 'sign_ins') : 'sign_ins';

/** Makes the tables of the day of a moment and of the two days after it. */
export const makeDays = (database: Database, at: Date): Promise<void> => makeDaysOf(database, signIns, at);

/**
 * Writes an entry into the log. `insert` is given the name of the table.
 * @param isRepeated whether it may raise the count of an entry that is there, which the table of the day alone knows
 */
export async function intoLog<T>(
  database: Database,
  { at, isRepeated }: { readonly at: number; readonly isRepeated: boolean },
  insert: (table: 'sign_ins') => Promise<T>,
): Promise<T> {
  if (!isPostgres(database)) return insert('sign_ins');
  const tableFor = (leaf: string) => (isRepeated ? leaf : signIns.parent) as 'sign_ins';
  return intoDay(database, { log: signIns, at }, (leaf) => insert(tableFor(leaf)));
}

/** The days that are there, oldest first. */
export const daysOf = (database: Database) => daysThere(database, signIns);

/** Since when entries are kept: on PostgreSQL a day leaves as a whole, so that its first entry stays as long as its last. */
export const retentionStart = (database: Database, since: number): number =>
  isPostgres(database) ? dayBegin(since) : since;

/** Drops the days that ended before a moment, as {@link dropDaysOf} does. */
export const dropDays = (database: Database, since: number): Promise<void> => dropDaysOf(database, signIns, since);

/** Removes the entries of a tenant from every day. */
export const clearDays = (store: TenantDatabase): Promise<void> => clearDaysOf(store, signIns);

/** A page of the log, whose rows are read part by part until it is full. */
export const readInParts = <T>(
  database: Database,
  query: Part & { readonly top: number; readonly isOldestFirst?: boolean | undefined },
  read: (part: Part & { readonly top: number }) => Promise<readonly T[]>,
): Promise<readonly T[]> => readParts({ database, log: readLog }, query, read);
