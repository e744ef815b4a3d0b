import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt } from '#test/contract/databases.ts';
import { azureCliId, firstPartyApplications, introduceFirstParty, myAppsId } from './first-party.ts';
import { permissionGrantKind } from './permission-grants.ts';

for (const database of databasesUnderTest()) {
  describe(`the applications every tenant has, on ${database.name}`, { skip: database.missing ?? false }, () => {
    let storage: Storage;
    let tenant: TenantStorage;
    before(async () => {
      storage = await openAt(await database.place());
      tenant = storage.forTenant(crypto.randomUUID());
    });
    after(async () => {
      await storage?.close();
      database.end();
    });

    test('are made once, with their first grants; what was revoked stays revoked', async () => {
      const applications = firstPartyApplications('https://localhost:8443');
      await introduceFirstParty(applications, tenant);
      assert.equal((await tenant.applications.list()).length, applications.length);
      const [grant] = await tenant.objects.list(permissionGrantKind, azureCliId);
      await tenant.objects.remove(permissionGrantKind, grant!.id, { activity: 'Remove', actor: 'test' });
      await introduceFirstParty(applications, tenant);
      assert.deepEqual(await tenant.objects.list(permissionGrantKind, azureCliId), []);
    });

    test('follow the login host to its new name, and are set back where they were changed', async () => {
      await tenant.applications.change(myAppsId, (old) => ({ ...old, displayName: 'Our apps' }), 'test');
      await introduceFirstParty(firstPartyApplications('https://login.example.org'), tenant);
      const application = await tenant.applications.find(myAppsId);
      assert.deepEqual(
        [application?.displayName, application?.redirectUris],
        ['My Apps', ['https://login.example.org/myapps/callback']],
      );
      const before = (await tenant.audits.list({ top: 100 })).length;
      await introduceFirstParty(firstPartyApplications('https://login.example.org'), tenant);
      assert.equal((await tenant.audits.list({ top: 100 })).length, before, 'nothing to do is nothing done');
    });
  });
}
