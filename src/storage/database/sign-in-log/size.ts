import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { LogLimit, LogSize } from '#ports/logs.ts';
import { openFacts } from '../facts.ts';
import type { Database } from '../schema.ts';
import { deleteInBatches } from '../statements/delete-in-batches.ts';
import { isPostgres } from '../statements/is-postgres.ts';
import { daysOf, dropDay } from './days.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** Octets of an entry beside its packed text: its columns, and its part of each index (docs/develop/scale.md). */
const octetsBeside = 1_500;
/** Octets of an entry in the table of PostgreSQL that the version before writes. */
const octetsOfFormer = 3_000;
/** Entries of which SQLite takes the mean. */
const sampledEntries = 500;

/** What is recorded of the last removal. */
const fact = 'sign-in log limited';

/**
 * Measures the sign-in log of every tenant, and removes the oldest entries while it has more octets than `most`.
 * @param most octets; 0 is no limit
 */
export async function limitLog(database: Database, most: number, at: Date): Promise<LogSize> {
  const { octets, removedBefore } = isPostgres(database)
    ? await limitDays(database, most, at)
    : await limitEntries(database, most, at);
  if (removedBefore === undefined) return { octets };
  const limit = { removedBefore: new Date(removedBefore), at };
  await (await openFacts(database as never)).set(fact, JSON.stringify(limit));
  return { octets, limit };
}

/** The last removal; undefined where there was none. */
export async function lastLimit(database: Database): Promise<LogLimit | undefined> {
  const text = (await (await openFacts(database as never)).all()).get(fact);
  if (text === undefined) return undefined;
  const { removedBefore, at } = JSON.parse(text) as Record<keyof LogLimit, string>;
  return { removedBefore: new Date(removedBefore), at: new Date(at) };
}

interface Limited {
  readonly octets: number;
  readonly removedBefore?: number | undefined;
}

/** Entries of the table of the version before leave first, then whole days, today never. */
async function limitDays(database: Database, most: number, at: Date): Promise<Limited> {
  const sizes = await sizesOfDays(database);
  const former = await formerOctets(database);
  let octets = former + [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (most === 0 || octets <= most) return { octets };
  let removedBefore: number | undefined;
  while (former > 0 && octets > most) {
    const oldest = await oldestOf(database);
    const dayEnds = oldest === undefined ? Number.POSITIVE_INFINITY : (Math.floor(oldest / day) + 1) * day;
    if (dayEnds > at.getTime()) break;
    octets -= (await removeBefore(database, dayEnds)) * octetsOfFormer;
    removedBefore = dayEnds;
  }
  for (const { table, ends } of await daysOf(database)) {
    if (octets <= most || ends > at.getTime() || !(await dropDay(database, table))) break;
    octets -= sizes.get(table) ?? 0;
    removedBefore = ends;
  }
  return { octets, removedBefore };
}

async function sizesOfDays(database: Database): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ name: string; octets: number }>`select c.relname as name,
    pg_total_relation_size(c.oid) as octets from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
    where i.inhparent = 'sign_in_days'::regclass`.execute(database);
  return new Map(rows.map(({ name, octets }) => [name, Number(octets)]));
}

/** A table does not shrink with its rows, so its rows count. */
async function formerOctets(database: Database): Promise<number> {
  const { rows } = await sql<{ count: number }>`select n_live_tup as count from pg_stat_user_tables
    where relid = 'sign_ins'::regclass`.execute(database);
  return Number(rows[0]?.count ?? 0) * octetsOfFormer;
}

/**
 * Entries leave by the hour; those of this hour stay. A file does not shrink, so its entries count. They are counted only where the
 * log may be too large: that reads an index of all of them.
 */
async function limitEntries(database: Database, most: number, at: Date): Promise<Limited> {
  const oldest = await oldestOf(database);
  if (oldest === undefined) return { octets: 0 };
  const mean = await meanOctets(database);
  const octetsAtMost = (await entriesAtMost(database)) * mean;
  if (most === 0 || octetsAtMost <= most) return { octets: octetsAtMost };
  const thisHour = Math.floor(at.getTime() / hour) * hour;
  let [entries, newerEntries, removedBefore]: [number, number, number | undefined] = [0, 0, undefined];
  for (let begins = Math.floor(at.getTime() / day) * day; begins > oldest - day; begins -= day) {
    const ends = begins + day > at.getTime() ? Number.MAX_SAFE_INTEGER : begins + day;
    const ofDay = await entriesIn(database, begins, ends);
    entries += ofDay;
    if (removedBefore !== undefined || entries * mean <= most) continue;
    [newerEntries, removedBefore] = [entries - ofDay, begins];
    for (let from = Math.min(ends, thisHour + hour) - hour; from >= begins; from -= hour) {
      newerEntries += await entriesIn(database, from, from === thisHour ? ends : from + hour);
      removedBefore = Math.min(from + hour, thisHour);
      if (newerEntries * mean > most) break;
    }
  }
  if (removedBefore === undefined) return { octets: entries * mean };
  const rows = await removeBefore(database, removedBefore);
  return { octets: (entries - rows) * mean, removedBefore: rows === 0 ? undefined : removedBefore };
}

async function entriesIn(database: Database, from: number, before: number): Promise<number> {
  await setImmediate();
  const { rows } = await sql<{ count: number }>`select count(*) as count from tenants cross join sign_ins
    where sign_ins.tenant_id = tenants.id and sign_ins.created_at >= ${from} and sign_ins.created_at < ${before}`.execute(
    database,
  );
  return Number(rows[0]!.count);
}

/** The oldest rows leave first, so that few numbers between the first row and the last one have no row. */
async function entriesAtMost(database: Database): Promise<number> {
  const { rows } = await sql<{ count: number | null }>`select
    (select max(rowid) from sign_ins) - (select min(rowid) from sign_ins) + 1 as count`.execute(database);
  return Number(rows[0]?.count ?? 0);
}

async function meanOctets(database: Database): Promise<number> {
  const { rows } = await sql<{ mean: number | null }>`select avg(octets) as mean from
    (select coalesce(length(packed), 0) + length(document) as octets from sign_ins order by rowid desc
    limit ${sampledEntries}) as newest`.execute(database);
  return Math.round(Number(rows[0]?.mean ?? 0)) + octetsBeside;
}

/** When the oldest entry of `sign_ins` was made, of any tenant. */
async function oldestOf(database: Database): Promise<number | undefined> {
  const { rows } = await sql<{ oldest: number | null }>`select min(first) as oldest from
    (select (select sign_ins.created_at from sign_ins where tenant_id = tenants.id order by sign_ins.created_at limit 1) as first
    from tenants) as firsts`.execute(database);
  return rows[0]?.oldest === null || rows[0] === undefined ? undefined : Number(rows[0].oldest);
}

/** Removes entries of `sign_ins` in statements of a few rows each. @returns how many */
async function removeBefore(database: Database, before: number): Promise<number> {
  let count = 0;
  for (const { id } of await database.selectFrom('tenants').select('id').execute())
    count += await deleteInBatches(database, 'sign_ins', sql`tenant_id = ${id} and created_at < ${before}`);
  return count;
}
