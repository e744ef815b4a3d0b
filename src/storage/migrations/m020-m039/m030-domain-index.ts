import { type Kysely, type Migration, PostgresAdapter, sql } from 'kysely';

/** Users are looked up by the domain of their name, and the few groups that lend roles are found without reading the others. */
export const domainIndex: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
    const domain = isPostgres ? `split_part(upn_key, '@', 2)` : `substr(upn_key, instr(upn_key, '@') + 1)`;
    await sql.raw(`create index users_by_domain on users (tenant_id, ${domain}, id)`).execute(db);
    await sql
      .raw(
        `create index groups_lending_roles on groups (tenant_id, id) where profile like '%"isAssignableToRole":true%'`,
      )
      .execute(db);
  },
};
