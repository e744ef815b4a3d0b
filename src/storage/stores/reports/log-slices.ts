import { setImmediate } from 'node:timers/promises';
import type { SelectQueryBuilder } from 'kysely';
import { boundedCache } from '#net/bounded-cache.ts';
import type { Clock } from '#ports/clock.ts';
import type { Period } from '#ports/logs.ts';
import type { Schema, TenantDatabase } from '../../database/schema.ts';
import { signInLogOf } from '../../database/sign-in-log/days.ts';
import { isPostgres } from '../../database/statements/is-postgres.ts';

/** A part of the time that the log is about. */
export interface Slice {
  readonly from: Date;
  /** Belongs to the slice. */
  readonly until: Date;
}

/** A row of a report, with how many entries it stands for. */
interface Counted {
  readonly count: number | string | bigint;
}

const day = 86_400_000;
/** What a slice came to is remembered that long, so that a page that is opened again does not count the same month again. */
const memory = { slices: 2000, milliseconds: 6 * 3_600_000 } as const;
/** A slice that ended that long ago gets no more entries. */
const settled = 15 * 60_000;
/** On SQLite a statement holds up the event loop: one that counts entries reads at most that many, unless more are of one moment. */
const entriesAtOnce = 4000;

/** The entries of a period. */
export function within<Q extends SelectQueryBuilder<Schema, 'sign_ins', unknown>>(
  query: Q,
  { from, until }: Partial<Slice>,
): Q {
  let slice = query as unknown as SelectQueryBuilder<Schema, 'sign_ins', object>;
  if (from) slice = slice.where('created_at', '>=', from.getTime());
  if (until) slice = slice.where('created_at', '<=', until.getTime());
  return slice as unknown as Q;
}

/**
 * The parts of a period, oldest first, of which each is read in some milliseconds. PostgreSQL works in processes of its own, and
 * has a single part.
 */
export async function* partsOf(
  { database, tenantId }: TenantDatabase,
  { from, until }: Partial<Slice>,
): AsyncGenerator<Partial<Slice>> {
  const rest = { ...(until && { until }) };
  for (let begin = from; ; ) {
    const next = isPostgres(database)
      ? undefined
      : await within(database.selectFrom(signInLogOf(database)), { ...(begin && { from: begin }), ...rest })
          .where('tenant_id', '=', tenantId)
          .select('created_at')
          .orderBy('created_at')
          .offset(entriesAtOnce)
          .limit(1)
          .executeTakeFirst();
    if (!next) {
      yield { ...(begin && { from: begin }), ...rest };
      return;
    }
    const end = Math.max(Number(next.created_at) - 1, begin?.getTime() ?? Number.NEGATIVE_INFINITY);
    yield { ...(begin && { from: begin }), until: new Date(end) };
    if (until && end >= until.getTime()) return;
    begin = new Date(end + 1);
    await setImmediate();
  }
}

/** Reads a period slice by slice. `name` says what is read, and by which conditions. */
export type Slices = <T extends Counted>(
  name: readonly unknown[],
  period: Period,
  read: (slice: Slice) => Promise<readonly T[]>,
) => Promise<readonly T[]>;

/**
 * A period in slices of about a day that hold whole lengths of time, one after the other, each in parts: a month of a large log
 * is read in statements of some milliseconds, and requests come in between.
 */
export function openSlices(log: TenantDatabase, clock: Clock): Slices {
  const slices = boundedCache<readonly never[]>(memory.slices, { ttl: memory.milliseconds });
  return async (name, { from, until, milliseconds }, read) => {
    const rows = [];
    const size = Math.max(1, Math.round(day / milliseconds)) * milliseconds;
    for (let begin = from.getTime(); begin <= until.getTime(); begin += size) {
      const slice = { from: new Date(begin), until: new Date(Math.min(begin + size - 1, until.getTime())) };
      const end = slice.until.getTime();
      const key = JSON.stringify([name, begin, end, milliseconds]);
      const part = slices.get(key) ?? (await readInParts(log, slice, read));
      if (end < clock.now().getTime() - settled) slices.set(key, part as readonly never[]);
      rows.push(...part);
      await setImmediate();
    }
    return rows;
  };
}

/** The rows of a slice. Rows of two parts that differ in their counts alone are one row. */
async function readInParts<T extends Counted>(
  log: TenantDatabase,
  slice: Slice,
  read: (slice: Slice) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const rows = new Map<string, T>();
  for await (const part of partsOf(log, slice))
    for (const row of await read({ ...slice, ...part })) {
      const key = JSON.stringify({ ...row, count: 0 });
      const before = rows.get(key);
      rows.set(key, before ? { ...before, count: Number(before.count) + Number(row.count) } : row);
    }
  return [...rows.values()];
}
