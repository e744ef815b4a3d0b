import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SynchronisedObject } from '#model/synchronisation.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { Storage, TenantStorage } from '../../storage.ts';

const tenantId = '11111111-0000-4000-8000-000000000001';
const clock = new TestClock();
const rowOf = (sourceId: string, change: Partial<SynchronisedObject> = {}): SynchronisedObject => ({
  ...{ sourceId, domain: 'a.test', kind: 'user', objectId: `object-${sourceId}`, digest: 'd', isLive: true },
  ...{ joinsDue: false, problems: [], name: sourceId },
  ...change,
});

for (const database of databasesUnderTest())
  describe(`what a synchronization remembers, in ${database.name}`, { skip: database.missing ?? false }, () => {
    let storage: Storage;
    let stores: TenantStorage;
    before(async () => {
      storage = await openAt(await database.place(), clock);
      const domain = { id: 'w.test', authenticationType: 'Managed', isVerified: true } as const;
      await storage.tenants.add({ id: tenantId, displayName: 'W', domains: [domain] });
      stores = storage.forTenant(tenantId);
    });
    after(async () => {
      await storage?.close();
      database.end();
    });

    test('an object is replaced as a whole, and only live ones are of a domain', async () => {
      const { synchronisation } = stores;
      const problem = { category: 'Other', occurredDateTime: 'now', propertyCausingError: 'x', value: 'y' } as const;
      await synchronisation.save([rowOf('1'), rowOf('2'), rowOf('3', { domain: 'b.test' })]);
      const changed = rowOf('2', { isLive: false, digest: 'e', objectId: undefined });
      await synchronisation.save([changed, rowOf('4', { problems: [problem], joinsDue: true })]);
      assert.deepEqual(await synchronisation.byIds(['2']), [changed]);
      assert.deepEqual((await synchronisation.ofDomain('a.test')).map(({ sourceId }) => sourceId).sort(), ['1', '4']);
      assert.deepEqual(await synchronisation.count(), { live: 3, withProblems: 1 });
      assert.deepEqual(await synchronisation.withProblems(5), await synchronisation.byIds(['4']));
      assert.deepEqual(
        (await synchronisation.due('a.test', 5)).map(({ sourceId }) => sourceId),
        ['4'],
      );
      assert.deepEqual([...(await synchronisation.synchronised(['object-1', 'object-2', 'x']))], ['object-1']);
    });

    test('thousands are written and read in portions', async () => {
      const { synchronisation } = stores;
      const many = Array.from({ length: 1201 }, (_, index) => rowOf(`m${index}`, { domain: 'many.test' }));
      await synchronisation.save(many);
      assert.equal((await synchronisation.ofDomain('many.test')).length, many.length);
      assert.equal((await synchronisation.byIds(many.map(({ sourceId }) => sourceId))).length, many.length);
    });

    test('members that a group names are kept, and found by the member', async () => {
      const { synchronisation } = stores;
      await synchronisation.changeMembers('g', ['1', '2', '1'], []);
      await synchronisation.changeMembers('g', ['3'], ['2']);
      assert.deepEqual([...(await synchronisation.membersOf('g'))].sort(), ['1', '3']);
      assert.deepEqual(await synchronisation.groupsNaming(['3', '9']), [{ groupId: 'g', memberId: '3' }]);
    });

    test('owners of names, addresses and values are found, and users with an immutable id of their own', async () => {
      const { synchronisation, users } = stores;
      const user = { ...userOf('ana@w.test'), mail: 'a@w.test', certificateUserIds: ['X509:<PN>ana@w.test'] };
      await users.add(user, 'test', { onPremisesImmutableId: 'anchor' });
      const keys = { userPrincipalName: ['ana@w.test'], onPremisesUserPrincipalName: ['none@w.test'] };
      const owners = await synchronisation.owners({
        ...keys,
        mail: ['a@w.test', 'ana@w.test'],
        certificateUserIds: ['PrincipalName ana@w.test'],
      });
      assert.deepEqual(
        owners.map(({ property, key, userId }) => [property, key, userId === user.id]),
        [
          ['userPrincipalName', 'ana@w.test', true],
          ['mail', 'a@w.test', true],
          ['mail', 'ana@w.test', true],
          ['certificateUserIds', 'PrincipalName ana@w.test', true],
        ],
      );
      assert.deepEqual([...(await synchronisation.anchoredUsers())], [['anchor', user.id]]);
      await synchronisation.save([rowOf('own', { objectId: user.id })]);
      assert.deepEqual([...(await synchronisation.anchoredUsers())], []);
    });

    test('one holder has the right to run, until it ends or is given back', async () => {
      const { synchronisation } = stores;
      const [at, later] = [new Date(1000), new Date(5000)];
      assert.equal(await synchronisation.take('one', at, later), true);
      assert.equal(await synchronisation.take('two', at, later), false);
      assert.equal(await synchronisation.take('one', at, later), true);
      assert.equal(await synchronisation.take('two', later, new Date(9000)), true);
      await synchronisation.release('one');
      assert.equal(await synchronisation.take('three', later, new Date(9000)), false);
      await synchronisation.release('two');
      assert.equal(await synchronisation.take('three', later, new Date(9000)), true);
    });

    test('what a transaction wrote is gone when it fails', async () => {
      const failure = stores.inTransaction(async ({ synchronisation }) => {
        await synchronisation.save([rowOf('gone')]);
        throw new Error('no');
      });
      await assert.rejects(failure, /^Error: no$/);
      assert.deepEqual(await stores.synchronisation.byIds(['gone']), []);
    });
  });
