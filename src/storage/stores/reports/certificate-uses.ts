import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { AssuranceKind, CertificateUse, LastSignIn, ObservedValue, SignInActivity } from '#model/sign-in.ts';
import type { SignInReports } from '#ports/logs.ts';
import type { Schema, TenantDatabase } from '../../database/schema.ts';
import { countUsers } from '../../database/statements/count-users.ts';
import { reportCounts } from './log-reports.ts';
import type { Slices } from './log-slices.ts';

type UseReports = Pick<SignInReports, Exclude<keyof SignInReports, 'count' | 'summary' | 'assurance' | 'keysOf'>>;

/** When users signed in last, and with which certificates. */
export function openUses(log: TenantDatabase, inSlices: Slices): UseReports {
  return {
    async activityOf(userIds) {
      if (userIds.length === 0) return new Map();
      const activity = log.database.selectFrom('sign_in_activity').where('tenant_id', '=', log.tenantId);
      const rows = await activity.selectAll().where('user_id', 'in', userIds).execute();
      return new Map(rows.map((row) => [row.user_id, activityIn(row)]));
    },
    async certificatesOf(userId) {
      const uses = usesIn(log).where('user_id', '=', userId).orderBy('last_at', 'desc').limit(mostOfUser);
      return (await uses.execute()).map(useIn);
    },
    certificateCounts: (userIds) => certificateCounts(log, userIds),
    usersWithCertificate: () => countUsers(log, { table: 'seen_certificates', where: sql`bound_at is not null` }),
    async lowAffinity({ top, since, after }) {
      const low = usesIn(log).where('affinity', '=', 'low').where('bound_at', '>=', since.getTime());
      const rows = await beyond(low, after).limit(top).execute();
      return rows.map((row) => ({ ...useIn(row), lastUsed: new Date(Number(row.bound_at)) }));
    },
    lastUses: (query) => lastUses(log, query),
    observed: (since, until) => observed({ ...log, since }, until, inSlices),
  };
}

/** Reads neither certificates nor users: most uses are passed over where few users have values. */
async function lastUses(
  { database, tenantId }: TenantDatabase,
  { top, after }: Parameters<UseReports['lastUses']>[0],
): ReturnType<UseReports['lastUses']> {
  const at = after?.lastUsed.getTime() ?? 0;
  const mark = after ? sql` and last_at <= ${at} and (last_at <> ${at} or user_id > ${after.userId})` : sql``;
  const { rows } = await sql<{ user_id: string; sha1: string; last_at: number; has_values: number | boolean }>`
    select user_id, sha1, last_at, exists (
      select 1 from certificate_user_ids as held
      where held.tenant_id = seen_certificates.tenant_id and held.user_id = seen_certificates.user_id
    ) as has_values
    from seen_certificates where tenant_id = ${tenantId}${mark} order by last_at desc, user_id limit ${top}`.execute(
    database,
  );
  return rows.map((row) => ({
    userId: row.user_id,
    sha1Thumbprint: row.sha1,
    lastUsed: new Date(Number(row.last_at)),
    hasValues: Boolean(row.has_values),
  }));
}

/** Certificates that were bound to a user. */
const boundIn = ({ database, tenantId }: TenantDatabase) =>
  database.selectFrom('seen_certificates').where('tenant_id', '=', tenantId).where('bound_at', 'is not', null);

const usesIn = ({ database, tenantId }: TenantDatabase) =>
  database
    .selectFrom('seen_certificates')
    .innerJoin('presented_certificates', (on) =>
      on
        .onRef('presented_certificates.tenant_id', '=', 'seen_certificates.tenant_id')
        .onRef('presented_certificates.sha256', '=', 'seen_certificates.sha256'),
    )
    .where('seen_certificates.tenant_id', '=', tenantId)
    .select(useColumns);

/** Newest first, from behind `after` on. */
function beyond(query: ReturnType<typeof usesIn>, after: Pick<CertificateUse, 'userId' | 'lastUsed'> | undefined) {
  const inOrder = query.orderBy('bound_at', 'desc').orderBy('user_id');
  if (!after) return inOrder;
  const at = after.lastUsed.getTime();
  return inOrder
    .where('bound_at', '<=', at)
    .where((is) => is.or([is('bound_at', '!=', at), is('user_id', '>', after.userId)]));
}

async function certificateCounts(
  log: TenantDatabase,
  userIds: readonly string[],
): ReturnType<UseReports['certificateCounts']> {
  if (userIds.length === 0) return new Map();
  const rows = await boundIn(log)
    .where('user_id', 'in', userIds)
    .select(({ fn }) => [
      'user_id',
      fn.countAll().as('certificates'),
      sql<number>`max(case when strength = 'multiFactor' then 1 else 0 end)`.as('multi'),
    ])
    .groupBy('user_id')
    .execute();
  return new Map(
    rows.map((row) => [
      row.user_id,
      { certificates: Number(row.certificates), isMultiFactor: Number(row.multi) === 1 },
    ]),
  );
}

/** The policy OIDs and issuers of the certificates that came since a time. */
async function observed(period: Period, until: Date, inSlices: Slices): ReturnType<UseReports['observed']> {
  const { since } = period;
  const reports = await reportCounts(period, { from: since, until }, inSlices);
  const counts = reports.map(({ report, count }) => ({
    kind: JSON.parse(report!) as AssuranceKind,
    count: Number(count),
  }));
  const seen = { policyOids: new Map<string, Seen>(), issuers: new Map<string, Seen>() };
  for await (const row of seenSince(period)) {
    for (const oid of JSON.parse(row.policy_oids) as string[]) note(seen.policyOids, oid, row);
    note(seen.issuers, row.issuer, row);
  }
  return {
    policyOids: valuesOf(seen.policyOids, (oid) => counts.filter(({ kind }) => kind.policyOids.includes(oid))),
    issuers: valuesOf(seen.issuers, (issuer) => counts.filter(({ kind }) => kind.issuer === issuer)),
  };
}

/** A person has a handful of certificates. */
const mostOfUser = 50;

const useColumns = [
  'seen_certificates.user_id',
  'sha1',
  'certificate',
  'first_at',
  'last_at',
  'uses',
  'bound_at',
  'field',
  'property',
  'rank',
] as const;

type UseRow = Pick<
  Schema['seen_certificates'],
  'user_id' | 'sha1' | 'first_at' | 'last_at' | 'uses' | 'bound_at' | 'field' | 'property' | 'rank'
> & { readonly certificate: string };

function useIn({ field, property, rank, ...row }: UseRow): CertificateUse {
  return {
    userId: row.user_id,
    sha1Thumbprint: row.sha1,
    der: new Uint8Array(Buffer.from(row.certificate, 'base64')),
    firstUsed: new Date(Number(row.first_at)),
    lastUsed: new Date(Number(row.last_at)),
    uses: Number(row.uses),
    binding: field === null ? undefined : { field, property: property ?? '', rank: Number(rank) },
  };
}

function activityIn(row: Schema['sign_in_activity']): SignInActivity {
  const last = (at: number | null, id: string | null): LastSignIn | undefined =>
    at === null || id === null ? undefined : { at: new Date(Number(at)), id };
  const entries = {
    interactive: last(row.interactive_at, row.interactive_id),
    silent: last(row.silent_at, row.silent_id),
    success: last(row.success_at, row.success_id),
  };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

interface Period extends TenantDatabase {
  readonly since: Date;
}

/** How many users had a certificate with a value, and when one came last. */
interface Seen {
  users: number;
  lastAt: number;
  /** Rows come in the order of users: several certificates of one user are counted once. */
  lastUser: string;
}
type SeenRow = Pick<Schema['seen_certificates'], 'user_id' | 'sha256' | 'policy_oids' | 'issuer' | 'last_at'>;

function note(values: Map<string, Seen>, value: string, { user_id, last_at }: SeenRow): void {
  const seen = values.get(value) ?? { users: 0, lastAt: 0, lastUser: '' };
  const users = seen.lastUser === user_id ? seen.users : seen.users + 1;
  values.set(value, { users, lastAt: Math.max(seen.lastAt, Number(last_at)), lastUser: user_id });
}

const valuesOf = (
  values: ReadonlyMap<string, Seen>,
  countsOf: (value: string) => readonly { readonly count: number }[],
): readonly ObservedValue[] =>
  [...values]
    .map(([value, { users, lastAt }]) => {
      const count = countsOf(value).reduce((sum, { count: some }) => sum + some, 0);
      return { value, users, lastSeen: new Date(lastAt), count };
    })
    .toSorted((first, second) => second.count - first.count || (first.value < second.value ? -1 : 1));

/** Rows of a statement: they are read and counted in some milliseconds. */
const rowsAtOnce = 1000;

/** Certificates that came since a time, in the order of users. The other ones are read as well, and left out here. */
async function* seenSince({ database, tenantId, since }: Period): AsyncGenerator<SeenRow> {
  for (let [userId, sha256] = ['', '']; ; await setImmediate()) {
    const rows = await database
      .selectFrom('seen_certificates')
      .select(['user_id', 'sha256', 'policy_oids', 'issuer', 'last_at'])
      .where('tenant_id', '=', tenantId)
      .where(sql<boolean>`(user_id, sha256) > (${userId}, ${sha256})`)
      .orderBy('user_id')
      .orderBy('sha256')
      .limit(rowsAtOnce)
      .execute();
    yield* rows.filter(({ last_at }) => Number(last_at) >= since.getTime());
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) return;
    [userId, sha256] = [last.user_id, last.sha256];
  }
}
