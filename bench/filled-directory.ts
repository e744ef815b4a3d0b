import { sql } from 'kysely';
import { openDatabase } from '#storage/database/open.ts';

/**
 * Users of the demo tenant in a folder of SQLite that no server has open, and what lists find them by: user1@woodgrove.test and so on. One
 * in a hundred is disabled, and one in ten is in a group, whose id is the answer.
 */
export async function fillDirectory(folder: string, users: number): Promise<string> {
  const database = await openDatabase({ kind: 'sqlite', folder });
  const { tenant_id } = await database
    .selectFrom('domains')
    .select('tenant_id')
    .where('id', '=', 'woodgrove.test')
    .executeTakeFirstOrThrow();
  const tenant = sql.lit(tenant_id);
  const groupId = crypto.randomUUID();
  const group = { tenant_id, id: groupId, display_name: 'Everyone in ten', profile: null, created_at: 0 };
  await database.insertInto('groups').values(group).execute();
  const id = sql`printf('%08x-1000-4000-8000-%012x', (i * 2654435761) % 4294967296, i)`;
  const numbers = sql`with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < ${sql.lit(users)})`;
  await sql`insert into users (tenant_id, id, upn, upn_key, display_name, account_enabled, mail_is_shared, created_at)
    ${numbers} select ${tenant}, ${id}, 'user' || i || '@woodgrove.test', 'user' || i || '@woodgrove.test',
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
      ${numbers} select ${tenant}, ${row}, ${id} from numbers`.execute(database);
  await sql`insert into directory_index (tenant_id, property, value_key, object_id)
    ${numbers} select ${tenant}, 'user/accountenabled', 'false', ${id} from numbers where i % 100 = 0`.execute(
    database,
  );
  await sql`insert into group_members (tenant_id, group_id, member_id, member_kind)
    ${numbers} select ${tenant}, ${sql.lit(groupId)}, ${id}, 'user' from numbers where i % 10 = 0`.execute(database);
  await database.destroy();
  return groupId;
}
