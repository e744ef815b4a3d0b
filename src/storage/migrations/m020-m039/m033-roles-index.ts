import { type Kysely, type Migration, PostgresAdapter, sql } from 'kysely';

/**
 * Applications that have permissions are found without reading those that have none, and what was deleted longest ago without reading all
 * that was deleted.
 */
export const rolesIndex: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
    const count = isPostgres
      ? `json_array_length(document::json -> 'roles')`
      : `json_array_length(document, '$.roles')`;
    await sql
      .raw(`create index applications_with_roles on applications (tenant_id, display_name, id) where ${count} > 0`)
      .execute(db);
    await sql.raw(`create index deleted_objects_by_time on deleted_objects (deleted_at, tenant_id, id)`).execute(db);
  },
};
