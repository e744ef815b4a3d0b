import { sql } from 'kysely';
import type { Database } from '../schema.ts';
import { deleteInBatches } from '../statements/delete-in-batches.ts';
import { isPostgres } from '../statements/is-postgres.ts';

/** On PostgreSQL the entries of the sign-in log lie in a table a day (UTC), which is dropped when no entry of it is needed (migration 032). */

const day = 86_400_000;

/** Days that are made before they begin. */
const daysAhead = 2;

/** How long the removal of a day waits for statements that read the log. What comes meanwhile waits behind it. */
const lockPatience = '500ms';

/** The day in which a moment lies. */
interface LogDay {
  readonly table: string;
  readonly begins: number;
  /** The first millisecond after it. */
  readonly ends: number;
}
function dayOf(at: number): LogDay {
  const begins = Math.floor(at / day) * day;
  const date = new Date(begins).toISOString().slice(0, 10).replaceAll('-', '');
  return { table: `sign_ins_${date}`, begins, ends: begins + day };
}

/** What to read the log from: every entry, under the name `sign_ins`. */
export const signInLogOf = (database: Database): 'sign_ins' => signInLog(isPostgres(database));

/** As {@link signInLogOf}. @param isInDays whether the log has a table a day */
export const signInLog = (isInDays: boolean): 'sign_ins' =>
  isInDays ? ('sign_in_log as sign_ins' as 'sign_ins') : 'sign_ins';

/** Days that are known to be there, by the adapter, which a database shares with its transactions. */
const daysByAdapter = new WeakMap<object, Set<string>>();
function existingDays(database: Database): Set<string> {
  const { adapter } = database.getExecutor();
  const days = daysByAdapter.get(adapter) ?? new Set();
  daysByAdapter.set(adapter, days);
  return days;
}

async function ensureDay(database: Database, { table, begins, ends }: LogDay): Promise<void> {
  const days = existingDays(database);
  if (days.has(table)) return;
  await sql`select make_sign_in_day(${table}, ${begins}, ${ends})`.execute(database);
  days.add(table);
}

/** Makes the tables of the day of a moment and of the days after it. */
export async function makeDays(database: Database, at: Date): Promise<void> {
  if (!isPostgres(database)) return;
  for (let ahead = 0; ahead <= daysAhead; ahead++) await ensureDay(database, dayOf(at.getTime() + ahead * day));
}

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
  const target = dayOf(at);
  await ensureDay(database, target);
  const table = (isRepeated ? target.table : 'sign_in_days') as 'sign_ins';
  try {
    return await insert(table);
  } catch (problem) {
    if (!isWithoutTable(problem)) throw problem;
    existingDays(database).delete(target.table); // another node removed it
    await ensureDay(database, target);
    return insert(table);
  }
}

/** SQLSTATE of a table that is not there, and of a row for which there is no partition. */
const isWithoutTable = (problem: unknown): boolean =>
  ['42P01', '23514'].includes((problem as { code?: string }).code ?? '');

/** The days that are there, oldest first. */
export async function daysOf(database: Database): Promise<readonly LogDay[]> {
  if (!isPostgres(database)) return [];
  const { rows } = await sql<{ name: string }>`select c.relname as name from pg_inherits as i
    join pg_class as c on c.oid = i.inhrelid where i.inhparent = 'sign_in_days'::regclass order by c.relname`.execute(
    database,
  );
  return rows.map(({ name }) => dayOf(Date.parse(name.replace(/^.*_(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'))));
}

/** Since when entries are kept: on PostgreSQL a day leaves as a whole, so that its first entry stays as long as its last. */
export const keptSince = (database: Database, since: number): number =>
  isPostgres(database) ? dayOf(since).begins : since;

/**
 * Drops the days that ended before a moment. One that is being read for longer than half a second, by a copy of the database
 * for example, stays until the next time.
 */
export async function dropDays(database: Database, since: number): Promise<void> {
  for (const { table, ends } of await daysOf(database)) if (ends <= since) await dropDay(database, table);
}

/** @returns whether it was dropped */
export async function dropDay(database: Database, table: string): Promise<boolean> {
  try {
    await database.transaction().execute(async (step) => {
      await sql`select set_config('lock_timeout', ${lockPatience}, true)`.execute(step);
      await sql`drop table if exists ${sql.table(table)}`.execute(step);
    });
  } catch (problem) {
    if (!isLocked(problem)) throw problem;
    return false;
  }
  existingDays(database).delete(table);
  return true;
}

/** SQLSTATE of a lock that was not available in time; stores name it `databaseUnavailable`. */
const isLocked = (problem: unknown): boolean =>
  ((problem as { cause?: { code?: string } }).cause ?? (problem as { code?: string })).code === '55P03';

/** Removes the entries of a tenant from every day. */
export async function clearDays(database: Database, tenantId: string): Promise<void> {
  for (const { table } of await daysOf(database))
    await deleteInBatches(database, table as 'sign_ins', sql`tenant_id = ${tenantId}`);
}

/** Days that one statement looks at: it holds a lock on each table and each of their indexes. */
const daysOfPart = 8;

/** Milliseconds for which the days that there are stay known. */
const partsMemory = 60_000;
const knownParts = new WeakMap<object, { readonly at: number; readonly parts: readonly Part[] }>();

/** A part of the log. Both ends belong to it. */
export interface Part {
  readonly from?: Date;
  readonly until?: Date;
}

/** The log in parts of a few days, newest first, which together are the whole of it. On SQLite it has one. */
async function partsOf(database: Database): Promise<readonly Part[]> {
  if (!isPostgres(database)) return [{}];
  const { adapter } = database.getExecutor();
  const memory = knownParts.get(adapter);
  if (memory && performance.now() - memory.at < partsMemory) return memory.parts;
  const beginnings = (await daysOf(database)).toReversed().map(({ begins }) => begins);
  const starts = beginnings.filter(
    (_, index) => index % daysOfPart === daysOfPart - 1 && index < beginnings.length - 1,
  );
  const parts = [...starts, undefined].map((start, index) => ({
    ...(start === undefined ? {} : { from: new Date(start) }),
    ...(index === 0 ? {} : { until: new Date(starts[index - 1]! - 1) }),
  }));
  knownParts.set(adapter, { at: performance.now(), parts });
  return parts;
}

/** A page of the log, whose rows are read part by part until it is full. */
export async function readInParts<T>(
  database: Database,
  query: Part & { readonly top: number; readonly isOldestFirst?: boolean | undefined },
  read: (part: Part & { readonly top: number }) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const parts = await partsOf(database);
  const page: T[] = [];
  for (const part of query.isOldestFirst ? parts.toReversed() : parts) {
    const from = latest(part.from, query.from);
    const until = earliest(part.until, query.until);
    if (from && until && from > until) continue;
    page.push(...(await read({ ...(from && { from }), ...(until && { until }), top: query.top - page.length })));
    if (page.length >= query.top) break;
  }
  return page;
}

const latest = (first: Date | undefined, second: Date | undefined) =>
  first && second && first < second ? second : (first ?? second);
const earliest = (first: Date | undefined, second: Date | undefined) =>
  first && second && first > second ? second : (first ?? second);
