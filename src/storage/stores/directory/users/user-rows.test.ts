import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { openDatabase } from '#storage/database/open.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt } from '#test/contract/databases.ts';
import { statementsOf } from '#test/contract/statements-of.ts';
import { userOf } from '#test/contract/user-of.ts';
import { peopleIn } from './user-rows.ts';

const actor = 'test';

for (const database of databasesUnderTest())
  describe(`users of a domain on ${database.name}`, { skip: database.missing ?? false }, () => {
    const tenantId = crypto.randomUUID();
    let storage: Storage;
    let stores: TenantStorage;
    before(async () => {
      storage = await openAt(await database.place());
      const domains = ['one.test', 'two.test'].map(
        (id) => ({ id, authenticationType: 'Managed', isVerified: true }) as const,
      );
      await storage.tenants.add({ id: tenantId, displayName: 'Large', domains });
      stores = storage.forTenant(tenantId);
    });
    after(async () => {
      await storage?.close();
      database.end();
    });

    test('the users of a domain are those whose name ends in it', async () => {
      for (const name of ['ana@one.test', 'ben@ONE.test', 'cleo@two.test', 'dan@more.one.test'])
        await stores.users.add(userOf(name), actor);
      assert.equal(await stores.users.countIn('One.test'), 2);
      assert.equal(await stores.users.countIn('two.test'), 1);
      assert.equal(await stores.users.countIn('test'), 0);
      const listed = await stores.users.listIn('one.test', 10);
      assert.deepEqual(listed.map(({ userPrincipalName }) => userPrincipalName).sort(), [
        'ana@one.test',
        'ben@ONE.test',
      ]);
      assert.equal((await stores.users.listIn('one.test', 1)).length, 1);
    });

    test('those users and the groups that lend roles are read by their indexes', async () => {
      const place = await database.place();
      if (place.kind === 'postgres') return; // it scans small tables whatever indexes there are
      const db = await openDatabase(place);
      const { sql: ofDomain } = peopleIn({ database: db, tenantId }, 'one.test').select('id').orderBy('id').compile();
      await db.destroy();
      const [lending = ''] = await statementsOf(() => stores.groups.listRoleAssignable());
      const file = new DatabaseSync(join(place.folder, 'cardea.db'), { readOnly: true });
      const planOf = (text: string) =>
        JSON.stringify(file.prepare(`explain query plan ${text.replace(/\?/g, "'x'")}`).all());
      assert.match(planOf(ofDomain), /INDEX users_by_domain/);
      assert.match(planOf(lending), /INDEX groups_lending_roles/);
      file.close();
    });
  });
