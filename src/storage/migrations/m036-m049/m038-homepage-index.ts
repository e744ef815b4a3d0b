import { type Kysely, type Migration, PostgresAdapter, sql } from 'kysely';

/**
 * Applications that users can open are found without reading those that have no homepage; the owners of applications by the owner, and
 * grants of permissions by the application that they are for.
 */
export const homepageIndex: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
    const textOf = (property: string) =>
      isPostgres ? `(document::json ->> '${property}')` : `json_extract(document, '$.${property}')`;
    for (const index of [
      `applications_with_homepage on applications (tenant_id, display_name, id) where ${textOf('homepage')} is not null`,
      `objects_granted_on on objects (tenant_id, ${textOf('resourceId')}, id) where kind = 'oauth2PermissionGrants'`,
      `objects_owned_by on objects (tenant_id, ${textOf('ownerId')}, id) where kind = 'applicationOwners'`,
    ])
      await sql.raw(`create index ${index}`).execute(db);
  },
};
