import { sql } from 'kysely';
import type { Database } from '../database/schema.ts';

/** The parts of a tenant that change on their own, each a set of tables (migration 021). */
export type Area = 'tenants' | 'policy' | 'applications' | 'objects' | 'directory' | 'habits';

/** The tenant under which changes are marked that are of no tenant. */
export const installation = '';

/** What marks a state of each area: another text after every change. An area that was never changed has none. */
export type Marks = ReadonlyMap<string, string>;

/** More marks of one area than this are thinned out. */
const mostMarks = 100;

/**
 * Reads the marks of the installation and of a tenant in one statement. The state of an area is the number of its marks with
 * the lowest and the highest: each change adds one, and thinning out takes the lowest away, which never comes back.
 */
export async function readMarks(database: Database, tenantId: string): Promise<Marks> {
  const rows = await database
    .selectFrom('change_marks')
    .select(({ fn }) => [
      'tenant_id',
      'area',
      fn.countAll().as('count'),
      fn.min('mark').as('lowest'),
      fn.max('mark').as('highest'),
    ])
    .where('tenant_id', 'in', [installation, tenantId])
    .groupBy(['tenant_id', 'area'])
    .execute();
  if (rows.some(({ count }) => Number(count) > mostMarks)) thin(database, tenantId).catch(() => undefined);
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

/** Leaves the highest mark of each area. */
async function thin(database: Database, tenantId: string): Promise<void> {
  await database
    .deleteFrom('change_marks as old')
    .where('old.tenant_id', 'in', [installation, tenantId])
    .where('old.mark', '<', (is) =>
      is
        .selectFrom('change_marks as new')
        .select(({ fn }) => fn.max('new.mark').as('mark'))
        .whereRef('new.tenant_id', '=', 'old.tenant_id')
        .whereRef('new.area', '=', 'old.area'),
    )
    .execute();
}
