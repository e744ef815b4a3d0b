import { type Kysely, type Migration, PostgresAdapter, sql } from 'kysely';

/**
 * What Conditional Access came to in each entry of the sign-in log, with an index. Entries of before, and those of nodes of the
 * version before, have null: they are read and compared as before.
 */
export const accessResults: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const run = (text: string) => sql.raw(text).execute(db);
    const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
    for (const table of isPostgres ? ['sign_ins', 'sign_in_days'] : ['sign_ins']) {
      await run(`alter table ${table} add column access_result text`);
      await run(`create index ${table}_by_access on ${table} (tenant_id, access_result, created_at)`);
    }
    if (isPostgres)
      await run('create or replace view sign_in_log as select * from sign_ins union all select * from sign_in_days');
  },
};
