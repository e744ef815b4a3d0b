import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { markKey, readMarks } from '#storage/cache/change-marks.ts';
import { openDatabase, type Place } from '#storage/database/open.ts';
import type { Storage } from '#storage/storage.ts';
import { type DatabaseUnderTest, databasesUnderTest, nodesAt, openAt, TestClock } from '../databases.ts';
import { actor, changes, entry, kind, user } from './felt-changes-rows.ts';

const clock = new TestClock();

/** A process that a test starts runs no tests. */
const env = { ...process.env, NODE_TEST_CONTEXT: undefined };

/** A database, and which processes change it and read it. */
interface Scene extends DatabaseUnderTest {
  readonly hasProcesses?: boolean;
}
const [sqlite] = databasesUnderTest();
const scenes: readonly Scene[] = [
  ...databasesUnderTest(),
  { ...sqlite!, name: 'SQLite with several processes', hasProcesses: true },
];

/** Two connections to one file, as a parent and its worker have them. */
async function processesAt(place: Place): Promise<readonly [Storage, ...Storage[]]> {
  const first = await openAt({ ...place, sharing: 'parent' } as Place, clock);
  return [first, await openAt({ ...place, sharing: 'worker' } as Place, clock)];
}

/** Another process on the folder, which makes changes by their names. */
function openMaker(folder: string, tenantId: string) {
  const child = fork(join(import.meta.dirname, 'felt-changes-node.ts'), [folder, tenantId], { env, execArgv: [] });
  const answer = async () => {
    const [message] = (await once(child, 'message')) as [{ made?: string; problem?: string }];
    assert.equal(message.problem, undefined);
  };
  return {
    ready: answer(),
    make: (name: string) => {
      child.send(name);
      return answer();
    },
    close: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

for (const database of scenes) {
  describe(`what one server changes, on ${database.name}`, { skip: database.missing ?? false }, () => {
    const tenantId = crypto.randomUUID();
    let place: Awaited<ReturnType<typeof database.place>>;
    let nodes: readonly [Storage, ...Storage[]];
    let maker: ReturnType<typeof openMaker> | undefined;
    before(async () => {
      place = await database.place();
      nodes = database.hasProcesses ? await processesAt(place) : await nodesAt(place, clock);
      const domains = [{ id: 'felt.test', authenticationType: 'Managed', isVerified: true } as const];
      await nodes[0].tenants.add({ id: tenantId, displayName: 'Felt', domains });
      if (database.hasProcesses && place.kind === 'sqlite') maker = openMaker(place.folder, tenantId);
      await maker?.ready;
    });
    after(async () => {
      await maker?.close();
      for (const node of nodes ?? []) await node.close();
      database.end();
    });

    for (const { name, make, read, sees } of changes) {
      test(`the next request on the other server reads it: ${name}`, async () => {
        const lastNode = nodes.at(-1)!;
        const readThere = () => lastNode.inRequest(() => read(lastNode.forTenant(tenantId), lastNode, tenantId));
        assert.deepEqual(await readThere(), sees[0]);
        await (maker ? maker.make(name) : make(nodes[0].forTenant(tenantId), nodes[0], tenantId));
        assert.deepEqual(await readThere(), sees[1]);
        assert.deepEqual(await readThere(), sees[1], 'from memory');
      });
    }

    test('every column of a user but the last method marks a change of the directory', async () => {
      const db = await openDatabase(await database.place());
      const columns = (await db.introspection.getTables()).find(({ name }) => name === 'users')!.columns;
      const table = {
        tenant_id: tenantId,
        id: 'u',
        upn: 'u',
        upn_key: 'u',
        display_name: 'u',
        account_enabled: 1,
        mail_is_shared: 0,
      };
      await db
        .insertInto('users')
        .values(table as never)
        .execute();
      const marks = async () => (await readMarks({ database: db, tenantId })).get(markKey(tenantId, 'directory'));
      for (const { name } of columns.filter((column) => !['tenant_id', 'id', 'last_method'].includes(column.name))) {
        const before = await marks();
        await db
          .updateTable('users')
          .set({ [name]: 0 } as never)
          .execute();
        assert.notEqual(await marks(), before, `the column ${name}`);
      }
      await db.destroy();
    });

    test('a change that is rolled back is felt by no server', async () => {
      const lastNode = nodes.at(-1)!.forTenant(tenantId);
      const before = await lastNode.policies.current();
      await assert.rejects(
        nodes[0].forTenant(tenantId).inTransaction(async (inside) => {
          await inside.policy.setBlocked([], actor);
          throw new Error('no');
        }),
      );
      assert.equal(await lastNode.policies.current(), before);
    });

    test('a request reads what it has changed itself', async () => {
      const [node] = nodes;
      const stores = node.forTenant(tenantId);
      await node.inRequest(async () => {
        assert.equal((await stores.directory.user(user.id))?.displayName, user.displayName);
        await stores.users.update({ ...user, displayName: 'Ana' }, actor);
        assert.equal((await stores.directory.user(user.id))?.displayName, 'Ana');
      });
    });

    /** A change of roles on one server that is not committed before `finish`; others may change roles meanwhile. */
    async function lateChange(value: string) {
      const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const change = nodes[0].forTenant(tenantId).inTransaction(async (inside) => {
        await inside.objects.add({ kind, id: value, owner: undefined, document: { value } }, entry);
        begun.resolve();
        await end.promise;
      });
      await begun.promise;
      const finish = () => {
        end.resolve();
        return change;
      };
      return { finish };
    }

    test('changes that commit in another order than they began are felt one by one', async () => {
      const quick = nodes.at(-1)!.forTenant(tenantId);
      const { finish } = await lateChange('first');
      if (database.isShared) {
        await quick.objects.add({ kind, id: 'second', owner: undefined, document: {} }, entry);
        assert.equal(await quick.objects.find(kind, 'first'), undefined);
      }
      await finish();
      assert.ok(await quick.objects.find(kind, 'first'));
    });

    test('a change that commits late is felt, also after the marks were thinned out meanwhile', async (t) => {
      if (!database.isShared) return; // one process writes at a time
      const quick = nodes.at(-1)!.forTenant(tenantId);
      const connection = await openDatabase(place);
      t.after(() => connection.destroy());
      const thinned = async (tenant: string, area: string) => {
        const end = Date.now() + 5000;
        const count = async () =>
          Number((await readMarks({ database: connection, tenantId })).get(markKey(tenant, area))?.split(' ')[0]);
        while ((await count()) > 100) assert.ok(Date.now() < end, `the marks of ${area} are thinned out`);
      };
      const { finish } = await lateChange('late');
      for (let count = 0; count < 101; count++)
        await quick.objects.add({ kind, id: `${count}`, owner: undefined, document: {} }, entry);
      await thinned(tenantId, 'objects');
      assert.equal(await quick.objects.find(kind, 'late'), undefined);
      await finish();
      for (let count = 0; count < 101; count++) await nodes[0].tenants.setDisplayName(tenantId, `Name ${count}`, actor);
      await thinned('', 'tenants');
      assert.ok(await quick.objects.find(kind, 'late'));
    });

    test('many changes are thinned out, and the next one is felt', async () => {
      const [node, lastNode = node] = nodes;
      for (let count = 0; count < 120; count++) await node.tenants.setDisplayName(tenantId, `Name ${count}`, actor);
      for (const displayName of ['one', 'two', 'three']) {
        assert.ok((await lastNode.tenants.find(tenantId))?.displayName);
        await node.tenants.setDisplayName(tenantId, displayName, actor);
        assert.equal((await lastNode.tenants.find(tenantId))?.displayName, displayName);
      }
    });
  });
}
