import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { sql } from 'kysely';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { recordAt } from '#test/contract/record-at.ts';
import { openDatabase } from '../open.ts';

const clock = new TestClock();
const now = clock.at.getTime();
/** Identical failures would be one entry. */
const success = { status: 'success' } as const;
const hour = 3_600_000;
const day = 24 * hour;

for (const database of databasesUnderTest())
  describe(`the largest size of the sign-in log on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    async function opened() {
      const place = await database.place();
      const storage = await openAt(place, clock);
      const tenants = [crypto.randomUUID(), crypto.randomUUID()] as const;
      for (const id of tenants) await storage.tenants.add({ id, displayName: id, domains: [] });
      const logs = tenants.map((id) => storage.forTenant(id).signInLog);
      const agesLeft = async () => {
        const lists = await Promise.all(logs.map((log) => log.list({ top: 1000 })));
        const ages = lists.flat().map(({ createdDateTime }) => (now - createdDateTime.getTime()) / day);
        return [...new Set(ages)].sort((first, second) => first - second);
      };
      return { place, storage, logs, agesLeft };
    }

    test('without a limit, and below it, nothing is removed', async () => {
      const { storage, logs, agesLeft } = await opened();
      for (const ago of [0, 1, 29]) await logs[0]!.append(recordAt(now - ago * day, success));
      const { octets, limit } = await storage.limitLog(0, clock.at);
      assert.ok(octets > 3 * 1500, `${octets} octets`);
      assert.equal(limit, undefined);
      assert.equal((await storage.limitLog(octets, clock.at)).limit, undefined);
      assert.deepEqual(await agesLeft(), [0, 1, 29]);
      assert.equal(await storage.lastLogLimit(), undefined);
      await storage.close();
    });

    test('beyond it the oldest entries of every tenant leave, until the log fits, and the removal is recorded', async () => {
      const { place, storage, logs, agesLeft } = await opened();
      for (const ago of [0, 1, 2, 3, 4, 5])
        for (const log of logs) await log.append(recordAt(now - ago * day, success));
      const { octets } = await storage.limitLog(0, clock.at);
      // On PostgreSQL there are two days more, which are empty and are counted.
      const days = place.kind === 'postgres' ? 8 : 6;
      const { octets: rest, limit } = await storage.limitLog(Math.ceil((octets * (days - 2)) / days), clock.at);
      assert.ok(rest < octets);
      assert.deepEqual(await agesLeft(), [0, 1, 2, 3]);
      assert.ok(
        limit && limit.removedBefore.getTime() > now - 4 * day && limit.removedBefore.getTime() <= now - 3 * day,
      );
      assert.deepEqual(await storage.lastLogLimit(), limit);
      await storage.close();
    });

    test('what is of today stays on PostgreSQL, and what is of this hour on SQLite, however small the limit is', async () => {
      const { place, storage, logs, agesLeft } = await opened();
      for (const ago of [0, 2 * hour, day]) await logs[0]!.append(recordAt(now - ago, success));
      await storage.limitLog(1, clock.at);
      assert.deepEqual(await agesLeft(), place.kind === 'postgres' ? [0, 1 / 12] : [0]);
      const second = await storage.limitLog(1, clock.at);
      assert.equal(second.limit, undefined, 'nothing is left to remove');
      await storage.close();
    });

    test('entries in the table of the version before count, and leave first', async () => {
      if (!database.isShared) return; // SQLite has one table
      const { place, storage, logs, agesLeft } = await opened();
      await logs[0]!.append(recordAt(now - day, success));
      const direct = await openDatabase(place);
      const [{ id }] = (await direct.selectFrom('tenants').select('id').limit(1).execute()) as [{ id: string }];
      await sql`insert into sign_ins (tenant_id, id, correlation_id, created_at, status, document)
        select ${id}, 'former ' || i, 'c', ${now - 3 * day}::bigint, 'success', '{}' from generate_series(1, 2000) as i`.execute(
        direct,
      );
      await sql`analyze sign_ins`.execute(direct);
      const { octets } = await storage.limitLog(0, clock.at);
      assert.ok(octets > 2000 * 3000, `${octets} octets`);
      const { limit } = await storage.limitLog(octets - 1000, clock.at);
      assert.ok(limit);
      assert.deepEqual(await agesLeft(), [1]);
      await direct.destroy();
      await storage.close();
    });
  });
