import { accessResultOf, appliedPolicies } from '#core/access/applied-policies.ts';
import { signInNumber } from '#core/trace/sign-in-number.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { BoundedCache } from '#net/bounded-cache.ts';
import type { SignInLog } from '#ports/logs.ts';
import { correlate } from '#storage/database/audits/correlation.ts';
import type { Database, Schema, TenantDatabase } from '#storage/database/schema.ts';
import { intoLog } from '#storage/database/sign-in-log/days.ts';
import { hotStatement } from '#storage/database/statements/hot-statement.ts';
import { isPostgres } from '#storage/database/statements/is-postgres.ts';
import { type Wait, waiting } from '#storage/database/statements/softly.ts';
import { pack } from './packing/packed-record.ts';
import type { openPresented } from './presented-certificates.ts';
import { keepCorrelation, type RepeatRules, raised, repeatColumns } from './repeats.ts';
import { reportColumns } from './report-columns.ts';
import { type UseKind, type Uses, type UseValues, useStatement, usesOf } from './uses.ts';

/** What writes entries of one tenant. */
interface LogWriter extends TenantDatabase {
  readonly keep: ReturnType<typeof openPresented>;
  readonly repeats: RepeatRules & { readonly budget: BoundedCache<number> };
}

/** Writes an entry, or counts it with an identical one. */
export async function append(
  { database, tenantId, keep, repeats }: LogWriter,
  ...[attempt, presented]: Parameters<SignInLog['append']>
): Promise<void> {
  correlate(attempt.correlationId);
  const tbsSha256 = presented?.tbsSha256;
  const { record, ...repeat } = await repeatColumns({ database, tenantId }, attempt, tbsSha256, repeats);
  const entry = { ...entryOf(tenantId, record), certificate_sha256: tbsSha256 ?? null, ...repeat };
  const uses = usesOf(tenantId, record, tbsSha256);
  if (repeat.repeat_key === null) {
    // Together, so that SQLite brings all to disk with one commit.
    await Promise.all([insertNew(database, entry, uses), presented && keep(presented, entry.created_at)]);
    return;
  }
  const [row] = await Promise.all([insertOrCount(database, entry), presented && keep(presented, entry.created_at)]);
  // What may be collapsed is noted under the id of its entry.
  await insertUses(database, entry, { ...uses, values: { ...uses.values, id: row.id } });
  if (row.id === record.id) return;
  const { correlationId } = record;
  const repeated = { signInId: row.id, count: Number(row.repeat_count), correlationId, at: entry.created_at };
  await keepCorrelation({ database, tenantId }, repeated, waitOf(entry));
}

const entryOf = (tenantId: string, record: SignInRecord) => ({
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
  access_result: accessResultOf(record.appliedConditionalAccessPolicies ?? appliedPolicies(record.trace)),
  ...reportColumns(record),
});

type Entry = Omit<Schema['sign_ins'], 'packed'> & { readonly packed: Uint8Array };

const columns = [
  ...['tenant_id', 'id', 'correlation_id', 'created_at', 'user_id', 'status', 'document', 'packed', 'app_id', 'upn'],
  ...['error_number', 'is_interactive', 'access_result', 'ip_address', 'session_id', 'event_kind', 'report'],
  ...['certificate_sha256', 'repeat_key', 'source_window', 'repeat_count', 'repeated_at'],
] as readonly (keyof Entry)[];

/**
 * An entry that grants nothing need not be on disk before its answer: the commit of whatever is granted later brings it there too.
 */
const waitOf = ({ status }: Pick<Entry, 'status'>): Wait => (status === 'interrupted' ? 'soft' : 'durable');

/** Inserts an entry that no other one counts, with what it notes of its user. */
async function insertNew(database: Database, entry: Entry, uses: Uses): Promise<void> {
  const wait = waitOf(entry);
  const all = { ...uses.values, ...entry };
  if (isPostgres(database)) {
    // One statement: PostgreSQL is asked once, and all of it is one transaction.
    const at = entry.created_at;
    await intoLog(database, { at, isRepeated: false }, (table) =>
      insertWhole(database, all, `${table} ${wait} ${uses.kinds.join(' ')}`),
    );
    return;
  }
  await Promise.all([insertRow(database, entry, wait), insertUses(database, entry, uses)]);
}

/** Inserts what an entry notes of its user. */
async function insertUses(database: Database, entry: Entry, { kinds, values }: Uses): Promise<void> {
  const wait = waitOf(entry);
  await Promise.all(kinds.map((kind) => insertUse(database, values, `${wait} ${kind}`)));
}

const rowOf = (values: Entry): Entry =>
  Object.fromEntries(columns.map((column) => [column, values[column]])) as unknown as Entry;

const insertRow = hotStatement((database, values: Entry, wait: Wait) =>
  waiting(database.insertInto('sign_ins').values(rowOf(values)), wait, database),
);
const insertUse = hotStatement((database, values: UseValues, kind: `${Wait} ${UseKind}`) => {
  const [wait, use] = kind.split(' ') as [Wait, UseKind];
  return waiting(useStatement(database, values, use), wait, database);
});
const insertWhole = hotStatement((database, values: Entry & UseValues, kind: string) => {
  const [table, wait, ...uses] = kind.trim().split(' ') as ['sign_ins', Wait, ...UseKind[]];
  const whole = uses.reduce(
    (db, use) => db.with(`use_${use}`, () => useStatement(database, values, use)) as never,
    database,
  );
  return waiting(whole.insertInto(table).values(rowOf(values)).returning('id'), wait, database);
});

/** Inserts an entry, or counts it with the one that has its key. */
function insertOrCount(database: Database, entry: Entry) {
  const wait = waitOf(entry);
  return intoLog(database, { at: entry.created_at, isRepeated: true }, async (table) => {
    // PostgreSQL has a table a day, and a text that is kept for each of them would never be let go.
    if (isPostgres(database)) return counting(database, entry, `${table} ${wait}`).executeTakeFirstOrThrow();
    const { rows } = await countOnSqlite(database, entry, `${table} ${wait}`);
    return rows[0]!;
  });
}

function counting(database: Database, values: Entry, kind: `sign_ins ${Wait}`) {
  const [table, wait] = kind.split(' ') as ['sign_ins', Wait];
  const insertion = database
    .insertInto(table)
    .values(rowOf(values))
    .onConflict((on) =>
      on
        .columns(['tenant_id', 'repeat_key'])
        .where('repeat_key', 'is not', null)
        .doUpdateSet(raised(table, values.created_at)),
    )
    .returning(['id', 'repeat_count']);
  return waiting(insertion, wait, database);
}
const countOnSqlite = hotStatement(counting);
