import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { graphAppId } from '#core/directory/well-known-applications.ts';
import { graphPermissions } from '#core/roles/permissions.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { applicationOf } from '#test/contract/documents.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { addServicePrincipal, grantApplicationPermission, revokeApplicationPermission } from './service-principal.ts';

const actor = 'an administrator';
const application = applicationOf();
const unused = { ...applicationOf(), identifierUris: [], lacksServicePrincipal: true };
const [permission, other] = graphPermissions.filter(({ applicationId }) => applicationId !== undefined);

describe('the service principal of an application and its permissions', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    for (const item of [application, unused]) await woodgrove.ports.applications.put(item, actor);
  });
  afterEach(() => woodgrove.end());
  const context = () => ({ actor, ports: woodgrove.ports });
  const add = async (appId: string) => outcomeOf(await addServicePrincipal(appId, { tags: ['x'] }, context()));
  const grant = async (appId: string) => outcomeOf(await grantApplicationPermission(appId, permission!, context()));
  const revoke = async (appId: string, wanted = permission!) =>
    outcomeOf(await revokeApplicationPermission(appId, wanted, context()));
  const rolesOf = async (appId: string) => (await woodgrove.ports.applications.find(appId))?.roles;

  test('a service principal is added to an application that has none, once, even by several requests at once', async () => {
    const outcomes = await Promise.all([add(unused.appId), add(unused.appId)]);
    assert.deepEqual(outcomes.sort(), ['graphObjectConflict', 'passed']);
    const { lacksServicePrincipal, profile } = (await woodgrove.ports.applications.find(unused.appId))!;
    assert.deepEqual([lacksServicePrincipal, profile?.servicePrincipal], [undefined, { tags: ['x'] }]);
    assert.equal(await add(application.appId), 'graphObjectConflict');
    assert.equal(await add(crypto.randomUUID()), 'servicePrincipalWithoutApplication');
  });

  test('a permission is given once, to an application with a service principal', async () => {
    assert.equal(await grant(application.appId), 'passed');
    assert.equal(await grant(application.appId), 'graphObjectConflict');
    assert.deepEqual(await rolesOf(application.appId), [permission!.value]);
    for (const appId of [unused.appId, crypto.randomUUID(), graphAppId])
      assert.equal(await grant(appId), 'graphObjectMissing', appId);
    assert.deepEqual(await rolesOf(unused.appId), []);
  });

  test('a permission is taken away once, and others remain', async () => {
    for (const item of [permission!, other!])
      orThrow(await grantApplicationPermission(application.appId, item, context()));
    assert.equal(await revoke(application.appId), 'passed');
    assert.deepEqual(await rolesOf(application.appId), [other!.value]);
    assert.equal(await revoke(application.appId), 'graphObjectMissing');
    assert.equal(await revoke(crypto.randomUUID()), 'graphObjectMissing');
  });
});
