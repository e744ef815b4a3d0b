import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { sql } from 'kysely';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { userOf } from '#test/contract/user-of.ts';
import { auditLogOf } from '../audits/days.ts';
import { openDatabase, type Place } from '../open.ts';
import { tenantTables } from '../table-names.ts';

const day = 86_400_000;
const clock = new TestClock();

/** The logs by days, which `sign-in-log/days.test.ts` and `audits/days.test.ts` look at. */
const ofDays = /^(?:sign_in|audit|refusal)_(?:days|log)$|^(?:sign_ins|audits|refusals)_\d{8}$/;

for (const database of databasesUnderTest()) {
  describe(`the removal of a tenant on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    async function directly<T>(place: Place, work: (direct: Awaited<ReturnType<typeof openDatabase>>) => Promise<T>) {
      const direct = await openDatabase(place);
      try {
        return await work(direct);
      } finally {
        await direct.destroy();
      }
    }
    const rowsOf = (place: Place, tenantId: string) =>
      directly(place, async (direct) => {
        const counts: [string, number][] = [];
        for (const table of tenantTables) {
          const read = table === 'audits' ? auditLogOf(direct).replace(/ as .*/, '') : table;
          const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(read)}
            where tenant_id = ${tenantId}`.execute(direct);
          counts.push([table, Number(rows[0]!.count)]);
        }
        return counts.filter(([, count]) => count > 0).map(([table]) => table);
      });

    test('removes the rows of every table that has rows of a tenant', async () => {
      const place = await database.place();
      await (await openAt(place)).close();
      const tablesOfTenants = await directly(place, async (direct) => {
        const tables = await direct.introspection.getTables();
        return tables.filter(({ columns }) => columns.some(({ name }) => name === 'tenant_id')).map(({ name }) => name);
      });
      assert.deepEqual([...tenantTables].sort(), tablesOfTenants.filter((name) => !ofDays.test(name)).sort());
    });

    test('leaves nothing of it, and what another tenant has', async () => {
      const place = await database.place();
      const storage = await openAt(place, clock);
      const [gone, stays] = [await tenantWithUser(storage), await tenantWithUser(storage)];
      assert.equal((await storage.tenants.contents(gone)).users, 1);
      assert.equal(await storage.tenants.remove(gone, 'test'), true);
      assert.equal(await storage.tenants.remove(gone, 'test'), false);
      assert.equal(await storage.tenants.find(gone), undefined);
      assert.equal(await storage.forTenant(stays).users.count(), 1);
      const [row] = await storage.audits.list({ top: 1 });
      assert.deepEqual([row?.activity, row?.targetId], ['Delete tenant', gone]);
      await storage.close();
      assert.deepEqual(await rowsOf(place, gone), []);
      assert.ok((await rowsOf(place, stays)).includes('users'));
    });

    test('is finished by the next pruning where rows were left or came late, and the mark of it goes after a day', async () => {
      const place = await database.place();
      const storage = await openAt(place, clock);
      const gone = await tenantWithUser(storage);
      await storage.tenants.remove(gone, 'test');
      const late = await tenantUser(storage, gone);
      assert.equal(await storage.forTenant(gone).users.count(), 1, late);
      await storage.prune(clock.at, { signInsSince: new Date(clock.at.getTime() - 30 * day) });
      assert.equal(await storage.forTenant(gone).users.count(), 0);
      await storage.prune(new Date(clock.at.getTime() + 2 * day), { signInsSince: clock.at });
      await storage.close();
      assert.deepEqual(await rowsOf(place, ''), ['audits', 'change_marks']);
    });
  });
}

type Storage = Awaited<ReturnType<typeof openAt>>;

async function tenantWithUser(storage: Storage): Promise<string> {
  const id = crypto.randomUUID();
  const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true } as const];
  await storage.tenants.add({ id, displayName: id, domains }, 'test');
  await tenantUser(storage, id);
  return id;
}

async function tenantUser(storage: Storage, tenantId: string): Promise<string> {
  const user = userOf(`${crypto.randomUUID()}@${tenantId}.test`);
  await storage.forTenant(tenantId).users.add(user, 'test');
  return user.id;
}
