import { sql } from 'kysely';
import type { SignInQuery, SignInRecord, TriedQuery } from '#model/sign-in.ts';
import { boundedCache } from '#net/bounded-cache.ts';
import type { SignInLog } from '#ports/logs.ts';
import type { Part } from '#storage/database/day-tables/parts.ts';
import type { Database, TenantDatabase, TenantStore } from '#storage/database/schema.ts';
import { readInParts, signInLogOf } from '#storage/database/sign-in-log/days.ts';
import { isPostgres } from '#storage/database/statements/is-postgres.ts';
import { openUses } from '../../reports/certificate-uses.ts';
import { openLogReports } from '../../reports/log-reports.ts';
import { openSlices, within } from '../../reports/log-slices.ts';
import { append } from './entries.ts';
import { accessKeys, type KeyedQuery, keysOf, type LogKey, type LogRow, pageOf, periodOf } from './log-search.ts';
import { recordColumns, unpack } from './packing/packed-record.ts';
import { openPresented } from './presented-certificates.ts';
import type { RepeatRules } from './repeats.ts';

const columns = [...recordColumns, 'sign_ins.repeat_count', 'sign_ins.repeated_at'] as const;

/** The sign-in log of one tenant. */
export function openSignIns(log: TenantStore, repeatRules: RepeatRules): SignInLog {
  const inSlices = openSlices(log, log.clock);
  const writer = {
    ...log,
    keep: openPresented(log),
    repeats: { ...repeatRules, budget: boundedCache<number>(10_000) },
  };
  return {
    reports: {
      ...openLogReports(log, inSlices),
      ...openUses(log, inSlices),
      keysOf: (word) => keysOf(log, word),
    },
    append: (attempt, presented) => append(writer, attempt, presented),
    tried: (query) => tried(log, query),
    async find(id) {
      const read = (part: Part) => within(logRows(log), part).where('id', '=', id).execute();
      const [row] = await readInParts(log.database, { top: 1 }, read);
      return row && recordOf(row);
    },
    async presented(signInId) {
      const row = await withCertificates(log)
        .where('sign_ins.id', '=', signInId)
        .select('presented_certificates.certificate')
        .executeTakeFirst();
      return row && derOf(row.certificate);
    },
    list: ({ anyOf, ...query }) => {
      const keys = anyOf ?? accessKeys(query);
      return keys ? listAnyOf(log, keys, query) : listBy(log, query);
    },
  };
}

const logRows = ({ database, tenantId }: TenantDatabase) =>
  database.selectFrom(signInLogOf(database)).select(columns).where('tenant_id', '=', tenantId);

/** Entries of the log with the certificates that came with them. */
const withCertificates = ({ database, tenantId }: TenantDatabase) =>
  database
    .selectFrom(signInLogOf(database))
    .innerJoin('presented_certificates', (on) =>
      on
        .onRef('presented_certificates.tenant_id', '=', 'sign_ins.tenant_id')
        .onRef('presented_certificates.sha256', '=', 'sign_ins.certificate_sha256'),
    )
    .where('sign_ins.tenant_id', '=', tenantId);

const derOf = (certificate: string) => new Uint8Array(Buffer.from(certificate, 'base64'));

/** The newest entry of each certificate with each user, and the certificate. */
async function tried(log: TenantDatabase, query: TriedQuery): ReturnType<SignInLog['tried']> {
  if (query.userIds?.length === 0) return [];
  const entries = await newestOf(log, query);
  const rows = await withCertificates(log)
    .where('sign_ins.id', 'in', [...entries, ''])
    .select([...recordColumns, 'presented_certificates.certificate'])
    .execute();
  // Put in order here: told to, SQLite would walk the whole log in that order instead of looking these up.
  const byId = new Map(rows.map((row) => [row.id, row]));
  return entries.flatMap((id) => {
    const row = byId.get(id);
    return row ? [{ record: recordOf(row), der: derOf(row.certificate) }] : [];
  });
}

async function listBy(log: TenantDatabase, query: KeyedQuery): Promise<readonly SignInRecord[]> {
  const read = (part: Part & { readonly top: number }) =>
    pageOf(logRows(log), { ...query, ...part }, isPostgres(log.database)).execute();
  return (await readInParts(log.database, periodOf(query), read)).map(recordOf);
}

/** Entries that have one of the keys. Each key has its own index, in which its newest entries lie together. */
async function listAnyOf(
  log: TenantDatabase,
  keys: readonly LogKey[],
  query: SignInQuery,
): Promise<readonly SignInRecord[]> {
  const pages = await Promise.all(keys.map((key) => listBy(log, { ...query, key })));
  const byId = new Map(pages.flat().map((record) => [record.id, record]));
  const sign = query.isOldestFirst ? 1 : -1;
  const inOrder = [...byId.values()].toSorted(
    (first, second) =>
      sign * (first.createdDateTime.getTime() - second.createdDateTime.getTime()) || (first.id < second.id ? -1 : 1),
  );
  return inOrder.slice(0, query.top);
}

/** Ids of the newest entry of each certificate with each person. Looks at nothing that is not in the index. */
async function newestOf(
  { database, tenantId }: TenantDatabase,
  { since, top, userIds, until, after }: TriedQuery,
): Promise<readonly string[]> {
  const ranking = database
    .selectFrom(signInLogOf(database))
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

/**
 * Entries of any tenant by entry id or correlation id, for the operator of the whole installation.
 * The one that happened last is last, and an entry with a count happened when it was counted last.
 */
export async function findSignIns(database: Database, idOrCorrelationId: string): Promise<readonly SignInRecord[]> {
  // Each part has an index of its own; one condition for all three would read the whole log.
  const named = database
    .selectFrom('tenants')
    .crossJoin(signInLogOf(database)) // in this order on SQLite: tenant by tenant
    .select(['sign_ins.tenant_id as place', 'sign_ins.id as entry'])
    .whereRef('sign_ins.tenant_id', '=', 'tenants.id')
    .where('sign_ins.id', '=', idOrCorrelationId)
    .union(
      database
        .selectFrom(signInLogOf(database))
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
    .innerJoin(signInLogOf(database), (join) =>
      join.onRef('sign_ins.tenant_id', '=', 'named.place').onRef('sign_ins.id', '=', 'named.entry'),
    )
    .select(columns)
    .orderBy(sql`coalesce(sign_ins.repeated_at, sign_ins.created_at)`)
    .orderBy('sign_ins.id')
    .limit(100)
    .execute();
  return rows.map(recordOf);
}

function recordOf({ repeat_count, repeated_at, ...row }: LogRow): SignInRecord {
  const count = Number(repeat_count ?? 1);
  const repeats = count > 1 ? { repeats: { count, lastDateTime: new Date(Number(repeated_at)) } } : {};
  return { ...unpack(row), ...repeats };
}
