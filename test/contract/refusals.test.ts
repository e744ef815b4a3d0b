import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { type KyselyPlugin, type RootOperationNode, sql } from 'kysely';
import { actorText } from '#admin/actor.ts';
import { auditRefusal, refusalWords } from '#admin/refusals.ts';
import { fault } from '#core/trace/fault.ts';
import { because } from '#core/trace/reasons.ts';
import type { AuditRecord, RefusedOperation } from '#model/audit.ts';
import { openAudits } from '#storage/database/audits/audit.ts';
import { asOneOperation } from '#storage/database/audits/correlation.ts';
import { openDatabase, type Place } from '#storage/database/open.ts';
import type { Database } from '#storage/database/schema.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databaseOf } from './database/old-database.ts';
import { databasesUnderTest, nodesAt, openAt, TestClock } from './databases.ts';

const hour = 3600 * 1000;
const actor = actorText({ kind: 'user', id: 'u1', name: 'ana@x.test', ipAddress: '192.0.2.1' });
const refused: Omit<RefusedOperation, 'caller'> = {
  activity: 'Refused Graph request',
  operation: 'DELETE users/{id}',
  targetKind: 'User',
  targetId: 't1',
  actor,
  because: because('graphObjectMissing', { id: 't1' }),
};

for (const database of databasesUnderTest()) {
  describe(`refusals in the audit log on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let nodes: readonly [Storage, ...Storage[]];
    before(async () => {
      nodes = await nodesAt(await database.place(), clock);
    });
    after(async () => {
      for (const node of nodes) await node.close();
      database.end();
    });

    /** The stores of a new tenant, on every node. */
    const newTenant = async (): Promise<readonly [TenantStorage, ...TenantStorage[]]> => {
      const id = crypto.randomUUID();
      const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true } as const];
      await nodes[0].tenants.add({ id, displayName: id, domains }, actor);
      const [first, ...furtherNodes] = nodes.map((node) => node.forTenant(id));
      return [first!, ...furtherNodes];
    };
    const refusalsOf = ({ audits }: TenantStorage) => audits.list({ top: 1000, result: 'failure' });

    test('identical refusals of one hour are one row with a count, on every node', async () => {
      const [mine, theirs = mine] = await newTenant();
      const from = (ipAddress: string) => actorText({ kind: 'user', id: 'u1', name: 'ana@x.test', ipAddress });
      for (let i = 0; i < 40; i++) {
        clock.pass(1000);
        const change = { targetId: `t${i}`, actor: i % 3 === 0 ? actor : from(`2001:db8::${i}`) };
        const reason = because('graphObjectMissing', { id: change.targetId });
        await auditRefusal({ ...refused, ...change, because: reason }, (i % 2 === 0 ? mine : theirs).audits);
      }
      const [row, ...furtherNodes] = await refusalsOf(mine);
      assert.deepEqual(furtherNodes, []);
      assert.deepEqual([row!.targetId, row!.actor, row!.refusal!.count], ['t39', actor, 40]);
      assert.deepEqual(
        row!.refusal!.because,
        because('graphObjectMissing', { id: 't39' }),
        'the row is about the newest one',
      );
      assert.deepEqual(row!.refusal!.lastDateTime, clock.at);
      assert.equal(clock.at.getTime() - row!.activityDateTime.getTime(), 39_000);
      assert.deepEqual(await mine.audits.find(row!.id), row);
    });

    test('rows of one operation share an id; a row from before operations had one is found by its own', async () => {
      const place = await database.place();
      const id = crypto.randomUUID();
      const tenant = { id, displayName: id, domains: [] };
      const storage = await openAt(place, clock);
      await asOneOperation(() => storage.tenants.add(tenant, actor));
      await asOneOperation(async () => {
        const { audits } = storage.forTenant(id);
        await auditRefusal(refused, audits);
        await audits.note({ activity: 'Import CRL', targetId: 'c', actor, old: undefined, new: {} });
      });
      const [row] = await storage.forTenant(id).audits.list({ top: 1, result: 'failure' });
      const query = { top: 9, correlationId: row!.correlationId };
      assert.equal((await storage.forTenant(id).audits.list(query)).length, 2);
      await storage.close();
      const direct = await openDatabase(place);
      const table = database.isShared ? ('refusal_days' as 'audits') : 'audits';
      await direct.updateTable(table).set({ correlation_id: null }).where('id', '=', row!.id).execute();
      await direct.destroy();
      const again = await openAt(place, clock);
      const old = await again.forTenant(id).audits.list({ ...query, correlationId: row!.id });
      assert.deepEqual(old, [{ ...row!, correlationId: row!.id }]);
      await again.close();
    });

    test('refusals that come at once are all counted', async () => {
      const [mine, theirs = mine] = await newTenant();
      const each = Array.from({ length: 50 }, (_, i) => auditRefusal(refused, (i % 2 === 0 ? mine : theirs).audits));
      await Promise.all(each);
      assert.deepEqual(
        (await refusalsOf(mine)).map(({ refusal }) => refusal!.count),
        [50],
      );
    });

    const otherActor = actorText({ kind: 'user', id: 'u2', name: 'ana@x.test', ipAddress: '192.0.2.1' });
    const different: readonly [string, Partial<RefusedOperation>, number?][] = [
      ['another caller', { actor: otherActor }],
      ['an application of the same id', { actor: actorText({ kind: 'app', id: 'u1', name: 'ana@x.test' }) }],
      ['the command line', { actor: 'cli:root' }],
      ['another operation', { operation: 'PATCH users/{id}' }],
      ['another kind of target', { targetKind: 'Group' }],
      ['another reason', { because: because('graphReferenceMissing', { property: 't1' }) }],
      ['another hour', {}, hour],
    ];
    for (const [name, change, wait = 0] of different) {
      test(`${name} is another row`, async () => {
        const [mine] = await newTenant();
        await auditRefusal(refused, mine.audits);
        clock.pass(wait);
        await auditRefusal({ ...refused, ...change }, mine.audits);
        assert.deepEqual(
          (await refusalsOf(mine)).map(({ refusal }) => refusal!.count),
          [1, 1],
        );
      });
    }

    test('tenants and the installation have their own refusals', async () => {
      const [[mine], [theirs]] = [await newTenant(), await newTenant()];
      await auditRefusal(refused, mine.audits);
      await auditRefusal({ ...refused, operation: 'tenant add' }, nodes[0].audits);
      assert.equal((await refusalsOf(mine)).length, 1);
      assert.deepEqual(await refusalsOf(theirs), []);
      const [row] = await nodes[0].audits.list({ top: 10 });
      assert.deepEqual(row!.newValue, { operation: 'tenant add', targetKind: 'User' });
    });

    test('a change that was made is no refusal, and both are found by the result', async () => {
      const [mine] = await newTenant();
      await mine.audits.note({
        activity: 'Rotate signing key',
        targetId: 'k',
        actor,
        old: undefined,
        new: { kid: 'k' },
      });
      await auditRefusal(refused, mine.audits);
      const activitiesOf = (rows: readonly AuditRecord[]) => rows.map(({ activity }) => activity).sort();
      assert.deepEqual(activitiesOf(await refusalsOf(mine)), ['Refused Graph request']);
      const successes = await mine.audits.list({ top: 10, result: 'success' });
      assert.deepEqual(activitiesOf(successes), ['Add tenant', 'Rotate signing key']);
      assert.ok(successes.every((row) => !('refusal' in row)));
    });

    test('a refusal that is written after its transaction was rolled back stays, and its change does not', async () => {
      const [mine] = await newTenant();
      const change = { activity: 'Rotate signing key', targetId: 'k', actor, old: undefined, new: { kid: 'k' } };
      const work = async ({ audits }: TenantStorage) => {
        await audits.note(change);
        throw fault('graphObjectMissing', { id: 't1' });
      };
      await mine.inTransaction(work).catch(() => auditRefusal(refused, mine.audits));
      const rows = await mine.audits.list({ top: 10 });
      assert.deepEqual(rows.map(({ activity }) => activity).sort(), ['Add tenant', refused.activity]);
    });

    test('what a caller wrote is cut in the row', async () => {
      const [mine] = await newTenant();
      const problem = 'x'.repeat(100_000);
      const long = { targetId: problem, because: because('graphPropertyInvalid', { target: 'displayName', problem }) };
      await auditRefusal({ ...refused, ...long }, mine.audits);
      const [row] = await refusalsOf(mine);
      assert.ok(JSON.stringify(row).length < 1000, `${JSON.stringify(row).length} characters`);
      assert.match(refusalWords(row!.refusal!.because), /xxx…/);
    });

    test('a reason that this version cannot word is its code', () => {
      const unknown = { code: 'graphObjectMissing', evidence: null } as unknown as RefusedOperation['because'];
      assert.equal(refusalWords(unknown), 'graphObjectMissing');
    });

    test('refusals are removed with the sign-in log’s entries of that age, and changes stay', async () => {
      const [mine] = await newTenant();
      await auditRefusal(refused, mine.audits);
      await auditRefusal(refused, nodes[0].audits);
      clock.pass(24 * hour);
      await auditRefusal(refused, mine.audits);
      await nodes[0].prune(clock.at, { signInsSince: new Date(clock.at.getTime() - 1) });
      assert.equal((await refusalsOf(mine)).length, 1);
      assert.deepEqual(await nodes[0].audits.list({ top: 10 }), []);
      assert.equal((await mine.audits.list({ top: 10, result: 'success' })).length, 1);
    });

    test('refusals are read from an index, however many changes there are', async () => {
      const place = await database.place();
      await (await openAt(place, clock)).close();
      const direct = await openDatabase(place);
      const rows = Array.from({ length: 200 }, (_, i) => changeRow({ at: i }));
      for (let i = 0; i < 20; i++) await direct.insertInto('audits').values(rows.map(again)).execute();
      const seen = new Nodes();
      const audits = openAudits({ database: direct.withPlugin(seen), tenantId: 'tenant', clock });
      await audits.list({
        top: 100,
        result: 'failure',
        from: new Date(5),
        before: { id: 'x', activityDateTime: clock.at },
      });
      assert.match(await planOf(direct, seen.nodes.at(-1)!, place), /audits_by_result/);
    });

    test('a refusal from before the result was stored is one after the update', async () => {
      const place = await database.emptyPlace();
      const old = await databaseOf('016-devices', place);
      const value = JSON.stringify({ method: 'DELETE', path: '/v1.0/users/x', because: 'graphRoleMissing' });
      const { result: _, ...row } = changeRow({ activity: 'Refused Graph request', new_value: value });
      await old
        .insertInto('audits')
        .values([row, again({ ...row, activity: 'Add user' })])
        .execute();
      await old.destroy();
      const storage = await openAt(place, clock);
      const records = await storage.forTenant('tenant').audits.list({ top: 10 });
      const [refusal] = records.filter(({ refusal }) => refusal);
      assert.equal(records.length, 2);
      assert.deepEqual(
        [refusal!.activity, refusal!.refusal!.because.code, refusal!.refusal!.count],
        [row.activity, 'graphRoleMissing', 1],
      );
      assert.equal(refusalWords(refusal!.refusal!.because), 'graphRoleMissing');
      await storage.close();
    });
  });
}

const changeRow = (change: object) => ({
  tenant_id: 'tenant',
  id: crypto.randomUUID(),
  at: 1,
  actor,
  activity: 'Add user',
  target_id: 't',
  old_value: null,
  new_value: null,
  result: 'success' as const,
  ...change,
});
const again = <R extends object>(row: R): R => ({ ...row, id: crypto.randomUUID() });

/** The statements that were run. */
class Nodes implements KyselyPlugin {
  readonly nodes: RootOperationNode[] = [];
  transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => {
    this.nodes.push(node);
    return node;
  };
  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => result;
}

/** How the database would run the statement; closes it. */
async function planOf(database: Database, node: RootOperationNode, place: Place): Promise<string> {
  const compiled = database.getExecutor().compileQuery(node, { queryId: 'plan' });
  if (place.kind === 'postgres') {
    await sql`analyze audits`.execute(database);
    const { rows } = await database.executeQuery({ ...compiled, sql: `explain ${compiled.sql}` });
    await database.destroy();
    return JSON.stringify(rows);
  }
  await database.destroy(); // SQLite is held by one connection
  const direct = new DatabaseSync(join(place.folder, 'cardea.db'));
  const plan = direct.prepare(`explain query plan ${compiled.sql}`).all(...(compiled.parameters as string[]));
  direct.close();
  return JSON.stringify(plan);
}
