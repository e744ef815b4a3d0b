import { type ExpressionBuilder, type ExpressionWrapper, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import {
  type AssuranceKind,
  type SignInCondition,
  type SignInCount,
  type SignInRecord,
  signInEventKinds,
} from '#model/sign-in.ts';
import type { Period, SignInReports } from '#ports/logs.ts';
import type { Schema, TenantDatabase } from '../../database/schema.ts';
import { signInLogOf } from '../../database/sign-in-log/days.ts';
import { partsOf, type Slices, within } from './log-slices.ts';

type Table = ExpressionBuilder<Schema, 'sign_ins'>;
type Entries = SelectQueryBuilder<Schema, 'sign_ins', object>;

/**
 * Columns of the index on the time. With one sign in front of it a column is no use to another index, so that the database
 * reads what is counted from this index and no entry.
 */
const columns = {
  errorNumber: sql<number>`+sign_ins.error_number`,
  eventKind: sql<number>`+sign_ins.event_kind`,
  appId: sql<string>`coalesce(sign_ins.app_id, '')`,
  createdDateTime: sql<number>`sign_ins.created_at`,
} as const;
const operators = { eq: '=', ne: '!=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const;

type Condition = ExpressionWrapper<Schema, 'sign_ins', unknown>;

function conditionOf(is: Table, condition: SignInCondition): Condition {
  switch (condition.kind) {
    case 'and':
      return is.and([conditionOf(is, condition.left), conditionOf(is, condition.right)] as never) as Condition;
    case 'or':
      return is.or([conditionOf(is, condition.left), conditionOf(is, condition.right)] as never) as Condition;
    case 'not':
      return is.not(conditionOf(is, condition.of) as never) as unknown as Condition;
    case 'compare': {
      const column = columns[condition.column] as RawBuilder<string | number>;
      return is(column, operators[condition.operator], condition.value) as unknown as Condition;
    }
  }
}

/** Counts and groups of one tenant's sign-in log. */
export function openLogReports(
  store: TenantDatabase,
  inSlices: Slices,
): Pick<SignInReports, 'count' | 'summary' | 'assurance'> {
  const { database, tenantId } = store;
  const entries = () => database.selectFrom(signInLogOf(database)).where('tenant_id', '=', tenantId);
  return {
    count: (query, ceiling) => countIn(store, query, ceiling),
    summary: ({ from, until, milliseconds, ...query }) =>
      inSlices(['summary', query], { from, until, milliseconds }, async (slice) => {
        const start = startOf(from, milliseconds);
        const rows = await matching(entries(), { ...query, ...slice })
          .select(({ fn }) => [start.as('start'), 'status', 'error_number', fn.countAll().as('count')])
          .groupBy([start, 'status', 'error_number'])
          .orderBy(start)
          .execute();
        return rows.map((row) => ({
          start: new Date(Number(row.start)),
          status: row.status as SignInRecord['status'],
          errorNumber: Number(row.error_number),
          count: Number(row.count),
        }));
      }),
    assurance: ({ from, until, milliseconds }) =>
      inSlices(['assurance'], { from, until, milliseconds }, async (slice) => {
        const start = startOf(from, milliseconds);
        const rows = await within(entries(), slice)
          .where('status', '=', 'success')
          .where(columns.eventKind, '=', signInEventKinds.interactiveUser)
          .where('report', 'is not', null)
          .select(({ fn }) => [start.as('start'), 'report', fn.countAll().as('count')])
          .groupBy([start, 'report'])
          .orderBy(start)
          .execute();
        return rows.map((row) => ({
          start: new Date(Number(row.start)),
          kind: JSON.parse(row.report!) as AssuranceKind,
          count: Number(row.count),
        }));
      }),
  };
}

/**
 * How many entries match, up to a ceiling. The entries of one user, address or session are few and are counted at once; others
 * in parts of the time.
 */
async function countIn(log: TenantDatabase, query: SignInCount, ceiling: number): Promise<number> {
  const { userId, userPrincipalName, ipAddress, sessionId } = query;
  const isOfOne = [userId, userPrincipalName, ipAddress, sessionId].some((key) => key !== undefined);
  const { from, until } = query;
  const period = { ...(from && { from }), ...(until && { until }) };
  let count = 0;
  for await (const part of isOfOne ? [period] : partsOf(log, period)) {
    count += await countAtOnce(log, { ...query, ...part }, ceiling - count);
    if (count >= ceiling) break;
  }
  return count;
}

async function countAtOnce({ database, tenantId }: TenantDatabase, query: SignInCount, ceiling: number) {
  const entries = database.selectFrom(signInLogOf(database)).where('tenant_id', '=', tenantId);
  const entriesUpToCeiling = matching(entries, query).select(sql<number>`1`.as('one')).limit(ceiling);
  const row = await database
    .selectFrom(entriesUpToCeiling.as('match'))
    .select(({ fn }) => fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Rows per kind of entry with a certificate in a period. */
export const reportCounts = (
  { database, tenantId }: TenantDatabase,
  { from, until }: Pick<Period, 'from' | 'until'>,
  inSlices: Slices,
) =>
  inSlices(['kinds'], { from, until, milliseconds: day }, async (slice) =>
    within(database.selectFrom(signInLogOf(database)).where('tenant_id', '=', tenantId), slice)
      .where('report', 'is not', null)
      .select(({ fn }) => ['report', fn.countAll().as('count')])
      .groupBy('report')
      .execute(),
  );

/** The beginning of the length of time that an entry lies in, as epoch milliseconds. Numbers stand in the text: they are ours. */
function startOf(from: Date, milliseconds: number): RawBuilder<number> {
  const [begin, length] = [sql.lit(from.getTime()), sql.lit(milliseconds)];
  return sql<number>`${begin} + ((sign_ins.created_at - ${begin}) / ${length}) * ${length}`;
}

const day = 86_400_000;

/** Entries that a count is about. An equality is looked up in its own index, and its few entries are read. */
function matching(query: Entries, { condition, from, until, ...keys }: SignInCount): Entries {
  let filteredEntries = within(query, { ...(from ? { from } : {}), ...(until ? { until } : {}) });
  if (condition) filteredEntries = filteredEntries.where((is) => conditionOf(is, condition) as never);
  for (const [column, value] of [
    ['user_id', keys.userId],
    ['upn', keys.userPrincipalName?.toLowerCase()],
    ['ip_address', keys.ipAddress],
    ['session_id', keys.sessionId],
  ] as const)
    if (value !== undefined) filteredEntries = filteredEntries.where(column, '=', value);
  return filteredEntries;
}
