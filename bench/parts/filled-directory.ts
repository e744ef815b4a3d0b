import { sql } from 'kysely';
import { openDatabase } from '#storage/database/open.ts';
import type { Database } from '#storage/database/schema.ts';

/** The same in every run, so that a filled folder can be used again. */
export const filledGroupId = '5a0b9c1e-7d2f-4e63-8a14-0c6f3b9d2e71';

/** The numbers from one, as the column `i` of `numbers`. */
export const numbers = (count: number) =>
  sql`with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < ${sql.lit(count)})`;

/** The id of the user with a number. */
export const userId = (number: ReturnType<typeof sql>) =>
  sql`printf('%08x-1000-4000-8000-%012x', (${number} * 2654435761) % 4294967296, ${number})`;

/** Fills the demo tenant in a folder of SQLite that no server has open, as {@link fillUsers} does. */
export async function fillDirectory(folder: string, users: number): Promise<void> {
  const database = await openDatabase({ kind: 'sqlite', folder });
  await fillUsers(database, await demoTenantOf(database), users);
  await database.destroy();
}

/** The id of the demo tenant. */
export async function demoTenantOf(database: Database): Promise<string> {
  const domains = database.selectFrom('domains').select('tenant_id');
  return (await domains.where('id', '=', 'woodgrove.test').executeTakeFirstOrThrow()).tenant_id;
}

/**
 * Users, and what lists find them by: user1@woodgrove.test and so on. One in a hundred is disabled, and one in ten is in the group
 * {@link filledGroupId}.
 */
export async function fillUsers(database: Database, tenantId: string, users: number): Promise<void> {
  const tenant = sql.lit(tenantId);
  const [id, list] = [userId(sql`i`), numbers(users)];
  const group = {
    tenant_id: tenantId,
    id: filledGroupId,
    display_name: 'Everyone in ten',
    profile: null,
    created_at: 0,
  };
  await database.insertInto('groups').values(group).execute();
  await sql`insert into users (tenant_id, id, upn, upn_key, display_name, account_enabled, mail_is_shared, created_at)
    ${list} select ${tenant}, ${id}, 'user' || i || '@woodgrove.test', 'user' || i || '@woodgrove.test',
      'User ' || i || ' of ' || (i % 97), i % 100 <> 0, 0, 0 from numbers`.execute(database);
  const rows = [
    sql`'user/displayname', 'user ' || i || ' of ' || (i % 97)`,
    sql`'user/displayname~', '' || i`,
    sql`'user/userprincipalname', 'user' || i || '@woodgrove.test'`,
    sql`'user/createddatetime', '1970-01-01t00:00:00.000z'`,
    sql`'user/mail', ''`,
  ];
  for (const row of rows)
    await sql`insert or ignore into directory_index (tenant_id, property, value_key, object_id)
      ${list} select ${tenant}, ${row}, ${id} from numbers`.execute(database);
  await sql`insert into directory_index (tenant_id, property, value_key, object_id)
    ${list} select ${tenant}, 'user/accountenabled', 'false', ${id} from numbers where i % 100 = 0`.execute(database);
  await sql`insert into group_members (tenant_id, group_id, member_id, member_kind)
    ${list} select ${tenant}, ${sql.lit(filledGroupId)}, ${id}, 'user' from numbers where i % 10 = 0`.execute(database);
}
