import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { openDatabase } from './open.ts';

const clock = new TestClock();
const minute = 60_000;

for (const database of databasesUnderTest()) {
  describe(`events that wait to be delivered, on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    async function opened() {
      const place = await database.place();
      const storage = await openAt(place, clock);
      const id = crypto.randomUUID();
      const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true } as const];
      await storage.tenants.add({ id, displayName: id, domains });
      const change = (activity: string) =>
        storage.forTenant(id).audits.note({ activity, targetId: 'x', actor: 'test', old: undefined, new: undefined });
      return { place, storage, id, change };
    }

    test('without a target nothing waits', async () => {
      const { storage, change } = await opened();
      await change('Add user');
      await storage.outbox.name(['file'], clock.at);
      assert.deepEqual(await storage.outbox.next('file', 10), []);
      await storage.close();
    });

    test('every change waits for each target until it was delivered there, also after a restart', async () => {
      const { place, storage, id, change } = await opened();
      await storage.outbox.name(['file', 'webhook'], clock.at);
      for (const activity of ['Add user', 'Update user', 'Delete user']) await change(activity);
      const first = await storage.outbox.next('file', 2);
      await storage.outbox.delivered('file', first);
      await storage.close();
      const again = await openAt(place, clock);
      const [file, webhook] = [await again.outbox.next('file', 10), await again.outbox.next('webhook', 10)];
      assert.deepEqual([file.length, webhook.length], [1, 3]);
      assert.ok(webhook.every(({ tenantId, kind }) => tenantId === id && kind === 'audit'));
      const orders = webhook.map(({ order }) => order);
      assert.deepEqual(orders.toSorted(), orders);
      const activities = [];
      for (const entry of webhook) activities.push((await again.forTenant(id).audits.find(entry.id))?.activity);
      assert.deepEqual(activities, ['Add user', 'Update user', 'Delete user']);
      const [backlog] = await again.outbox.backlog();
      assert.deepEqual([backlog?.target, backlog?.count], ['file', 1]);
      assert.equal(backlog?.oldest?.getTime(), clock.at.getTime());
      await again.close();
    });

    test('a transaction that is rolled back leaves no event', async () => {
      const { storage, id, change } = await opened();
      await storage.outbox.name(['file'], clock.at);
      const rolledBack = storage.forTenant(id).inTransaction(async (inside) => {
        const about = { targetId: 'x', actor: 'test', old: undefined, new: undefined };
        await inside.audits.note({ activity: 'Add user', ...about });
        throw new Error('rolled back');
      });
      await assert.rejects(rolledBack, /rolled back/);
      await change('Update user');
      assert.equal((await storage.outbox.next('file', 10)).length, 1);
      await storage.close();
    });

    test('one holder has the right to deliver, and another one after its time', async () => {
      const { storage } = await opened();
      const { outbox } = storage;
      await outbox.name(['file'], clock.at);
      const later = (milliseconds: number) => new Date(clock.at.getTime() + milliseconds);
      assert.equal(await outbox.lease('file', 'a', clock.at, later(minute)), true);
      assert.equal(await outbox.lease('file', 'b', later(1), later(minute)), false);
      assert.equal(await outbox.lease('file', 'a', later(2), later(minute)), true);
      assert.equal(await outbox.lease('file', 'b', later(minute + 1), later(2 * minute)), true);
      assert.equal(await outbox.lease('file', 'a', later(minute + 2), later(2 * minute)), false);
      await storage.close();
    });

    test('a target that no process names for a day is forgotten with what waits for it', async () => {
      const { storage, change } = await opened();
      await storage.outbox.name(['file', 'webhook'], clock.at);
      await change('Add user');
      await storage.outbox.name(['webhook'], new Date(clock.at.getTime() + 25 * 60 * minute));
      assert.deepEqual(
        (await storage.outbox.backlog()).map(({ target }) => target),
        ['webhook'],
      );
      assert.deepEqual(await storage.outbox.next('file', 10), []);
      await storage.close();
    });

    if (database.isShared)
      test('an event whose transaction ends late is delivered before those that began after it, and none is passed over', async () => {
        const { place, storage, change } = await opened();
        await storage.outbox.name(['file'], clock.at);
        const direct = await openDatabase(place);
        const row = { tenant_id: '', at: 1, actor: 'slow', activity: 'slow', target_id: '' };
        const [inserted, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        const slow = direct.transaction().execute(async (step) => {
          await step
            .insertInto('audits')
            .values({ ...row, id: 'slow' })
            .execute();
          inserted.resolve();
          await commit.promise;
        });
        await inserted.promise;
        await change('fast');
        assert.deepEqual(await storage.outbox.next('file', 10), []);
        commit.resolve();
        await slow;
        const entries = await storage.outbox.next('file', 10);
        assert.deepEqual(
          entries.map(({ tenantId }) => tenantId === ''),
          [true, false],
        );
        await direct.destroy();
        await storage.close();
      });
  });
}
