import { setImmediate } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import type { TenantDatabase } from '../schema.ts';

/** Users that one statement counts: some milliseconds. */
const countedAtOnce = 10_000;

/**
 * How many different users a table names. An index has the rows in the order of users, so that no statement reads more than its
 * part of them.
 */
export async function countUsers(
  { database, tenantId }: TenantDatabase,
  {
    table,
    column = 'user_id',
    where,
  }: { readonly table: string; readonly column?: string; readonly where?: RawBuilder<unknown> },
): Promise<number> {
  const user = sql.ref(column);
  let total = 0;
  for (let after = ''; ; ) {
    const { rows } = await sql<{ count: number | string; last: string | null }>`
      select count(*) as count, max(id) as last from (
        select distinct ${user} as id from ${sql.table(table)}
        where tenant_id = ${tenantId} and ${user} > ${after}${where ? sql` and ${where}` : sql``}
        order by ${user} limit ${countedAtOnce}
      ) as part`.execute(database);
    const count = Number(rows[0]!.count);
    total += count;
    if (count < countedAtOnce) return total;
    after = rows[0]!.last!;
    await setImmediate(); // other requests have a turn
  }
}
