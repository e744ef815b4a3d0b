import { type RawBuilder, sql } from 'kysely';
import type { Database, Schema, TenantDatabase } from '../schema.ts';
import { deleteInBatches } from '../statements/delete-in-batches.ts';
import { isPostgres } from '../statements/is-postgres.ts';

/** On PostgreSQL the rows of a log lie in a table a day (UTC), which is dropped when no row of it is needed (migrations 032, 035). */

export const dayMilliseconds = 86_400_000;

/** How long the removal of a day waits for statements that read the log. What comes meanwhile waits behind it. */
const lockPatience = '500ms';

/** A log that has a table a day. */
export interface LogOfDays {
  /** The table whose partitions the days are. */
  readonly parent: string;
  /** The table of a day is called so, with its date. */
  readonly prefix: string;
  /** Days that are made before they begin. */
  readonly daysAhead: number;
  /** Makes the table of a day, unless it is there. */
  make(day: LogDay): RawBuilder<unknown>;
}

/** The day in which a moment lies. */
export interface LogDay {
  readonly table: string;
  readonly begins: number;
  /** The first millisecond after it. */
  readonly ends: number;
}
function dayOf({ prefix }: LogOfDays, at: number): LogDay {
  const begins = dayBegin(at);
  const date = new Date(begins).toISOString().slice(0, 10).replaceAll('-', '');
  return { table: `${prefix}${date}`, begins, ends: begins + dayMilliseconds };
}

/** The first millisecond of the day of a moment. */
export const dayBegin = (at: number): number => Math.floor(at / dayMilliseconds) * dayMilliseconds;

/** Days that are known to be there, by the adapter, which a database shares with its transactions. */
const daysByAdapter = new WeakMap<object, Set<string>>();
function existingDays(database: Database): Set<string> {
  const { adapter } = database.getExecutor();
  const days = daysByAdapter.get(adapter) ?? new Set();
  daysByAdapter.set(adapter, days);
  return days;
}

/** A day that a transaction makes is not remembered, because it leaves with a transaction that is rolled back. */
async function ensureDay(database: Database, log: LogOfDays, logDay: LogDay): Promise<void> {
  const days = existingDays(database);
  if (days.has(logDay.table)) return;
  await log.make(logDay).execute(database);
  if (!database.isTransaction) days.add(logDay.table);
}

/** Makes the tables of the day of a moment and of the days after it. */
export async function makeDaysOf(database: Database, log: LogOfDays, at: Date): Promise<void> {
  if (!isPostgres(database)) return;
  for (let ahead = 0; ahead <= log.daysAhead; ahead++)
    await ensureDay(database, log, dayOf(log, at.getTime() + ahead * dayMilliseconds));
}

/**
 * Writes a row into the table of its day. `insert` is given the name of the table of the day, and of the table of all days. It runs
 * again when another node has removed the day, except in a transaction, which PostgreSQL has then ended.
 */
export async function intoDay<T>(
  database: Database,
  { log, at }: { readonly log: LogOfDays; readonly at: number },
  insert: (leaf: string) => Promise<T>,
): Promise<T> {
  const target = dayOf(log, at);
  await ensureDay(database, log, target);
  try {
    return await insert(target.table);
  } catch (problem) {
    if (!isWithoutTable(problem)) throw problem;
    existingDays(database).delete(target.table);
    if (database.isTransaction) throw problem;
    await ensureDay(database, log, target);
    return insert(target.table);
  }
}

/** SQLSTATE of a table that is not there, and of a row for which there is no partition. Stores put the error into the cause. */
const isWithoutTable = (problem: unknown): boolean => ['42P01', '23514'].includes(sqlStateOf(problem));
const sqlStateOf = (problem: unknown): string =>
  ((problem as { cause?: { code?: string } }).cause ?? (problem as { code?: string })).code ?? '';

/** The days that are there, oldest first. */
export async function daysThere(database: Database, log: LogOfDays): Promise<readonly LogDay[]> {
  if (!isPostgres(database)) return [];
  const { rows } = await sql<{ name: string }>`select c.relname as name from pg_inherits as i
    join pg_class as c on c.oid = i.inhrelid where i.inhparent = ${log.parent}::regclass order by c.relname`.execute(
    database,
  );
  return rows.map(({ name }) => dayOf(log, Date.parse(name.replace(/^.*_(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'))));
}

/**
 * Drops the days that ended before a moment. One that is being read for longer than half a second, by a copy of the database
 * for example, stays until the next time.
 */
export async function dropDaysOf(database: Database, log: LogOfDays, since: number): Promise<void> {
  for (const { table, ends } of await daysThere(database, log)) if (ends <= since) await dropDay(database, table);
}

/** @returns whether it was dropped */
export async function dropDay(database: Database, table: string): Promise<boolean> {
  try {
    await database.transaction().execute(async (step) => {
      await sql`select set_config('lock_timeout', ${lockPatience}, true)`.execute(step);
      await sql`drop table if exists ${sql.table(table)}`.execute(step);
    });
  } catch (problem) {
    if (sqlStateOf(problem) !== lockNotAvailable) throw problem;
    return false;
  }
  existingDays(database).delete(table);
  return true;
}

/** SQLSTATE of a lock that was not available in time; stores name it `databaseUnavailable`. */
const lockNotAvailable = '55P03';

/** Removes the rows of a tenant from every day. */
export async function clearDaysOf({ database, tenantId }: TenantDatabase, log: LogOfDays): Promise<void> {
  for (const { table } of await daysThere(database, log))
    await deleteInBatches(database, table as keyof Schema, sql`tenant_id = ${tenantId}`);
}
