import type { Database } from '../schema.ts';
import { isPostgres } from '../statements/is-postgres.ts';
import { daysThere, type LogOfDays } from './tables.ts';

/** Milliseconds for which the days that there are stay known. */
const partsMemory = 60_000;

/** A part of a log. Both ends belong to it. */
export interface Part {
  readonly from?: Date;
  readonly until?: Date;
}

/** A log as it is read: from tables of these logs, a few days at a time. */
export interface ReadLog {
  readonly logs: readonly LogOfDays[];
  /** Days that one statement looks at: it holds a lock on each table and each of their indexes. */
  readonly daysOfPart: number;
}

interface KnownParts {
  readonly at: number;
  readonly parts: readonly Part[];
}
const knownParts = new WeakMap<ReadLog, WeakMap<object, KnownParts>>();

/** The log in parts of a few days, newest first, which together are the whole of it. On SQLite it has one. */
async function partsOf(database: Database, log: ReadLog): Promise<readonly Part[]> {
  if (!isPostgres(database)) return [{}];
  const { adapter } = database.getExecutor();
  const known = knownParts.get(log) ?? new WeakMap<object, KnownParts>();
  knownParts.set(log, known);
  const memory = known.get(adapter);
  if (memory && performance.now() - memory.at < partsMemory) return memory.parts;
  const parts = partsFrom(await beginningsOf(database, log), log.daysOfPart);
  known.set(adapter, { at: performance.now(), parts });
  return parts;
}

/** When the days begin that are there, newest first. */
async function beginningsOf(database: Database, { logs }: ReadLog): Promise<readonly number[]> {
  const days: number[] = [];
  for (const log of logs) days.push(...(await daysThere(database, log)).map(({ begins }) => begins));
  return [...new Set(days)].sort((first, second) => second - first);
}

function partsFrom(beginnings: readonly number[], daysOfPart: number): readonly Part[] {
  const starts = beginnings.filter(
    (_, index) => index % daysOfPart === daysOfPart - 1 && index < beginnings.length - 1,
  );
  return [...starts, undefined].map((start, index) => ({
    ...(start === undefined ? {} : { from: new Date(start) }),
    ...(index === 0 ? {} : { until: new Date(starts[index - 1]! - 1) }),
  }));
}

/** A page of the log, whose rows are read part by part until it is full. */
export async function readParts<T>(
  { database, log }: { readonly database: Database; readonly log: ReadLog },
  query: Part & { readonly top: number; readonly isOldestFirst?: boolean | undefined },
  read: (part: Part & { readonly top: number }) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const parts = await partsOf(database, log);
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

/** The later of two moments, or the one that there is. */
export const latest = (first: Date | undefined, second: Date | undefined) =>
  first && second && first < second ? second : (first ?? second);
/** The earlier of two moments, or the one that there is. */
export const earliest = (first: Date | undefined, second: Date | undefined) =>
  first && second && first > second ? second : (first ?? second);
