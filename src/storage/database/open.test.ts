import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { databasesUnderTest, openAt } from '#test/contract/databases.ts';
import { statementsOf } from '#test/contract/statements-of.ts';

for (const database of databasesUnderTest()) {
  describe(`processes of one parent on ${database.name}`, { skip: database.missing ?? false }, () => {
    test('the parent brings the tables up to date; a worker does not look at them', async () => {
      const place = await database.emptyPlace();
      let parent: Awaited<ReturnType<typeof openAt>> | undefined;
      let worker: typeof parent;
      const of = (statements: readonly string[]) => statements.filter((text) => /kysely_migration/.test(text)).length;
      const byParent = await statementsOf(async () => {
        parent = await openAt({ ...place, sharing: 'parent' });
      });
      const byWorker = await statementsOf(async () => {
        worker = await openAt({ ...place, sharing: 'worker' });
      });
      assert.ok(of(byParent) > 0);
      assert.equal(of(byWorker), 0, byWorker.join('\n'));
      assert.ok((await worker?.tenants.list())?.length === 0);
      await worker?.close();
      await parent?.close();
      database.end();
    });
  });
}
