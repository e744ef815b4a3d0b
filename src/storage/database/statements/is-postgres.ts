import { PostgresAdapter } from 'kysely';

/** Whether this is PostgreSQL; else it is SQLite. */
export const isPostgres = (database: { getExecutor(): { readonly adapter: unknown } }): boolean =>
  database.getExecutor().adapter instanceof PostgresAdapter;
