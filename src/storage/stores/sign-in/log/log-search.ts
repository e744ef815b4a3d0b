import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import type { AccessResult } from '#core/access/applied-policies.ts';
import type { SignInKey, SignInQuery } from '#model/sign-in.ts';
import type { Database, Schema, TenantDatabase } from '#storage/database/schema.ts';
import { signInLogOf } from '#storage/database/sign-in-log/days.ts';
import { isPostgres } from '#storage/database/statements/is-postgres.ts';
import type { RecordRow } from './packing/packed-record.ts';
import { hasCorrelation } from './repeats.ts';

/** Beyond that many, most entries match, and going through the newest ones finds a page sooner. */
const mostKeys = 100;

/**
 * What a word stands for in the log: users whose name or display name contains it, names that were typed and addresses that
 * begin with it, applications, certificates by thumbprint. Undefined where that is more than can be looked up.
 */
export async function keysOf(store: TenantDatabase, word: string): Promise<readonly SignInKey[] | undefined> {
  const { database, tenantId } = store;
  const text = word.toLowerCase();
  const place = sql.raw(isPostgres(database) ? 'strpos' : 'instr');
  /** Objects with the word in a property, from the index on it, which has texts in lower case. */
  const containing = (property: string) =>
    database
      .selectFrom('directory_index')
      .select('object_id as id')
      .where('tenant_id', '=', tenantId)
      .where('property', '=', property)
      .where(sql<boolean>`${place}(value_key, ${text}) > 0`)
      .limit(mostKeys + 1);
  const matches = await Promise.all([
    unique([keys('userId', containing('user/userprincipalname')), keys('userId', containing('user/displayname'))]),
    keys('appId', containing('application/displayname')),
    keys('userPrincipalName', entriesThatBegin(store, 'upn', text)),
    /^[0-9a-f.:]+$/.test(text) ? keys('ipAddress', entriesThatBegin(store, 'ip_address', text)) : [],
    /^[0-9a-f]{6,40}$/.test(text) ? keys('certificate', certificates(store, text)) : [],
  ]);
  const matchingKeys = matches.flat();
  return matchingKeys.length > mostKeys ? undefined : matchingKeys;
}

/** A user may have the word in both names. */
const unique = async (parts: readonly Promise<readonly SignInKey[]>[]): Promise<readonly SignInKey[]> => [
  ...new Map((await Promise.all(parts)).flat().map((key) => [key.value, key])).values(),
];

async function keys(
  by: SignInKey['by'],
  query: { execute(): Promise<readonly { readonly id: string | null }[]> },
): Promise<readonly SignInKey[]> {
  return (await query.execute()).flatMap(({ id }) => (id === null ? [] : [{ by, value: id }]));
}

/** Different values that begin with the text, from the index on the column. */
const entriesThatBegin = ({ database, tenantId }: TenantDatabase, column: 'upn' | 'ip_address', text: string) =>
  database
    .selectFrom(signInLogOf(database))
    .select(sql.ref<string | null>(column).as('id'))
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where(begins(database, column, text))
    .limit(mostKeys + 1);

const certificates = ({ database, tenantId }: TenantDatabase, text: string) =>
  database
    .selectFrom('seen_certificates')
    .select('sha256 as id')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .where(begins(database, 'sha1', text.toUpperCase()))
    .limit(mostKeys + 1);

/** SQLite orders texts by their octets, so that a range finds the entry into the index; in PostgreSQL the order is the locale's. */
function begins(database: Database, column: string, text: string): RawBuilder<boolean> {
  const [ref, pattern] = [sql.ref(column), `${text.replaceAll(/[\\%_]/g, '\\$&')}%`];
  return isPostgres(database)
    ? sql<boolean>`${ref} like ${pattern} escape '\\'`
    : sql<boolean>`${ref} >= ${text} and ${ref} < ${`${text}\u{10ffff}`}`;
}

/** An entry as its row has it, with the count of identical ones. */
export interface LogRow extends RecordRow {
  readonly repeat_count?: number | null;
  readonly repeated_at?: number | null;
}

/** A key of a search, or what Conditional Access came to; null stands for entries of before migration 036. */
export type LogKey = SignInKey | { readonly by: 'accessResult'; readonly value: AccessResult | null };

/** A query with one key beside what it names itself. */
export type KeyedQuery = SignInQuery & { readonly key?: LogKey };

/**
 * The keys of a query for what Conditional Access came to; undefined where the query has none, or names what fewer entries share:
 * those are compared.
 */
export function accessKeys(query: SignInQuery): readonly LogKey[] | undefined {
  const { accessResult, userId, userPrincipalName, ipAddress, sessionId, correlationId, errorNumber } = query;
  const others = [userId, userPrincipalName, ipAddress, sessionId, correlationId, errorNumber];
  if (accessResult === undefined || others.some((value) => value !== undefined)) return undefined;
  return [accessResult, null].map((value) => ({ by: 'accessResult', value }));
}

const columnOf = {
  userId: 'user_id',
  appId: 'app_id',
  userPrincipalName: 'upn',
  ipAddress: 'ip_address',
  certificate: 'certificate_sha256',
  accessResult: 'access_result',
} as const;

type LogRows = SelectQueryBuilder<Schema, 'sign_ins', LogRow>;

/** The period that a page lies in: beyond the entry that it comes after. */
export function periodOf({ from, until, top, isOldestFirst, after }: KeyedQuery) {
  const mark = after?.createdDateTime;
  const ends = isOldestFirst ? { from: mark ?? from, until } : { from, until: mark ?? until };
  return { top, isOldestFirst, ...(ends.from && { from: ends.from }), ...(ends.until && { until: ends.until }) };
}

/**
 * A page of the log: what a query asks for, in its order.
 * @param isInDays whether the log has a table a day, which the database finds by both ends of a period
 */
export function pageOf(rows: LogRows, query: KeyedQuery, isInDays: boolean): LogRows {
  let page = rows.limit(query.top);
  const equal = equalities(query);
  const { correlationId } = query;
  // The index on certificates is in the order of users, and a correlation id has no order: the few entries are sorted, and the
  // index on the time is not walked.
  const isSorted = query.key?.by === 'certificate' || correlationId !== undefined;
  const time = isSorted ? sql<number>`+sign_ins.created_at` : 'created_at';
  if (correlationId !== undefined) page = page.where((is) => hasCorrelation(is, correlationId, isInDays));
  const best = correlationId === undefined ? Math.min(...equal.map(([, , rank]) => rank)) : Number.NEGATIVE_INFINITY;
  for (const [column, value, rank] of equal) {
    page = page.where(rank > best ? unindexed(column) : column, value === null ? 'is' : '=', value);
    // As the index of SQLite says it, which has no successes: those are most entries, and are met on the way through the newest ones.
    if (column === 'error_number' && rank === best && value !== 0)
      page = page.where(sql<boolean>`sign_ins.error_number <> 0`);
  }
  const [direction, beyond] = query.isOldestFirst ? (['asc', '>='] as const) : (['desc', '<='] as const);
  for (const [order, end] of [
    ['>=', query.from],
    ['<=', query.until],
  ] as const) {
    // A range with two ends would lead SQLite to the index on the time alone, past the entries of all other users.
    const isFarEnd = (order !== beyond && equal.length > 0) || correlationId !== undefined;
    const column = isInDays ? 'created_at' : isFarEnd ? sql<number>`+created_at` : time;
    if (end) page = page.where(column, order, end.getTime());
  }
  if (query.after) {
    const { id, createdDateTime } = query.after;
    const at = createdDateTime.getTime();
    // Written so that the index on the time is entered at the mark.
    page = page.where(time, beyond, at).where((is) => is.or([is('created_at', '!=', at), is('id', '>', id)]));
  }
  return page.orderBy(time, direction).orderBy('id');
}

/** Columns that few entries share a value of come first; every other one is compared, and its index is not entered. */
const ranks = {
  session_id: 0,
  certificate_sha256: 0,
  user_id: 0,
  upn: 0,
  ip_address: 1,
  error_number: 2,
  access_result: 2,
  app_id: 3,
  is_interactive: 4,
} as const;
type EqualColumn = keyof typeof ranks;

/** A column that no index is entered by: with one equality more, SQLite took the index on a value that half of the log has. */
const unindexed = (column: EqualColumn) =>
  column === 'error_number' || column === 'is_interactive'
    ? sql<number>`+${sql.ref(`sign_ins.${column}`)}`
    : sql<string>`${sql.ref(`sign_ins.${column}`)} || ''`;

/** Columns that must equal something, as the query says, each with its rank. */
function equalities(query: KeyedQuery) {
  const values: Partial<Record<EqualColumn, string | number | null | undefined>> = {
    user_id: query.userId,
    app_id: query.appId,
    upn: query.userPrincipalName?.toLowerCase(),
    error_number: query.errorNumber,
    is_interactive: query.isInteractive === undefined ? undefined : Number(query.isInteractive),
    ip_address: query.ipAddress,
    session_id: query.sessionId,
  };
  const key = query.key ? [[columnOf[query.key.by], query.key.value] as const] : [];
  return [...(Object.entries(values) as [EqualColumn, string | number | null | undefined][]), ...key].flatMap(
    ([column, value]) => (value === undefined ? [] : [[column, value, ranks[column]] as const]),
  );
}
