import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import type { SignInRecord } from '#model/sign-in.ts';
import { databaseOf } from '#test/contract/database/old-database.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { recordAt } from '#test/contract/record-at.ts';
import { statementsOf } from '#test/contract/statements-of.ts';
import type { Storage } from '../../storage.ts';
import { usualRepeats } from '../../stores/sign-in/log/repeats.ts';
import { openSignIns } from '../../stores/sign-in/log/sign-ins.ts';
import { openDatabase } from '../open.ts';
import type { Database } from '../schema.ts';

const postgres = databasesUnderTest()[1]!;
const day = 86_400_000;
const clock = new TestClock();
const noon = clock.at.getTime();
const midnight = noon - (noon % day);

describe('the sign-in log on PostgreSQL is a table a day', { skip: postgres.missing ?? false }, () => {
  let url: string;
  let storage: Storage;
  let direct: Database;
  let tenantId: string;
  before(async () => {
    const place = await postgres.place();
    url = place.kind === 'postgres' ? place.url : '';
    storage = await openAt(place, clock);
    direct = await openDatabase(place);
    tenantId = await tenantIn(storage);
  });
  after(async () => {
    await storage?.close();
    await direct?.destroy();
    postgres.end();
  });

  const log = () => storage.forTenant(tenantId).signInLog;
  const daysThere = async () => {
    const { rows } = await sql<{ name: string }>`select inhrelid::regclass::text as name from pg_inherits
      where inhparent = 'sign_in_days'::regclass order by 1`.execute(direct);
    return rows.map(({ name }) => name);
  };
  const countOf = async (from: number, until: number) => {
    const { rows } = await sql<{ count: number }>`select count(*) as count from sign_in_log
      where created_at >= ${from} and created_at < ${until}`.execute(direct);
    return Number(rows[0]!.count);
  };

  test('a start makes the day of today and two more', async () => {
    assert.deepEqual(await daysThere(), ['sign_ins_20270301', 'sign_ins_20270302', 'sign_ins_20270303']);
  });

  test('an entry of another day finds its table made, also when two nodes need it at once', async () => {
    const nodes = await Promise.all([
      openAt({ kind: 'postgres', url }, clock),
      openAt({ kind: 'postgres', url }, clock),
    ]);
    const records = [5, 5, 6, 6].map((ahead) => recordAt(noon + ahead * day, { status: 'success' }));
    await Promise.all(records.map((record, index) => nodes[index % 2]!.forTenant(tenantId).signInLog.append(record)));
    for (const node of nodes) await node.close();
    for (const { id } of records) assert.equal((await log().find(id))?.id, id);
    assert.ok((await daysThere()).includes('sign_ins_20270307'));
  });

  test('identical failures are one entry a day, within a transaction too', async () => {
    const first = recordAt(noon, { userPrincipalName: 'repeated@woodgrove.test' });
    await log().append(first);
    for (let again = 0; again < 3; again++)
      await storage
        .forTenant(tenantId)
        .inTransaction((inside) => inside.signInLog.append({ ...first, id: crypto.randomUUID() }));
    const [entry, ...rest] = await log().list({ top: 9, userPrincipalName: 'repeated@woodgrove.test' });
    assert.deepEqual([entry?.id, entry?.repeats?.count, rest.length], [first.id, 4, 0]);
  });

  test('a table that another node removed is created again', async () => {
    const record = recordAt(noon + 2 * day, { status: 'success' });
    await sql`drop table sign_ins_20270303`.execute(direct);
    await log().append(record);
    assert.equal((await log().find(record.id))?.id, record.id);
    await sql`drop table sign_ins_20270303`.execute(direct);
    const failure = recordAt(noon + 2 * day);
    await log().append(failure);
    assert.equal((await log().find(failure.id))?.id, failure.id);
  });

  test('of 120,000 entries over 40 days, ten days leave by dropped tables: no row is deleted, and none that is younger', async () => {
    await fill(direct, tenantId, { entries: 120_000, days: 40 });
    const retainedRange = [midnight - 30 * day, midnight + 90 * day] as const;
    const younger = await countOf(...retainedRange);
    assert.ok(younger >= 90_000, `${younger} entries`);
    const statements = await statementsOf(() => storage.prune(clock.at, { signInsSince: new Date(noon - 30 * day) }));
    const ofDays = statements.filter((text) => /sign_ins_\d{8}|sign_in_days/.test(text) && !text.startsWith('select'));
    assert.deepEqual(
      ofDays,
      Array.from({ length: 10 }, (_, index) => {
        const name = new Date(midnight - (40 - index) * day).toISOString().slice(0, 10).replaceAll('-', '');
        return `drop table if exists "sign_ins_${name}"`;
      }),
    );
    assert.equal(await countOf(...retainedRange), younger);
    assert.equal(await countOf(0, retainedRange[0]), 0);
    assert.equal((await daysThere())[0], 'sign_ins_20270130');
  });

  test('a page whose entries are days apart is read in order, part by part', async () => {
    const person = { userId: 'seldom', status: 'success' } as const;
    const records = [0, 1, 9, 18, 19, 29].map((ago) => recordAt(noon - ago * day, person));
    for (const record of records) await log().append(record);
    const ids = (listed: readonly SignInRecord[]) => listed.map(({ id }) => id);
    const order = ids(records);
    const query = { top: 9, userId: 'seldom' };
    assert.deepEqual(ids(await log().list(query)), order);
    assert.deepEqual(ids(await log().list({ ...query, isOldestFirst: true })), order.toReversed());
    assert.deepEqual(ids(await log().list({ ...query, top: 2, after: records[1]! })), order.slice(2, 4));
    const period = { from: new Date(noon - 18 * day), until: new Date(noon - day) };
    assert.deepEqual(ids(await log().list({ ...query, ...period })), order.slice(1, 4));
    for (const { id } of records) assert.equal((await log().find(id))?.id, id);
    assert.equal(await log().find(crypto.randomUUID()), undefined);
  });

  test('a day that is being read stays until the next time, and statements behind the removal continue', async () => {
    await log().append(recordAt(noon - 50 * day, { status: 'success' }));
    const reader = new pg.Client(url);
    await reader.connect();
    await reader.query('begin');
    await reader.query('select count(*) from sign_in_days');
    await storage.prune(clock.at, { signInsSince: new Date(noon - 30 * day) });
    assert.equal((await daysThere())[0], 'sign_ins_20270110');
    await reader.query('commit');
    await reader.end();
    await storage.prune(clock.at, { signInsSince: new Date(noon - 30 * day) });
    assert.equal((await daysThere())[0], 'sign_ins_20270130');
  });

  test('a reading with a period looks at the days of the period', async () => {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select * from sign_in_log as sign_ins
      where tenant_id = ${sql.lit(tenantId)} and created_at >= ${sql.lit(noon - day)} and created_at <= ${sql.lit(noon)}
      order by created_at desc, id limit 50`.execute(direct);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    assert.deepEqual([...new Set(plan.match(/sign_ins_\d{8}(?!\w)/g))].sort(), [
      'sign_ins_20270228',
      'sign_ins_20270301',
    ]);
  });

  test('the entries of a tenant that is removed leave every day, and those of others stay', async () => {
    const gone = await tenantIn(storage);
    for (const ago of [0, 1, 20]) await storage.forTenant(gone).signInLog.append(recordAt(noon - ago * day));
    assert.equal((await storage.tenants.contents(gone)).signIns, 3);
    const before = await countOf(0, noon + 90 * day);
    await storage.tenants.remove(gone, 'test');
    await storage.prune(clock.at, { signInsSince: new Date(noon - 30 * day) });
    assert.equal(await countOf(0, noon + 90 * day), before - 3);
  });

  test('entries from before, and those that a node of the version before adds, are read, counted and removed like others', async () => {
    const place = await postgres.emptyPlace();
    const old = await databaseOf('031-party-index', place);
    await old.insertInto('tenants').values({ id: tenantId, display_name: 'T', created_at: 0 }).execute();
    await old.destroy();
    const former = await openDatabase(place);
    // The table of the version before is used as that version does.
    const formerLog = async (record: SignInRecord) => {
      await sql`insert into sign_ins (tenant_id, id, correlation_id, created_at, user_id, status, document, repeat_key, repeat_count, upn)
        values (${tenantId}, ${record.id}, ${record.correlationId}, ${record.createdDateTime.getTime()}, 'u', 'failure',
          ${JSON.stringify(record)}, ${record.id}, 1, 'ana@woodgrove.test')
        on conflict (tenant_id, repeat_key) do update set repeat_count = sign_ins.repeat_count + 1`.execute(former);
    };
    const [ancient, recent] = [recordAt(noon - 35 * day), recordAt(noon - day)];
    await formerLog(ancient);
    const current = await openAt(place, clock);
    const beside = recordAt(noon - 2 * day);
    const mine = recordAt(noon);
    await formerLog(beside);
    await formerLog(recent);
    const { signInLog } = current.forTenant(tenantId);
    await signInLog.append(mine);
    const ids = async () => (await signInLog.list({ top: 10 })).map(({ id }) => id);
    assert.deepEqual(await ids(), [mine.id, recent.id, beside.id, ancient.id]);
    assert.equal(await signInLog.reports.count({ userPrincipalName: 'ana@woodgrove.test' }, 99), 4);
    assert.equal((await current.findSignIns(beside.correlationId))[0]?.id, beside.id);
    await current.prune(clock.at, { signInsSince: new Date(noon - 30 * day) });
    assert.deepEqual(await ids(), [mine.id, recent.id, beside.id]);
    // What the version before removes, by the place of a row in its table, is in that table alone.
    await sql`delete from sign_ins where ctid = any(array(select ctid from sign_ins where created_at < ${noon} limit 100))`.execute(
      former,
    );
    assert.deepEqual(await ids(), [mine.id]);
    await current.close();
    await former.destroy();
  });

  test('an event of a day is delivered by nodes of this version, in the order of all events', async () => {
    const place = await postgres.place();
    const current = await openAt(place, clock);
    const id = await tenantIn(current);
    await current.outbox.name(['file'], clock.at);
    const { audits, signInLog } = current.forTenant(id);
    const change = { targetId: 'x', actor: 'test', old: undefined, new: undefined };
    await audits.note({ activity: 'first', ...change });
    const record = recordAt(noon);
    await signInLog.append(record);
    await audits.note({ activity: 'last', ...change });
    const taken = await current.outbox.next('file', 2);
    assert.deepEqual(
      taken.map(({ kind, id: entry }) => (kind === 'signIn' ? entry : kind)),
      ['audit', record.id],
    );
    const other = await openDatabase(place);
    const formerly = await other.selectFrom('event_outbox').select('kind').where('target', '=', 'file').execute();
    assert.deepEqual(formerly, []);
    await other.destroy();
    assert.equal((await current.outbox.backlog())[0]?.count, 3);
    await current.outbox.delivered('file', taken);
    assert.equal((await current.outbox.next('file', 9)).length, 1);
    await current.outbox.name([], new Date(noon + 2 * day));
    assert.deepEqual(await current.outbox.backlog(), []);
    await current.close();
  });
});

async function tenantIn(storage: Storage): Promise<string> {
  const id = crypto.randomUUID();
  await storage.tenants.add({ id, displayName: id, domains: [] });
  return id;
}

/** Entries in equal steps over the days before today, into the table that the first entry of each day has made. */
async function fill(
  direct: Database,
  tenantId: string,
  { entries, days }: { readonly entries: number; readonly days: number },
): Promise<void> {
  const log = openSignIns({ database: direct, tenantId, clock }, usualRepeats);
  const perDay = entries / days;
  for (let ago = days; ago > 0; ago--) {
    const begins = midnight - ago * day;
    await log.append(recordAt(begins, { status: 'success' }));
    await sql`insert into sign_in_days (tenant_id, id, correlation_id, created_at, status, document)
      select ${sql.lit(tenantId)}, ${sql.lit(`filled ${ago} `)} || i, 'c' || i, ${sql.lit(begins)} + i::bigint * ${sql.lit(day / perDay)},
        'success', '{}'
      from generate_series(0, ${sql.lit(perDay - 1)}) as i`.execute(direct);
  }
}
