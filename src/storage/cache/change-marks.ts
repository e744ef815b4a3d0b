import { sql } from 'kysely';
import type { TenantDatabase } from '../database/schema.ts';
import { hotStatement } from '../database/statements/hot-statement.ts';

/** The parts of a tenant that change on their own, each a set of tables (migrations 021 and 027). */
export type Area = 'tenants' | 'crls' | 'policy' | 'applications' | 'objects' | 'directory' | 'habits';

/** The tenant under which changes are marked that are of no tenant. */
export const installation = '';

/** What marks a state of each area: another text after every change. An area that was never changed has none. */
export type Marks = ReadonlyMap<string, string>;

/** More marks of one area than this are thinned out. */
const mostMarks = 100;

const marksOfTenant = hotStatement((database, { tenantId }: { readonly tenantId: string }) =>
  database
    .selectFrom('change_marks')
    .select(({ fn }) => [
      'tenant_id',
      'area',
      fn.countAll().as('count'),
      fn.min('mark').as('lowest'),
      fn.max('mark').as('highest'),
    ])
    .where('tenant_id', 'in', [installation, tenantId])
    .groupBy(['tenant_id', 'area']),
);

/**
 * Reads the marks of the installation and of a tenant in one statement. The state of an area is the number of its marks with
 * the lowest and the highest: each change adds one, and thinning out replaces them by a mark that was never there.
 */
export async function readMarks(store: TenantDatabase): Promise<Marks> {
  const { database, tenantId } = store;
  const { rows } = await marksOfTenant(database, { tenantId });
  if (rows.some(({ count }) => Number(count) > mostMarks)) thin(store).catch(() => undefined);
  return new Map(
    rows.map(({ tenant_id, area, count, lowest, highest }) => [
      markKey(tenant_id, area),
      `${Number(count)} ${Number(lowest)} ${Number(highest)}`,
    ]),
  );
}

/** The marks of the installation and of the tenant of a row, as a column of the statement that reads the row; PostgreSQL only. */
export const marksOf = (table: 'visits' | 'oidc_records') =>
  sql<string | null>`(
    select string_agg(concat_ws(' ', area, count, lowest, highest, tenant_id), ',')
    from (
      select tenant_id, area, count(*) as count, min(mark) as lowest, max(mark) as highest
      from change_marks
      where tenant_id in (${installation}, ${sql.ref(`${table}.tenant_id`)})
      group by tenant_id, area
    ) as of_area
  )`.as('marks');

/** What {@link marksOf} has read. */
export function marksIn(text: string | null | undefined): Marks {
  const parts = (text ?? '').split(',').filter((part) => part !== '');
  return new Map(
    parts.map((part) => {
      const [area = '', count, lowest, highest, tenantId = installation] = part.split(' ');
      return [markKey(tenantId, area), `${count} ${lowest} ${highest}`];
    }),
  );
}

/** The name of an area's mark. */
export const markKey = (tenantId: string, area: string): string => `${tenantId} ${area}`;

/**
 * Leaves one new mark of each area that has many, in one statement; PostgreSQL alone has more than one. Without a mark of its
 * own the state could be the one from before a change that commits late, and what was read then would count again.
 */
async function thin({ database, tenantId }: TenantDatabase): Promise<void> {
  await sql`
    with crowded as (
      select tenant_id, area from change_marks
      where tenant_id in (${installation}, ${tenantId})
      group by tenant_id, area having count(*) > ${mostMarks}
    ), added as (
      insert into change_marks (tenant_id, area, mark)
      select tenant_id, area, txid_current() from crowded on conflict do nothing
    )
    delete from change_marks as old using crowded
    where old.tenant_id = crowded.tenant_id and old.area = crowded.area and old.mark < txid_current()`.execute(
    database,
  );
}
