import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addApplication } from '#admin/applications/applications.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { GraphPorts } from '#graph/protocol/call.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { emptyFolder, openAt, TestClock } from '../contract/databases.ts';
import { type GraphNode, serveGraph } from '../contract/graph-node.ts';
import { userOf } from '../contract/user-of.ts';

const actor = 'test';

describe('what SDKs and Terraform read when they start', () => {
  const clock = new TestClock();
  const tenantId = crypto.randomUUID();
  let storage: Storage;
  let tenant: TenantStorage;
  let graph: GraphNode;
  let appId: string;
  const ana = userOf('ana@read.test', { displayName: 'Ana' });
  const group = { id: crypto.randomUUID(), displayName: 'Readers' };

  before(async () => {
    storage = await openAt({ kind: 'sqlite', folder: emptyFolder() }, clock);
    const domains = ['read.test', 'second.read.test'].map(
      (id) => ({ id, authenticationType: 'Managed', isVerified: true }) as const,
    );
    await storage.tenants.add({ id: tenantId, displayName: 'Read', domains });
    tenant = storage.forTenant(tenantId);
    await tenant.users.add(ana, actor);
    await tenant.groups.add(group, actor);
    await tenant.groups.addMember(group.id, { kind: 'user', id: ana.id }, actor);
    const permissions = [
      'Directory.Read.All',
      'User.Read.All',
      'Policy.Read.All',
      'Organization.Read.All',
      'Policy.ReadWrite.ConditionalAccess',
      'Policy.ReadWrite.AuthenticationMethod',
    ];
    const { application } = orThrow(
      await addApplication(
        { displayName: 'Reader', redirectUris: [], isPublicClient: false, roles: permissions },
        { actor, ports: tenant },
      ),
    );
    appId = application.appId;
    const bearer = { tenantId, kind: 'application', id: appId, appId, permissions } as const;
    const portsOfCall = async () =>
      ({ ...tenant, tenant: (await storage.tenants.find(tenantId))!, clock, crlAdmin: {} }) as unknown as GraphPorts;
    graph = await serveGraph(clock, () => ({ ...bearer, issuedAt: clock.at }), portsOfCall);
  });
  after(async () => {
    graph?.close();
    await storage?.close();
  });

  const documents: readonly (readonly [path: string, properties: Readonly<Record<string, unknown>>])[] = [
    ['/policies/authorizationPolicy', { id: 'authorizationPolicy', allowInvitesFrom: 'none' }],
    ['/policies/authorizationPolicy/authorizationPolicy', { id: 'authorizationPolicy' }],
    ['/policies/identitySecurityDefaultsEnforcementPolicy', { isEnabled: false }],
    ['/policies/crossTenantAccessPolicy', { displayName: 'CrossTenantAccessPolicy' }],
    ['/policies/crossTenantAccessPolicy/default', { isServiceDefault: true }],
    ['/policies/adminConsentRequestPolicy', { isEnabled: false }],
    ['/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/Password', { state: 'enabled' }],
    [
      '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/hardwareoath',
      { id: 'HardwareOath', state: 'disabled' },
    ],
    [
      '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/QRCodePin',
      { '@odata.type': '#microsoft.graph.qrCodePinAuthenticationMethodConfiguration', pinLength: 8 },
    ],
    [
      '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/VerifiableCredentials',
      { '@odata.type': '#microsoft.graph.verifiableCredentialsAuthenticationMethodConfiguration' },
    ],
  ];
  for (const [path, properties] of documents)
    test(`GET ${path}`, async () => {
      const { status, body } = await graph.answer('GET', path);
      assert.equal(status, 200, JSON.stringify(body));
      assert.match(body['@odata.context'], /\$metadata#/);
      for (const [name, value] of Object.entries(properties)) assert.deepEqual(body[name], value, name);
    });

  const emptyCollections = [
    '/subscribedSkus',
    '/directory/administrativeUnits',
    '/groupSettings',
    '/groupSettingTemplates',
    '/identity/conditionalAccess/templates',
    '/policies/crossTenantAccessPolicy/partners',
    '/policies/claimsMappingPolicies',
    `/users/${ana.id}/licenseDetails`,
    `/users/${ana.id}/directReports`,
    `/groups/${group.id}/settings`,
  ];
  for (const path of emptyCollections)
    test(`GET ${path} is an empty collection, counts to 0, and has no object`, async () => {
      const { status, body } = await graph.answer('GET', path);
      assert.deepEqual([status, body.value], [200, []]);
      assert.deepEqual(await graph.answer('GET', `${path}/$count`), { status: 200, body: 0 });
      assert.equal((await graph.call('GET', `${path}/${crypto.randomUUID()}`)).code, 'Request_ResourceNotFound');
      assert.equal((await graph.call('POST', path, {})).status, 405);
    });

  test('what is always empty below an object is 404 where there is no such object', async () => {
    for (const path of [`/users/${crypto.randomUUID()}/licenseDetails`, `/groups/${crypto.randomUUID()}/settings`])
      assert.equal((await graph.call('GET', path)).code, 'Request_ResourceNotFound');
  });

  const absentees: readonly (readonly [path: string, status: number, code: string])[] = [
    [`/users/${ana.id}/manager`, 404, 'Request_ResourceNotFound'],
    [`/users/${ana.id}/manager/$ref`, 404, 'Request_ResourceNotFound'],
    [`/users/${ana.id}/photo`, 404, 'ImageNotFound'],
    [`/users/${ana.id}/photo/$value`, 404, 'ImageNotFound'],
    [`/users/${ana.id}/messages`, 501, 'NotImplemented'],
    [`/users/${ana.id}/drive`, 501, 'NotImplemented'],
    ['/sites', 501, 'NotImplemented'],
    ['/deviceManagement/managedDevices', 501, 'NotImplemented'],
    ['/applications/delta', 501, 'NotImplemented'],
    ['/devices/delta()', 501, 'NotImplemented'],
    ['/users/$value', 501, 'NotImplemented'],
    ['/users/shoes/shoes', 400, 'BadRequest'],
    ['/shoes', 400, 'BadRequest'],
  ];
  for (const [path, status, code] of absentees)
    test(`GET ${path} is ${status} ${code} with a sentence`, async () => {
      const { status: answerStatus, body } = await graph.answer('GET', path);
      assert.deepEqual([answerStatus, body.error?.code], [status, code], JSON.stringify(body));
      assert.match(body.error.message, /\w+ .*\.$/);
      assert.match(body.error.innerError['request-id'], /^[0-9a-f-]{36}$/);
    });

  test('what tells how the installation works is read and not changed', async () => {
    for (const path of ['/policies/authorizationPolicy', '/policies/identitySecurityDefaultsEnforcementPolicy'])
      assert.deepEqual(await graph.call('PATCH', path, { isEnabled: true }), {
        status: 400,
        code: 'Request_BadRequest',
      });
  });

  test('references of a collection are addresses, without the objects', async () => {
    const { status, body } = await graph.answer('GET', `/groups/${group.id}/members/$ref`);
    assert.equal(status, 200);
    assert.match(body['@odata.context'], /\$metadata#Collection\(\$ref\)$/);
    assert.equal(body.value.length, 1);
    assert.deepEqual(Object.keys(body.value[0]), ['@odata.id']);
    assert.match(body.value[0]['@odata.id'], new RegExp(`/v1\\.0/directoryObjects/${ana.id}$`));
    const { body: memberOf } = await graph.answer('GET', `/users/${ana.id}/memberOf/$ref`);
    assert.match(memberOf.value[0]['@odata.id'], new RegExp(`${group.id}$`));
  });

  const tenantNames: readonly (readonly [tenant: () => string, status: number])[] = [
    [() => tenantId, 200],
    [() => tenantId.toUpperCase(), 200],
    [() => 'read.test', 200],
    [() => 'SECOND.read.test', 200],
    [() => 'myorganization', 200],
    [() => 'other.test', 403],
    [() => crypto.randomUUID(), 403],
  ];
  for (const [name, status] of tenantNames)
    test(`a tenant in the address is the one of the token, or the answer is 403 (${status})`, async () => {
      const { status: answerStatus, body } = await graph.answer('GET', `/${name()}/users?$top=1&$select=id`);
      assert.equal(answerStatus, status, JSON.stringify(body));
      if (status === 200) assert.equal(body.value[0].id, ana.id);
      else assert.match(body.error.message, /not for the tenant/);
    });

  test('a tenant stays in the links to following pages', async () => {
    await tenant.users.add(userOf('second@read.test'), actor);
    const { body } = await graph.answer('GET', `/${tenantId}/users?$top=1`);
    assert.match(body['@odata.nextLink'], new RegExp(`/v1\\.0/${tenantId}/users\\?`));
    const next = body['@odata.nextLink'].replace(/^.*?\/v1\.0/, '');
    assert.equal((await graph.answer('GET', next)).status, 200);
  });

  test('every collection has $count, also where no operation is written for it', async () => {
    for (const path of ['/directoryRoleTemplates', '/organization', '/domains', `/users/${ana.id}/memberOf`]) {
      const { body: list } = await graph.answer('GET', path);
      const { status, body } = await graph.answer('GET', `${path}/$count`);
      assert.deepEqual([status, body], [200, list.value?.length], path);
    }
    assert.equal((await graph.call('GET', `/organization/${tenantId}/$count`)).status, 400);
  });
});
