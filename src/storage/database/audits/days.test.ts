import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import pg from 'pg';
import { auditRefusal } from '#admin/refusals.ts';
import { because } from '#core/trace/reasons.ts';
import type { AuditRecord } from '#model/audit.ts';
import { databaseOf } from '#test/contract/database/old-database.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { statementsOf } from '#test/contract/statements-of.ts';
import type { Storage } from '../../storage.ts';
import { openDatabase } from '../open.ts';
import type { Database } from '../schema.ts';

const day = 86_400_000;
const noon = new TestClock().at.getTime();
const ago = (days: number) => new Date(noon - days * day);
const refused = {
  activity: 'Delete user',
  operation: 'DELETE users/{id}',
  targetKind: 'User',
  targetId: 'u',
  actor: 'test',
  because: because('graphObjectMissing', { id: 'u' }),
};

for (const underTest of databasesUnderTest())
  describe(`the audit log over many days on ${underTest.name}`, { skip: underTest.missing ?? false }, () => {
    const clock = new TestClock();
    const tenantId = crypto.randomUUID();
    let storage: Storage;
    before(async () => {
      storage = await openAt(await underTest.place(), clock);
      await storage.tenants.add({ id: tenantId, displayName: tenantId, domains: [] });
      for (const days of [800, 731, 500, 40, 31, 20, 1, 0]) {
        clock.at = ago(days);
        await note(`${days} days`);
        await auditRefusal({ ...refused, targetId: `${days} days` }, audits());
      }
    });
    after(async () => {
      await storage?.close();
      underTest.end();
    });

    const audits = () => storage.forTenant(tenantId).audits;
    const note = (targetId: string) =>
      audits().note({ activity: 'Update user', targetId, actor: 'test', old: undefined, new: {} });
    const daysOf = (rows: readonly AuditRecord[], activity: string) =>
      rows.filter((row) => row.activity === activity).map(({ targetId }) => Number.parseInt(targetId, 10));

    test('rows that lie days apart are read in either order, page by page, and each by its id', async () => {
      const newest = await audits().list({ top: 100 });
      assert.deepEqual(daysOf(newest, 'Update user'), [0, 1, 20, 31, 40, 500, 731, 800]);
      const oldest = await audits().list({ top: 100, isOldestFirst: true });
      assert.deepEqual(daysOf(oldest, 'Delete user'), [800, 731, 500, 40, 31, 20, 1, 0]);
      const collected: AuditRecord[] = [];
      for (let page = await audits().list({ top: 3 }); page.length > 0; ) {
        collected.push(...page);
        page = await audits().list({ top: 3, before: page.at(-1)! });
      }
      assert.deepEqual(collected, newest);
      for (const row of newest) assert.deepEqual(await audits().find(row.id), row);
      assert.equal(await audits().find(crypto.randomUUID()), undefined);
    });

    test('a period, a target and a result are found over all days', async () => {
      const period = await audits().list({ top: 100, from: ago(500), until: ago(20) });
      assert.deepEqual(daysOf(period, 'Update user'), [20, 31, 40, 500]);
      assert.equal((await audits().list({ top: 100, targetId: '731 days' })).length, 2);
      assert.equal((await audits().list({ top: 100, result: 'failure' })).length, 8);
    });

    test('changes leave after the days of changes, refusals after those of the sign-in log', async () => {
      clock.at = new Date(noon);
      await storage.prune(clock.at, { signInsSince: ago(30), changesSince: ago(730) });
      const rows = await audits().list({ top: 100 });
      assert.deepEqual(daysOf(rows, 'Update user'), [0, 1, 20, 31, 40, 500]);
      assert.deepEqual(daysOf(rows, 'Delete user'), [0, 1, 20]);
    });

    test('without an end of the days of changes every change stays', async () => {
      await storage.prune(new Date(noon + 9999 * day), { signInsSince: ago(-9999) });
      const rows = await audits().list({ top: 100 });
      assert.deepEqual(daysOf(rows, 'Update user'), [0, 1, 20, 31, 40, 500]);
      assert.deepEqual(daysOf(rows, 'Delete user'), []);
    });
  });

const postgres = databasesUnderTest()[1]!;

describe('the audit log on PostgreSQL has tables of a day', { skip: postgres.missing ?? false }, () => {
  const clock = new TestClock();
  let url: string;
  let storage: Storage;
  let direct: Database;
  const tenantId = crypto.randomUUID();
  before(async () => {
    const place = await postgres.place();
    url = place.kind === 'postgres' ? place.url : '';
    storage = await openAt(place, clock);
    direct = await openDatabase(place);
    await storage.tenants.add({ id: tenantId, displayName: tenantId, domains: [] });
  });
  after(async () => {
    await storage?.close();
    await direct?.destroy();
    postgres.end();
  });

  const stores = () => storage.forTenant(tenantId);
  const change = { activity: 'Update user', targetId: 'u', actor: 'test', old: undefined, new: {} };
  const daysThere = async (parent: string) => {
    const { rows } = await sql<{ name: string }>`select inhrelid::regclass::text as name from pg_inherits
      where inhparent = ${parent}::regclass order by 1`.execute(direct);
    return rows.map(({ name }) => name);
  };

  test('a start makes the tables of today and tomorrow, and rows are written to them alone', async () => {
    assert.deepEqual(await daysThere('audit_days'), ['audits_20270301', 'audits_20270302']);
    assert.deepEqual(await daysThere('refusal_days'), ['refusals_20270301', 'refusals_20270302']);
    await stores().audits.note(change);
    await auditRefusal(refused, stores().audits);
    const { rows } = await sql<{ count: number }>`select count(*) as count from audits`.execute(direct);
    assert.equal(Number(rows[0]!.count), 0);
  });

  test('a transaction that is rolled back takes the table of its day along, and the next change makes it again', async () => {
    clock.at = ago(50);
    const work = async (inside: typeof stores extends () => infer S ? S : never) => {
      await inside.audits.note(change);
      throw new Error('rolled back');
    };
    await assert.rejects(stores().inTransaction(work), /rolled back/);
    assert.ok(!(await daysThere('audit_days')).includes('audits_20270110'));
    await stores().inTransaction((inside) => inside.audits.note(change));
    assert.ok((await daysThere('audit_days')).includes('audits_20270110'));
  });

  test('days that are over leave by dropped tables: no row of them is deleted', async () => {
    for (const days of [800, 799]) {
      clock.at = ago(days);
      await stores().audits.note(change);
      await auditRefusal(refused, stores().audits);
    }
    clock.at = new Date(noon);
    const statements = await statementsOf(() =>
      storage.prune(clock.at, { signInsSince: ago(30), changesSince: ago(730) }),
    );
    const ofDays = statements.filter(
      (text) => /(audits|refusals)_\d{8}|_days/.test(text) && !text.startsWith('select'),
    );
    assert.deepEqual(ofDays, [
      'drop table if exists "refusals_20241221"',
      'drop table if exists "refusals_20241222"',
      'drop table if exists "audits_20241221"',
      'drop table if exists "audits_20241222"',
    ]);
  });

  test('a day that is being read stays until the next time', async () => {
    clock.at = ago(800);
    await stores().audits.note(change);
    clock.at = new Date(noon);
    const reader = new pg.Client(url);
    await reader.connect();
    await reader.query('begin');
    await reader.query('select count(*) from audit_days');
    const retention = { signInsSince: ago(30), changesSince: ago(730) };
    await storage.prune(clock.at, retention);
    assert.equal((await daysThere('audit_days'))[0], 'audits_20241221');
    await reader.query('commit');
    await reader.end();
    await storage.prune(clock.at, retention);
    assert.notEqual((await daysThere('audit_days'))[0], 'audits_20241221');
  });

  test('a reading of a period looks at its days', async () => {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select * from audit_log as audits
      where tenant_id = ${sql.lit(tenantId)} and at >= ${sql.lit(noon - day / 2)} and at < ${sql.lit(noon + day / 2)}
      order by at desc, id limit 50`.execute(direct);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    const tables = [...new Set(plan.match(/(?:audits|refusals)_\d{8}(?!\w)/g))].sort();
    assert.deepEqual(tables, ['audits_20270301', 'refusals_20270301']);
  });

  test('rows from before, and those of a node of the version before, are read and removed like others', async () => {
    const place = await postgres.emptyPlace();
    const old = await databaseOf('034-counted-users', place);
    await old.insertInto('tenants').values({ id: tenantId, display_name: 'T', created_at: 0 }).execute();
    const rowAt = (days: number, result: 'success' | 'failure') => ({
      ...{ tenant_id: tenantId, id: `${days} ${result}`, at: noon - days * day, actor: 'test' },
      ...{ activity: 'Update user', target_id: 'u', result },
    });
    await old
      .insertInto('audits')
      .values([rowAt(800, 'success'), rowAt(700, 'success')])
      .execute();
    const current = await openAt(place, clock);
    await old
      .insertInto('audits')
      .values([rowAt(40, 'failure'), rowAt(1, 'failure')])
      .execute();
    await old.destroy();
    const { audits } = current.forTenant(tenantId);
    await audits.note({ ...change, targetId: 'new' });
    const ids = async () =>
      (await audits.list({ top: 10 })).map(({ id, targetId }) => (targetId === 'new' ? 'new' : id));
    assert.deepEqual(await ids(), ['new', '1 failure', '40 failure', '700 success', '800 success']);
    assert.equal((await audits.find('700 success'))?.id, '700 success');
    await current.prune(clock.at, { signInsSince: ago(30), changesSince: ago(730) });
    assert.deepEqual(await ids(), ['new', '1 failure', '700 success']);
    await current.close();
  });
});
