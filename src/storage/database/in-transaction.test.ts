import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import { userOf } from '#test/contract/user-of.ts';

describeOnEachDatabase('changes that wait for another one of their tenant', ({ database, storage: currentStorage }) => {
  // SQLite has one connection, and whatever comes beside a transaction waits for it.
  if (database.isShared)
    test('hold no connection: a sign-in beside them is not kept waiting', async () => {
      const { mine } = await twoTenants(currentStorage());
      const user = userOf('ana@contoso.test');
      await mine.users.add(user, 'test');
      const { promise: held, resolve: end } = Promise.withResolvers<void>();
      const { promise: begun, resolve: begins } = Promise.withResolvers<void>();
      const order: number[] = [];
      const first = mine.inTransaction(async () => {
        begins();
        await held;
      });
      await begun;
      // More than the pool has connections.
      const others = Array.from({ length: 40 }, (_, n) => mine.inTransaction(async () => order.push(n)));
      const read = await mine.directory.user(user.id).finally(end);
      const rulings = await Promise.allSettled([first, ...others]);
      assert.equal(read?.id, user.id);
      assert.deepEqual(new Set(rulings.map(({ status }) => status)), new Set(['fulfilled']));
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      );
    });
});
