import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { Storage } from '../../storage.ts';

for (const database of databasesUnderTest()) {
  describe(`domains on ${database.name}`, { skip: database.missing ?? false }, () => {
    const [item, two] = [crypto.randomUUID(), crypto.randomUUID()];
    let storage: Storage;
    before(async () => {
      storage = await openAt(await database.place(), new TestClock());
      for (const id of [item, two]) {
        const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true } as const];
        await storage.tenants.add({ id, displayName: id, domains });
      }
    });
    after(async () => {
      await storage?.close();
      database.end();
    });
    const domainsOf = async (id: string) => (await storage.tenants.find(id))!.domains.map((domain) => domain.id);

    test('a verified domain belongs to the tenant that requested it, and to no other', async () => {
      const object = { kind: 'unverifiedDomains', id: 'a.test', owner: undefined, document: { text: 'MS=ms1' } };
      await storage.forTenant(item).objects.add(object, { activity: 'Add unverified domain', actor: 'test' });
      assert.equal(await storage.tenants.find('a.test'), undefined, 'no user signs in under it yet');
      await storage.tenants.verifyDomain(item, 'A.test', 'test');
      assert.equal((await storage.tenants.find('a.test'))?.id, item);
      assert.deepEqual(await storage.forTenant(item).objects.list('unverifiedDomains'), []);
      await assert.rejects(storage.tenants.verifyDomain(two, 'a.test', 'test'), {
        because: { code: 'domainTaken', evidence: { domain: 'a.test' } },
      });
      assert.deepEqual(await domainsOf(two), [`${two}.test`]);
    });

    test('the id of a tenant is a GUID in lower case, which is how every label, token and certificate has it', async () => {
      for (const id of [crypto.randomUUID().toUpperCase(), 'woodgrove'])
        await assert.rejects(storage.tenants.add({ id, displayName: 'Three', domains: [] }), TypeError, id);
      assert.equal((await storage.tenants.find(item.toUpperCase()))?.id, item);
    });

    test('a tenant gets another name, with its audit row; an unknown one does not', async () => {
      assert.equal(await storage.tenants.setDisplayName(two, 'Two', 'test'), true);
      assert.equal((await storage.tenants.find(two))?.displayName, 'Two');
      const [row] = await storage.forTenant(two).audits.list({ top: 1 });
      assert.deepEqual([row?.activity, row?.newValue], ['Set Company Information', { displayName: 'Two' }]);
      assert.equal(await storage.tenants.setDisplayName(crypto.randomUUID(), 'Three', 'test'), false);
    });

    test('the default domain is the first; what is removed may be another tenant’s', async () => {
      await storage.tenants.verifyDomain(item, 'b.test', 'test');
      assert.equal(await storage.tenants.setDefaultDomain(item, 'b.test', 'test'), true);
      assert.deepEqual(await domainsOf(item), ['b.test', `${item}.test`, 'a.test']);
      assert.equal(await storage.tenants.setDefaultDomain(item, 'nowhere.test', 'test'), false);
      assert.equal(await storage.tenants.removeDomain(two, 'a.test', 'test'), false, 'it is not theirs');
      assert.equal(await storage.tenants.removeDomain(item, 'a.test', 'test'), true);
      await storage.tenants.verifyDomain(two, 'a.test', 'test');
      assert.equal((await storage.tenants.find('a.test'))?.id, two);
      const activities = (await storage.forTenant(item).audits.list({ top: 9 })).map(({ activity }) => activity);
      assert.deepEqual([...new Set(activities)].toSorted(), [
        'Add unverified domain',
        'Remove verified domain',
        'Update domain',
        'Verify domain',
      ]);
    });

    test('who has a name in a domain is counted, and not who has one below or beside it', async () => {
      const { users } = storage.forTenant(two);
      for (const name of ['ana@c.test', 'Ben@C.test', 'carol@sub.c.test', 'dan@xc.test'])
        await users.add(userOf(name), 'test');
      assert.equal(await users.countIn('C.test'), 2);
      assert.equal(await users.countIn('sub.c.test'), 1);
      assert.equal((await users.listIn('C.test', 10)).length, 2);
      assert.equal((await users.listIn('c.test', 1)).length, 1);
      assert.equal(await storage.forTenant(item).users.countIn('c.test'), 0);
    });

    test('a tenant is found by GUID and by domain, in any case, and no other tenant is', async () => {
      const [tenant] = await storage.tenants.list();
      assert.deepEqual(await storage.tenants.find(tenant!.id.toUpperCase()), tenant);
      assert.deepEqual(await storage.tenants.find(`${tenant!.id}.TEST`), tenant);
      assert.equal(await storage.tenants.find('nowhere.test'), undefined);
      assert.equal(await storage.tenants.find("' or 1=1 --"), undefined);
    });
  });
}
