import { type Kysely, type Migration, PostgresAdapter, sql } from 'kysely';

/**
 * Assignments of users are found by the application, and grants of permissions by the user, without reading all of the tenant.
 * So are the groups of a member: SQLite took the key of the table instead of the index of members, and read every membership of the tenant,
 * because that index had not all that was read.
 */
export const partyIndex: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
    const textOf = (property: string) =>
      isPostgres ? `(document::json ->> '${property}')` : `json_extract(document, '$.${property}')`;
    await sql
      .raw(
        `create index objects_assigned_to on objects (tenant_id, ${textOf('resourceId')}, id) where kind = 'appRoleAssignments'`,
      )
      .execute(db);
    await sql
      .raw(
        `create index objects_granted_for on objects (tenant_id, ${textOf('principalId')}, id) where kind = 'oauth2PermissionGrants'`,
      )
      .execute(db);
    if (!isPostgres)
      await sql.raw(`create index group_members_of on group_members (tenant_id, member_id, group_id)`).execute(db);
  },
};
