import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import type { Application } from '#model/application.ts';
import { applicationOf } from '#test/contract/documents.ts';
import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import type { TenantStorage } from '../../storage.ts';

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

describeOnEachDatabase('applications', ({ storage: currentStorage }) => {
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    ({ mine, otherTenant } = await twoTenants(currentStorage()));
  });

  test('an application is replaced as a whole, found by its identifier URI, and removed with it', async () => {
    const application = applicationOf();
    await mine.applications.put(application);
    await mine.applications.put({ ...application, identifierUris: ['api://b'] });
    assert.equal(await mine.applications.findByIdentifierUri('api://a'), undefined);
    assert.equal((await mine.applications.findByIdentifierUri('api://b'))?.appId, application.appId);
    assert.equal(await otherTenant.applications.find(application.appId), undefined);
    assert.deepEqual(
      [await mine.applications.remove(application.appId), await mine.applications.remove(application.appId)],
      [true, false],
    );
    assert.equal(await mine.applications.findByIdentifierUri('api://b'), undefined);
  });

  test('applications that have roles are listed alone, in the order of their names', async () => {
    const named = (displayName: string, ...roles: string[]) => ({
      ...applicationOf(),
      displayName,
      identifierUris: [],
      roles,
    });
    const rows = [named('B', 'User.Read.All'), named('C'), named('A', 'Group.Read.All', 'User.Read.All')];
    for (const application of rows) await mine.applications.put(application);
    const names = async () => (await mine.applications.listWithRoles()).map(({ displayName }) => displayName);
    assert.deepEqual(await names(), ['A', 'B']);
    await mine.applications.change(rows[0]!.appId, (old) => ({ ...old, roles: [] }), 'test');
    assert.deepEqual(await names(), ['A']);
    assert.deepEqual(await otherTenant.applications.listWithRoles(), []);
  });

  test('applications that users can open are listed alone, in the order of their names', async () => {
    const homepage = 'https://app.test/';
    const named = (displayName: string, more = {}) => ({
      ...applicationOf(),
      displayName,
      identifierUris: [],
      homepage: undefined,
      ...more,
    });
    const rows = [named('Second', { homepage }), named('Daemon'), named('First', { homepage })];
    for (const application of rows) await mine.applications.put(application);
    const names = async () => (await mine.applications.listWithHomepage()).map(({ displayName }) => displayName);
    assert.deepEqual(await names(), ['First', 'Second']);
    await mine.applications.change(rows[0]!.appId, (old) => ({ ...old, homepage: undefined }), 'test');
    assert.deepEqual(await names(), ['First']);
    assert.deepEqual(await otherTenant.applications.listWithHomepage(), []);
    for (const { appId } of rows) await mine.applications.remove(appId);
  });

  test('applications of a domain are those with an identifier URI on exactly this host', async () => {
    const domain = 'xn--mnchen-3ya.test';
    const uris = [
      ['https://MÜNCHEN.test/a'],
      ['urn:a', `https://${domain}/b`],
      [`ms-appx://${domain.toUpperCase()}`],
      [`api://${domain}.example/c`],
      [`api://www.${domain}/d`],
      [`https://other.test/${domain}`],
    ];
    for (const [place, identifierUris] of uris.entries())
      await mine.applications.put({ ...applicationOf(), displayName: `${place}`, identifierUris });
    const names = async (store = mine) =>
      (await store.applications.listOfDomain(domain)).map(({ displayName }) => displayName);
    assert.deepEqual(await names(), ['0', '1', '2']);
    assert.deepEqual(await names(otherTenant), []);
  });
});

describeOnEachDatabase('what the audit log calls a change of an application', ({ clock, storage: currentStorage }) => {
  let mine: TenantStorage;
  const { appId } = application;
  before(async () => {
    ({ mine } = await twoTenants(currentStorage()));
    await mine.applications.put(application, 'test');
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
      await mine.applications.change(appId, (old) => ({ ...old, ...change }), 'test');
      const [row] = await mine.audits.list({ top: 1 });
      assert.equal(row?.activity, activity);
    });
  }
});
