import { type ExpressionBuilder, type Selectable, sql, type Transaction } from 'kysely';
import type { Because } from '#core/trace/reasons.ts';
import type { AuditedRefusal, AuditRecord } from '#model/audit.ts';
import type { AuditLog } from '#ports/logs.ts';
import { earliest, latest, type Part } from '../day-tables/parts.ts';
import type { Schema, TenantDatabase, TenantStore } from '../schema.ts';
import { isPostgres } from '../statements/is-postgres.ts';
import { correlate, currentCorrelation } from './correlation.ts';
import { auditLogOf, intoAudits, readAudits } from './days.ts';
import { noteRefusal } from './refusals.ts';

/** What an administrator changed; `undefined` for what was not there before or is not there after. */
export interface Change {
  readonly activity: string;
  readonly targetId: string;
  readonly actor: string;
  readonly old?: unknown;
  readonly new?: unknown;
}

/** Writes the audit row in the transaction of the change: neither is without the other (AUD-1, AUD-2). */
export async function audit(
  { database: step, tenantId }: TenantDatabase<Transaction<Schema>>,
  at: Date,
  change: Change,
): Promise<void> {
  const text = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  const row = {
    tenant_id: tenantId,
    id: crypto.randomUUID(),
    at: at.getTime(),
    actor: change.actor,
    activity: change.activity,
    target_id: change.targetId,
    old_value: text(change.old),
    new_value: text(change.new),
    correlation_id: currentCorrelation(),
  };
  await intoAudits(step, { at: row.at, kind: 'change' }, (table) => step.insertInto(table).values(row).execute());
}

/** What administrators changed in one tenant, and what they were refused. */
export function openAudits(store: TenantStore): AuditLog {
  const { database, tenantId, clock } = store;
  return {
    note: (change) =>
      database.transaction().execute((step) => audit({ database: step, tenantId }, clock.now(), change)),
    noteRefusal: (refused) => noteRefusal(store, clock.now(), refused),
    correlate,
    async list(query) {
      if (query.activities?.length === 0) return [];
      return readAudits(database, { ...query, ...periodOf(query) }, async (part) =>
        (await pageOf(store, { ...query, ...part })).map(recordOf),
      );
    },
    async find(id) {
      const [record] = await readAudits(database, { top: 1 }, async ({ from, until }) => {
        let query = database.selectFrom(auditLogOf(database)).selectAll().where('tenant_id', '=', tenantId);
        if (from) query = query.where('at', '>=', from.getTime());
        if (until) query = query.where('at', '<=', until.getTime());
        return (await query.where('id', '=', id).execute()).map(recordOf);
      });
      return record;
    },
  };
}

type AuditQuery = Parameters<AuditLog['list']>[0];

/** The period in which the rows of a page are: not before the last row of the page before it, in the order of the pages. */
function periodOf({ from, until, before, isOldestFirst }: AuditQuery): Part {
  const begin = latest(from, isOldestFirst ? before?.activityDateTime : undefined);
  const end = earliest(until, isOldestFirst ? undefined : before?.activityDateTime);
  return { ...(begin && { from: begin }), ...(end && { until: end }) };
}

/** The rows of a page in a period, which begins or ends with the last row of the page before it. */
function pageOf(
  { database, tenantId }: TenantDatabase,
  { top, targetId, correlationId, activities, result, from, until, before, isOldestFirst }: AuditQuery,
) {
  let query = database.selectFrom(auditLogOf(database)).selectAll().where('tenant_id', '=', tenantId);
  if (targetId !== undefined) query = query.where('target_id', '=', targetId);
  if (activities !== undefined) query = query.where('activity', 'in', [...activities]);
  if (result !== undefined) query = query.where('result', '=', result);
  if (correlationId !== undefined) query = query.where((is) => isOfOperation(is, correlationId));
  const [direction, beyond] = isOldestFirst ? (['asc', '>='] as const) : (['desc', '<='] as const);
  // A range with two ends would lead SQLite to the index on the time alone, past all rows of other kinds.
  const isNarrow = !isPostgres(database) && (targetId ?? correlationId ?? activities ?? result) !== undefined;
  const timeFor = (order: '<=' | '>=') => (isNarrow && order !== beyond ? sql<number>`+at` : 'at');
  if (from) query = query.where(timeFor('>='), '>=', from.getTime());
  if (until) query = query.where(timeFor('<='), '<=', until.getTime());
  if (before !== undefined) {
    const at = before.activityDateTime.getTime();
    query = query.where((is) => is.or([is('at', '!=', at), is('id', '>', before.id)]));
  }
  return query.orderBy('at', direction).orderBy('id').limit(top).execute();
}

/** A row from before operations had an id is one by itself. */
const isOfOperation = (is: ExpressionBuilder<Schema, 'audits'>, id: string) =>
  is.or([is('correlation_id', '=', id), is.and([is('id', '=', id), is('correlation_id', 'is', null)])]);

function recordOf(row: Selectable<Schema['audits']>): AuditRecord {
  const value = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));
  return {
    id: row.id,
    correlationId: row.correlation_id ?? row.id,
    activityDateTime: new Date(row.at),
    activity: row.activity,
    targetId: row.target_id,
    actor: row.actor,
    oldValue: value(row.old_value),
    newValue: value(row.new_value),
    ...(row.result === 'failure' ? { refusal: refusalOf(row) } : {}),
  };
}

/** A row from before counts was one refusal, and has no evidence. */
function refusalOf(row: Selectable<Schema['audits']>): AuditedRefusal {
  const because = { code: row.reason ?? '', evidence: JSON.parse(row.evidence ?? 'null') } as Because;
  return { because, count: Number(row.repeat_count ?? 1), lastDateTime: new Date(Number(row.repeated_at ?? row.at)) };
}
