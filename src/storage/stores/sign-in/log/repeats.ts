import { hash } from 'node:crypto';
import { type ExpressionBuilder, sql } from 'kysely';
import type { SignInRecord } from '#model/sign-in.ts';
import type { Database, Schema, TenantDatabase } from '#storage/database/schema.ts';
import { signInLog, signInLogOf } from '#storage/database/sign-in-log/days.ts';
import { hotStatement } from '#storage/database/statements/hot-statement.ts';
import { isPostgres } from '#storage/database/statements/is-postgres.ts';
import { type Wait, waiting } from '#storage/database/statements/softly.ts';

/** When entries of the sign-in log become one entry with a count (docs/settings.md, "Limits"). */
export interface RepeatRules {
  /** Length of the window in seconds; 0 never collapses. Windows begin at multiples of it since 1970. */
  readonly seconds: number;
  /** Entries of failures and interruptions that one source may add to a tenant's log in one window. */
  readonly mostOfSource: number;
  /** The source of an IP address: IPv6 addresses of one /64 are one source. */
  sourceOf(ipAddress: string): string;
}
export const usualRepeats: RepeatRules = { seconds: 600, mostOfSource: 500, sourceOf: (address) => address };

/** How many correlation ids of collapsed attempts an entry keeps: the latest. */
export const mostCorrelations = 20;

const digest = (parts: readonly unknown[]) => hash('sha256', JSON.stringify(parts), 'base64url');

/** Entries that a source may add before they are counted again, by its window; {@link spent} where it has added the most. */
export interface Budget {
  get(sourceWindow: string): number | undefined;
  set(sourceWindow: string, entries: number): unknown;
}

/** Of the entries that are left, so many are added before they are counted again: other nodes add some of their own. */
const countedPart = 20;

/** A window never has fewer entries again: its next ones are not counted. */
const spent = -1;

interface SourceWindow {
  readonly tenantId: string;
  readonly sourceWindow: string;
  readonly mostOfSource: number;
  /** When the window begins. */
  readonly since: number;
}

async function isBeyondMost(
  database: Database,
  { tenantId, sourceWindow, mostOfSource, since }: SourceWindow,
  budget: Budget,
): Promise<boolean> {
  const left = budget.get(sourceWindow) ?? 0;
  if (left === spent) return true;
  if (left > 0) {
    budget.set(sourceWindow, left - 1);
    return false;
  }
  const rows = await database
    .selectFrom(signInLogOf(database))
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('source_window', '=', sourceWindow)
    // So that PostgreSQL looks at the days of the window alone.
    .$if(isPostgres(database), (query) => query.where('created_at', '>=', since))
    .limit(mostOfSource)
    .execute();
  const isBeyond = rows.length >= mostOfSource;
  budget.set(sourceWindow, isBeyond ? spent : Math.floor((mostOfSource - rows.length) / countedPart));
  return isBeyond;
}

/** The columns that collapse an entry, and the record to write. Successes have none. */
export async function repeatColumns(
  { database, tenantId }: TenantDatabase,
  record: SignInRecord,
  certificate: string | undefined,
  { seconds, mostOfSource, sourceOf, budget }: RepeatRules & { readonly budget: Budget },
) {
  const at = record.createdDateTime.getTime();
  const plain = { record, repeat_key: null, source_window: null, repeat_count: null, repeated_at: null };
  if (seconds === 0 || record.status === 'success') return plain;
  const window = Math.floor(at / (seconds * 1000));
  const sourceWindow = digest([sourceOf(record.ipAddress), window]);
  const since = window * seconds * 1000;
  const isBeyond = await isBeyondMost(database, { tenantId, sourceWindow, mostOfSource, since }, budget);
  const counted = { ...plain, source_window: sourceWindow };
  if (record.status === 'interrupted' && !isBeyond) return counted;
  const { userId, userPrincipalName, appId, because, isInteractive, status } = record;
  const name = userPrincipalName.toLowerCase();
  const same = [sourceWindow, status, isInteractive, userId ?? null, name, appId, because.code];
  const collapsed = { ...counted, repeat_count: 1, repeated_at: at };
  // What Conditional Access said and the evidence are part of an entry (LOG-9): attempts in which they differ are two entries.
  const policies = record.appliedConditionalAccessPolicies ?? [];
  const details = [certificate ?? null, ...policies, stableEvidence(because)];
  if (!isBeyond) return { ...collapsed, repeat_key: digest([...same, ...details]) };
  if (userId !== undefined)
    return { ...collapsed, record: { ...record, isOfManyCauses: true as const }, repeat_key: digest(same) };
  const summary: SignInRecord = { ...record, userPrincipalName: '', isOfManyNames: true };
  return { ...collapsed, record: summary, repeat_key: digest([sourceWindow, status]) };
}

/** Evidence that is measured at the time of an attempt: it differs between attempts that fail in the same way. */
const measurements: ReadonlySet<string> = new Set(['now', 'received']);

const stableEvidence = ({ evidence }: SignInRecord['because']) =>
  Object.entries(evidence ?? {}).filter(([name]) => !measurements.has(name));

/** Keeps the correlation id of a collapsed attempt, in place of the oldest one of its entry. */
export async function keepCorrelation(
  { database, tenantId }: TenantDatabase,
  repeat: { readonly signInId: string; readonly count: number; readonly correlationId: string; readonly at: number },
  wait: Wait,
): Promise<void> {
  const values = { tenant_id: tenantId, sign_in_id: repeat.signInId, slot: repeat.count % mostCorrelations };
  await insertCorrelation(database, { ...values, correlation_id: repeat.correlationId, repeated_at: repeat.at }, wait);
}
const insertCorrelation = hotStatement((database, values: Schema['repeated_sign_ins'], wait: Wait) => {
  const { tenant_id, sign_in_id, slot, correlation_id, repeated_at } = values;
  const correlation = { correlation_id, repeated_at };
  const insertion = database
    .insertInto('repeated_sign_ins')
    .values({ tenant_id, sign_in_id, slot, ...correlation })
    .onConflict((on) => on.columns(['tenant_id', 'sign_in_id', 'slot']).doUpdateSet(correlation));
  return waiting(insertion, wait, database);
});

/**
 * Holds for an entry with this correlation id, and for one into which an attempt with it was collapsed. Both are looked up by
 * their own index first: joined by "or", SQLite read the whole log instead.
 * @param isInDays whether the log has a table a day
 */
export const hasCorrelation = (is: ExpressionBuilder<Schema, 'sign_ins'>, correlationId: string, isInDays: boolean) =>
  is(
    'sign_ins.id',
    'in',
    is
      .selectFrom(signInLog(isInDays))
      .select('sign_ins.id')
      .where('sign_ins.correlation_id', '=', correlationId)
      .union(
        is
          .selectFrom('repeated_sign_ins')
          .select('sign_in_id as id')
          .where('repeated_sign_ins.correlation_id', '=', correlationId),
      ),
  );

/** One more: the count is raised by the database, so that two nodes lose none. */
export function raised(table: string, at: number) {
  const [count, last] = [sql.ref(`${table}.repeat_count`), sql.ref(`${table}.repeated_at`)];
  return {
    repeat_count: sql<number>`${count} + 1`,
    repeated_at: sql<number>`case when ${last} > ${at} then ${last} else ${at} end`,
  };
}
