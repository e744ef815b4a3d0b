import { sql } from 'kysely';
import { type Part, type ReadLog, readParts } from '../day-tables/parts.ts';
import { clearDaysOf, dropDaysOf, intoDay, type LogOfDays, makeDaysOf } from '../day-tables/tables.ts';
import type { Database, TenantDatabase } from '../schema.ts';
import { deleteInBatches } from '../statements/delete-in-batches.ts';
import { isPostgres } from '../statements/is-postgres.ts';

/** On PostgreSQL the changes of a day are a table, and its refusals another one, because they are kept for different times (migration 035). */
type AuditTables = 'audit_days' | 'refusal_days';

const logOf = (parent: AuditTables, prefix: string): LogOfDays => ({
  parent,
  prefix,
  daysAhead: 1,
  make: ({ table, begins, ends }) => sql`select make_audit_day(${parent}, ${table}, ${begins}, ${ends})`,
});
const changes = logOf('audit_days', 'audits_');
const refusals = logOf('refusal_days', 'refusals_');

/** A page is read from at most 16 days at a time: 16 tables of changes with five indexes each, and of refusals with six. */
const readLog: ReadLog = { logs: [changes, refusals], daysOfPart: 16 };

/** What to read the audit log from: every row, under the name `audits`. */
export const auditLogOf = (database: Database): 'audits' =>
  isPostgres(database) ? ('audit_log as audits' as 'audits') : 'audits';

/** Makes the tables of the day of a moment and of the day after it. */
export async function makeAuditDays(database: Database, at: Date): Promise<void> {
  for (const log of [changes, refusals]) await makeDaysOf(database, log, at);
}

/** Writes a row. `insert` is given the name of the table: for a refusal that of its day, which alone knows the count of refusals. */
export async function intoAudits<T>(
  database: Database,
  { at, kind }: { readonly at: number; readonly kind: 'change' | 'refusal' },
  insert: (table: 'audits') => Promise<T>,
): Promise<T> {
  if (!isPostgres(database)) return insert('audits');
  const log = kind === 'refusal' ? refusals : changes;
  const tableFor = (leaf: string) => (kind === 'refusal' ? leaf : log.parent) as 'audits';
  return intoDay(database, { log, at }, (leaf) => insert(tableFor(leaf)));
}

/** Since when rows are kept, in milliseconds; changes without an end where it is undefined. */
interface AuditRetention {
  readonly refusalsSince: number;
  readonly changesSince: number | undefined;
}

/** Removes what is older: days as a whole, and rows of `audits` of each tenant in statements of a few rows. */
export async function pruneAudits(
  database: Database,
  tenantIds: readonly string[],
  { refusalsSince, changesSince }: AuditRetention,
): Promise<void> {
  for (const id of tenantIds) {
    await removeRows({ database, tenantId: id }, { result: 'failure', before: refusalsSince });
    if (changesSince !== undefined)
      await removeRows({ database, tenantId: id }, { result: 'success', before: changesSince });
  }
  await dropDaysOf(database, refusals, refusalsSince);
  if (changesSince !== undefined) await dropDaysOf(database, changes, changesSince);
}

const removeRows = (
  { database, tenantId }: TenantDatabase,
  { result, before }: { readonly result: 'success' | 'failure'; readonly before: number },
): Promise<number> =>
  deleteInBatches(database, 'audits', sql`tenant_id = ${tenantId} and result = ${result} and at < ${before}`);

/** Removes the rows of a tenant from every day. */
export async function clearAuditDays(store: TenantDatabase): Promise<void> {
  for (const log of [changes, refusals]) await clearDaysOf(store, log);
}

/** A page of the audit log, whose rows are read part by part until it is full. */
export const readAudits = <T>(
  database: Database,
  query: Part & { readonly top: number; readonly isOldestFirst?: boolean | undefined },
  read: (part: Part & { readonly top: number }) => Promise<readonly T[]>,
): Promise<readonly T[]> => readParts({ database, log: readLog }, query, read);
