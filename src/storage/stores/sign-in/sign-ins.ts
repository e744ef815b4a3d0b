import { type Insertable, type SelectQueryBuilder, sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { signInNumber } from '#core/trace/sign-in-number.ts';
import type { SignInKey, SignInQuery, SignInRecord, TriedQuery } from '#model/sign-in.ts';
import type { Clock } from '#ports/clock.ts';
import type { SignInLog } from '#ports/logs.ts';
import { correlate } from '../../database/audits/correlation.ts';
import type { Database, Schema } from '../../database/schema.ts';
import { isPostgres } from '../../database/statements/is-postgres.ts';
import { softly } from '../../database/statements/softly.ts';
import { openUses } from './certificate-uses.ts';
import { openLogReports, openSlices } from './log-reports.ts';
import { keysOf } from './log-search.ts';
import { pack, type RecordRow, recordColumns, unpack } from './packed-record.ts';
import { openPresented } from './presented-certificates.ts';
import { hasCorrelation, keepCorrelation, type RepeatRules, raised, repeatColumns } from './repeats.ts';
import { reportColumns } from './report-columns.ts';
import { noteUse, type UseStatement, useStatements } from './uses.ts';

const columns = [...recordColumns, 'sign_ins.repeat_count', 'sign_ins.repeated_at'] as const;

/** The sign-in log of one tenant. */
export function openSignIns(database: Database, tenantId: string, clock: Clock, repeatRules: RepeatRules): SignInLog {
  const inSlices = openSlices(clock);
  const rows = () => database.selectFrom('sign_ins').select(columns).where('tenant_id', '=', tenantId);
  const keep = openPresented(database, tenantId);
  const budget = new LRUCache<string, number>({ max: 10_000 });
  const list = async (query: KeyedQuery) => (await rowsOf(rows(), query).execute()).map(recordOf);
  return {
    reports: {
      ...openLogReports(database, tenantId, inSlices),
      ...openUses(database, tenantId, inSlices),
      keysOf: (word) => keysOf(database, tenantId, word),
    },
    async append(attempt, presented) {
      correlate(attempt.correlationId);
      const tbsSha256 = presented?.tbsSha256;
      const { record, ...repeat } = await repeatColumns({ database, tenantId }, attempt, tbsSha256, {
        ...repeatRules,
        budget,
      });
      const entry = {
        tenant_id: tenantId,
        id: record.id,
        correlation_id: record.correlationId,
        created_at: record.createdDateTime.getTime(),
        user_id: record.userId ?? null,
        status: record.status,
        document: '',
        packed: pack(record),
        app_id: record.appId,
        upn: record.userPrincipalName.toLowerCase(),
        error_number: signInNumber(record.status, record.because),
        is_interactive: Number(record.isInteractive),
        certificate_sha256: tbsSha256 ?? null,
        ...reportColumns(record),
        ...repeat,
      };
      // What may be collapsed is noted below, under the id of its entry.
      const uses = repeat.repeat_key === null ? useStatements(tenantId, record, tbsSha256) : [];
      // Together, so that SQLite brings all to disk with one commit.
      const [row] = await Promise.all([
        insertEntry(database, entry, uses),
        presented && keep(presented, entry.created_at),
      ]);
      if (repeat.repeat_key !== null) await noteUse(database, tenantId, { ...record, id: row.id }, tbsSha256);
      if (row.id === record.id) return;
      const { correlationId } = record;
      const count = Number(row.repeat_count);
      await keepCorrelation(database, tenantId, { signInId: row.id, count, correlationId, at: entry.created_at });
    },
    async tried(query) {
      if (query.userIds?.length === 0) return [];
      const entries = await newestOf(database, tenantId, query);
      const match = await database
        .selectFrom('sign_ins')
        .innerJoin('presented_certificates', (on) =>
          on
            .onRef('presented_certificates.tenant_id', '=', 'sign_ins.tenant_id')
            .onRef('presented_certificates.sha256', '=', 'sign_ins.certificate_sha256'),
        )
        .where('sign_ins.tenant_id', '=', tenantId)
        .where('sign_ins.id', 'in', [...entries, ''])
        .select([...recordColumns, 'presented_certificates.certificate'])
        .execute();
      // Put in order here: told to, SQLite would walk the whole log in that order instead of looking these up.
      const byId = new Map(match.map((row) => [row.id, row]));
      return entries.flatMap((id) => {
        const row = byId.get(id);
        return row ? [{ record: recordOf(row), der: new Uint8Array(Buffer.from(row.certificate, 'base64')) }] : [];
      });
    },
    async find(id) {
      const row = await rows().where('id', '=', id).executeTakeFirst();
      return row && recordOf(row);
    },
    async presented(signInId) {
      const row = await database
        .selectFrom('sign_ins')
        .innerJoin('presented_certificates', (on) =>
          on
            .onRef('presented_certificates.tenant_id', '=', 'sign_ins.tenant_id')
            .onRef('presented_certificates.sha256', '=', 'sign_ins.certificate_sha256'),
        )
        .where('sign_ins.tenant_id', '=', tenantId)
        .where('sign_ins.id', '=', signInId)
        .select('presented_certificates.certificate')
        .executeTakeFirst();
      return row && new Uint8Array(Buffer.from(row.certificate, 'base64'));
    },
    async list({ anyOf, ...query }) {
      if (!anyOf) return list(query);
      // Each has its own index, in which its newest entries lie together.
      const pages = await Promise.all(anyOf.map((key) => list({ ...query, key })));
      const byId = new Map(pages.flat().map((record) => [record.id, record]));
      const sign = query.isOldestFirst ? 1 : -1;
      const inOrder = [...byId.values()].toSorted(
        (first, second) =>
          sign * (first.createdDateTime.getTime() - second.createdDateTime.getTime()) ||
          (first.id < second.id ? -1 : 1),
      );
      return inOrder.slice(0, query.top);
    },
  };
}

/** A query with one key of a search beside what it names itself. */
type KeyedQuery = SignInQuery & { readonly key?: SignInKey };

const columnOf = {
  userId: 'user_id',
  appId: 'app_id',
  userPrincipalName: 'upn',
  ipAddress: 'ip_address',
  certificate: 'certificate_sha256',
} as const;

type LogRows = SelectQueryBuilder<Schema, 'sign_ins', Row>;

/** A page of the log: what a query asks for, in its order. */
function rowsOf(rows: LogRows, query: KeyedQuery): LogRows {
  let page = rows.limit(query.top);
  const equal = equalities(query);
  const { correlationId } = query;
  // The index on certificates is in the order of users: the few entries are sorted, and the index on the time is not walked.
  const time = query.key?.by === 'certificate' ? sql<number>`+sign_ins.created_at` : 'created_at';
  if (correlationId !== undefined) page = page.where((is) => hasCorrelation(is, correlationId));
  for (const [column, value] of equal) page = page.where(column, '=', value);
  const [direction, beyond] = query.isOldestFirst ? (['asc', '>='] as const) : (['desc', '<='] as const);
  for (const [order, end] of [
    ['>=', query.from],
    ['<=', query.until],
  ] as const) {
    // A range with two ends would lead SQLite to the index on the time alone, past the entries of all other users.
    const column =
      (order !== beyond && equal.length > 0) || correlationId !== undefined ? sql<number>`+created_at` : time;
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

/** Columns that must equal something, as the query says. */
function equalities(query: KeyedQuery) {
  return (
    [
      ['user_id', query.userId],
      ['app_id', query.appId],
      ['upn', query.userPrincipalName?.toLowerCase()],
      ['error_number', query.errorNumber],
      ['is_interactive', query.isInteractive === undefined ? undefined : Number(query.isInteractive)],
      ['ip_address', query.ipAddress],
      ['session_id', query.sessionId],
      ...(query.key ? [[columnOf[query.key.by], query.key.value] as const] : []),
    ] as const
  ).flatMap(([column, value]) => (value === undefined ? [] : [[column, value] as const]));
}

/** Ids of the newest entry of each certificate with each person. Looks at nothing that is not in the index. */
async function newestOf(
  database: Database,
  tenantId: string,
  { since, top, userIds, until, after }: TriedQuery,
): Promise<readonly string[]> {
  const ranking = database
    .selectFrom('sign_ins')
    .where('tenant_id', '=', tenantId)
    .where('certificate_sha256', 'is not', null)
    .where('created_at', '>=', since.getTime())
    .$if(until !== undefined, (query) => query.where('created_at', '<=', until!.getTime()))
    .$if(userIds !== undefined, (query) => query.where('user_id', 'in', userIds ?? []))
    .select(({ fn }) => [
      'id',
      'created_at',
      fn
        .agg<number>('row_number')
        .over((over) => over.partitionBy(['certificate_sha256', 'user_id']).orderBy('created_at', 'desc').orderBy('id'))
        .as('place'),
    ]);
  const newest = database.selectFrom(ranking.as('ranked')).select('id').where('place', '=', 1);
  const at = after?.createdDateTime.getTime() ?? 0;
  const rows = after
    ? newest.where((is) => is.or([is('created_at', '<', at), is('created_at', '=', at).and(is('id', '>', after.id))]))
    : newest;
  return (await rows.orderBy('created_at', 'desc').orderBy('id').limit(top).execute()).map(({ id }) => id);
}

type Entry = Insertable<Schema['sign_ins']>;

/**
 * Inserts an entry, with what it notes of its user. An entry that grants nothing need not be on disk before its answer: the
 * commit of whatever is granted later brings it there too.
 */
async function insertEntry(database: Database, entry: Entry, uses: readonly UseStatement[]) {
  const isWaiting = entry.status !== 'interrupted';
  const finish = <Q>(query: Q): Q => (isWaiting ? query : softly(query, database));
  const insertInto = (db: Pick<Database, 'insertInto'>) =>
    finish(
      db
        .insertInto('sign_ins')
        .values(entry)
        .onConflict((on) => on.columns(['tenant_id', 'repeat_key']).doUpdateSet(raised(Number(entry.created_at))))
        .returning(['id', 'repeat_count']),
    );
  if (isPostgres(database)) {
    // One statement: PostgreSQL is asked once, and all of it is one transaction.
    const whole = uses.reduce((db, use, index) => db.with(`use_${index}`, () => use(database)) as never, database);
    return insertInto(whole).executeTakeFirstOrThrow();
  }
  const [row] = await Promise.all([
    insertInto(database).executeTakeFirstOrThrow(),
    ...uses.map((use) => finish(use(database)).execute()),
  ]);
  return row;
}

/**
 * Entries of any tenant by entry id or correlation id, for the operator of the whole installation.
 * The one that happened last is last, and an entry with a count happened when it was counted last.
 */
export async function findSignIns(database: Database, idOrCorrelationId: string): Promise<readonly SignInRecord[]> {
  // Each part has an index of its own; one condition for all three would read the whole log.
  const named = database
    .selectFrom('tenants')
    .crossJoin('sign_ins') // in this order on SQLite: tenant by tenant
    .select(['sign_ins.tenant_id as place', 'sign_ins.id as entry'])
    .whereRef('sign_ins.tenant_id', '=', 'tenants.id')
    .where('sign_ins.id', '=', idOrCorrelationId)
    .union(
      database
        .selectFrom('sign_ins')
        .select(['sign_ins.tenant_id as place', 'sign_ins.id as entry'])
        .where('correlation_id', '=', idOrCorrelationId),
    )
    .union(
      database
        .selectFrom('repeated_sign_ins')
        .select(['tenant_id as place', 'sign_in_id as entry'])
        .where('correlation_id', '=', idOrCorrelationId),
    );
  const rows = await database
    .selectFrom(named.as('named'))
    .innerJoin('sign_ins', (join) =>
      join.onRef('sign_ins.tenant_id', '=', 'named.place').onRef('sign_ins.id', '=', 'named.entry'),
    )
    .select(columns)
    .orderBy(sql`coalesce(sign_ins.repeated_at, sign_ins.created_at)`)
    .orderBy('sign_ins.id')
    .limit(100)
    .execute();
  return rows.map(recordOf);
}

interface Row extends RecordRow {
  readonly repeat_count?: number | null;
  readonly repeated_at?: number | null;
}

function recordOf({ repeat_count, repeated_at, ...row }: Row): SignInRecord {
  const count = Number(repeat_count ?? 1);
  const repeats = count > 1 ? { repeats: { count, lastDateTime: new Date(Number(repeated_at)) } } : {};
  return { ...unpack(row), ...repeats };
}
