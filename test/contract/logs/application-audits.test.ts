import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Application } from '#model/application.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '../databases.ts';

const application: Application = {
  appId: crypto.randomUUID(),
  displayName: 'Payroll',
  redirectUris: [],
  postLogoutRedirectUris: [],
  isPublicClient: false,
  secretHashes: [],
  identifierUris: [],
  roles: [],
  homepage: undefined,
  lacksServicePrincipal: true,
};

for (const database of databasesUnderTest()) {
  describe(`what the audit log calls a change of an application, on ${database.name}`, {
    skip: database.missing ?? false,
  }, () => {
    const clock = new TestClock();
    let storage: Storage;
    let mine: TenantStorage;
    before(async () => {
      storage = await openAt(await database.place(), clock);
      const id = crypto.randomUUID();
      const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true } as const];
      await storage.tenants.add({ id, displayName: id, domains });
      mine = storage.forTenant(id);
      await mine.applications.put(application, 'test');
    });
    after(async () => {
      await storage?.close();
      database.end();
    });

    const changes: readonly [string, Partial<Application>, string][] = [
      ['a new name', { displayName: 'Wages' }, 'Update application'],
      ['its first use', { lacksServicePrincipal: false }, 'Add service principal'],
      ['a secret', { secretHashes: ['x'] }, 'Update application - Certificates and secrets management'],
      ['a permission', { roles: ['User.Read.All'] }, 'Add app role assignment to service principal'],
      ['no permission any more', { roles: [] }, 'Remove app role assignment from service principal'],
      ['no secret any more', { secretHashes: [] }, 'Update application - Certificates and secrets management'],
      ['its end in the tenant', { lacksServicePrincipal: true, roles: [] }, 'Remove service principal'],
    ];
    for (const [name, change, activity] of changes) {
      test(`${name}: ${activity}`, async () => {
        clock.pass(1);
        await mine.applications.change(application.appId, (old) => ({ ...old, ...change }), 'test');
        const [row] = await mine.audits.list({ top: 1 });
        assert.equal(row?.activity, activity);
      });
    }
  });
}
