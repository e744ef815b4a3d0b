import { type Kysely, type Migration, PostgresAdapter, sql } from 'kysely';

/**
 * What each node tells the others of its sources: a few rows a node, which are written over and over. They are of the last
 * seconds, so that PostgreSQL need not keep them over a crash, nor copy them to a replica.
 */
export const nodeReports: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
    await sql
      .raw(
        `create ${isPostgres ? 'unlogged ' : ''}table node_reports (node_id text not null, slot integer not null,
           number bigint not null, at bigint not null, report text not null,
           constraint node_reports_key primary key (node_id, slot))${isPostgres ? ' with (fillfactor = 50)' : ''}`,
      )
      .execute(db);
  },
};
