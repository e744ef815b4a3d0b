import { type Kysely, PostgresAdapter } from 'kysely';

/** Whether this is PostgreSQL; else it is SQLite. */
export const isPostgres = (database: Pick<Kysely<never>, 'getExecutor'>): boolean =>
  database.getExecutor().adapter instanceof PostgresAdapter;
