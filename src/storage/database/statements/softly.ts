import { sql } from 'kysely';
import type { Database } from '../schema.ts';
import { isPostgres } from './is-postgres.ts';
import { softMark } from './statement-channel.ts';

/** What Kysely's builders of changes share. */
interface Change {
  returning(column: unknown): unknown;
  modifyEnd(text: unknown): unknown;
}

/**
 * The change with a commit that does not wait for the disk, where it is a statement by itself. PostgreSQL switches
 * `synchronous_commit` off for the transaction of the statement; SQLite goes by the mark.
 */
export function softly<Q>(query: Q, database: Database): Q {
  const change = query as Change;
  const isOff = sql<string>`set_config('synchronous_commit', 'off', true)`.as('synchronous_commit');
  return (isPostgres(database) ? change.returning(isOff) : change.modifyEnd(sql.raw(softMark))) as Q;
}

/** Whether a commit waits for the disk. */
export type Wait = 'soft' | 'durable';

/** The change as it is, or {@link softly}. */
export const waiting = <Q>(query: Q, wait: Wait, database: Database): Q =>
  wait === 'soft' ? softly(query, database) : query;
