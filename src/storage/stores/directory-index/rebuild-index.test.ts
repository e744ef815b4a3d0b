import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { databasesUnderTest, openAt } from '#test/contract/databases.ts';
import { userOf } from '#test/contract/user-of.ts';
import { openDatabase } from '../../database/open.ts';
import type { Database } from '../../database/schema.ts';
import { rebuildIndex } from './rebuild-index.ts';

const tenants = ['11111111-0000-4000-8000-000000000001', '11111111-0000-4000-8000-000000000002'] as const;

for (const underTest of databasesUnderTest())
  describe(`the index of directory lists, in ${underTest.name}`, { skip: underTest.missing ?? false }, () => {
    after(() => underTest.end());
    const rowsOf = async (database: Database) =>
      (await database.selectFrom('directory_index').selectAll().execute()).map((row) => JSON.stringify(row)).sort();

    test('is as before when it was rebuilt, and no other tenant loses a row', async () => {
      const place = await underTest.place();
      const storage = await openAt(place);
      for (const [index, id] of tenants.entries()) {
        const domain = { id: `t${index}.test`, authenticationType: 'Managed', isVerified: true } as const;
        await storage.tenants.add({ id, displayName: 'T', domains: [domain] });
        const { users, groups } = storage.forTenant(id);
        for (let count = 0; count < (index === 0 ? 260 : 3); count += 1)
          await users.add(
            userOf(`user${count}@t${index}.test`, { certificateUserIds: [`X509:<SKI>${count}`] }),
            'test',
          );
        await groups.add({ id: crypto.randomUUID(), displayName: 'Crew', profile: { mail: 'crew@t.test' } }, 'test');
      }
      await storage.close();
      const database = await openDatabase(place);
      const before = await rowsOf(database);
      assert.ok(before.length > 260);
      await database.deleteFrom('directory_index').where('tenant_id', '=', tenants[0]).execute();
      const stale = { property: 'user/displayname', value_key: 'gone', object_id: 'gone' };
      await database
        .insertInto('directory_index')
        .values({ tenant_id: tenants[0], ...stale })
        .execute();
      assert.equal(await rebuildIndex({ database, tenantId: tenants[0] }), 261);
      assert.deepEqual(await rowsOf(database), before);
      await database.destroy();
    });
  });
