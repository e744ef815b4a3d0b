import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { RefusedOperation } from '#model/audit.ts';
import type { TenantDatabase } from '../schema.ts';
import { currentCorrelation } from './correlation.ts';
import { intoAudits } from './days.ts';

/** Instead of a tenant's id: the audit log of the installation, for what no tenant was named of. */
export const installationLog = '';

/** Identical refusals within one hour of the clock are one row: a caller adds no more rows than it has operations and reasons. */
const window = 3600 * 1000;

/** Text that a caller wrote is cut: characters of a text, entries of a list or an object, levels. */
const most = { characters: 200, entries: 20, levels: 4 } as const;

/** Writes the row of a refused operation, or raises the count of the row that is there. */
export async function noteRefusal(
  { database, tenantId }: TenantDatabase,
  now: Date,
  { activity, operation, targetKind, targetId, actor, caller, because }: RefusedOperation,
): Promise<void> {
  const at = now.getTime();
  const correlationId = currentCorrelation();
  const same = [caller, activity, operation, targetKind, because.code, Math.floor(at / window)];
  const row = {
    tenant_id: tenantId,
    id: crypto.randomUUID(),
    at,
    actor,
    activity,
    target_id: bounded(targetId, 0) as string,
    old_value: null,
    new_value: JSON.stringify({ operation, targetKind }),
    result: 'failure',
    reason: because.code,
    evidence: JSON.stringify(bounded(because.evidence, 0)),
    repeat_key: createHash('sha256').update(JSON.stringify(same)).digest('base64url'),
    repeat_count: 1,
    repeated_at: at,
    correlation_id: correlationId,
  } as const;
  await intoAudits(database, { at, kind: 'refusal' }, (table) =>
    database
      .insertInto(table)
      .values(row)
      .onConflict((on) =>
        on.columns(['tenant_id', 'repeat_key']).doUpdateSet({
          // Raised by the database, so that two nodes lose none.
          repeat_count: sql<number>`${sql.table(table)}.repeat_count + 1`,
          repeated_at: sql<number>`case when ${sql.table(table)}.repeated_at > ${at} then ${sql.table(table)}.repeated_at else ${at} end`,
          // All of the newest one, which is the one that its caller reports: the row found by its correlation id is about it.
          correlation_id: correlationId,
          actor,
          target_id: row.target_id,
          evidence: row.evidence,
        }),
      )
      .execute(),
  );
}

function bounded(value: unknown, level: number): unknown {
  if (typeof value === 'string')
    return value.length > most.characters ? `${value.slice(0, most.characters - 1)}…` : value;
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (level === most.levels) return null;
  if (Array.isArray(value)) return value.slice(0, most.entries).map((item) => bounded(item, level + 1));
  const entries = Object.entries(value).slice(0, most.entries);
  return Object.fromEntries(entries.map(([name, item]) => [name, bounded(item, level + 1)]));
}
