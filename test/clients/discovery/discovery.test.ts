import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { azureCliId } from '#admin/applications/first-party.ts';
import { RunningServer } from '../../e2e/server.ts';
import { getJson } from '../ask.ts';

describe('what clients ask before they sign in', () => {
  let server: RunningServer;
  let tenant: string;
  before(async () => {
    server = await RunningServer.start();
    tenant = await server.tenantId();
  });
  after(() => server.remove());

  const get = (path: string, headers?: Record<string, string>) => getJson(server, path, headers);

  for (const [name, version] of [
    ['its id', '/v2.0'],
    ['its domain', '/v2.0'],
    ['its domain', ''],
  ] as const) {
    test(`the configuration${version} of a tenant by ${name} names endpoints below its id (graph-api §14.1)`, async () => {
      const request = name === 'its id' ? tenant : 'woodgrove.test';
      const { body } = await get(`/${request}${version}/.well-known/openid-configuration`);
      const base = `${server.origin}/${tenant}`;
      const { host } = new URL(server.origin);
      const description = {
        issuer: version === '' ? `${base}/` : `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2${version}/authorize`,
        token_endpoint: `${base}/oauth2${version}/token`,
        device_authorization_endpoint: `${base}/oauth2${version}/devicecode`,
        end_session_endpoint: `${base}/oauth2${version}/logout`,
        jwks_uri: `${base}/discovery${version}/keys`,
        cloud_instance_name: host,
        tenant_region_scope: 'WW',
        rbac_url: server.origin,
      };
      assert.deepEqual(Object.fromEntries(Object.keys(description).map((key) => [key, body[key]])), description);
    });
  }

  test('common has a template for its issuer, and device codes', async () => {
    const { body } = await get('/common/v2.0/.well-known/openid-configuration');
    assert.equal(body.issuer, `${server.origin}/{tenantid}/v2.0`);
    assert.equal(body.device_authorization_endpoint, `${server.origin}/common/oauth2/v2.0/devicecode`);
  });

  for (const version of ['1.0', '1.1']) {
    test(`instance discovery ${version} knows this host and no other`, async () => {
      const authorize = (origin: string) => encodeURIComponent(`${origin}/${tenant}/oauth2/v2.0/authorize`);
      const path = `/common/discovery/instance?api-version=${version}&authorization_endpoint=`;
      const { body } = await get(path + authorize(server.origin));
      const { host } = new URL(server.origin);
      assert.deepEqual(body.metadata, [{ preferred_network: host, preferred_cache: host, aliases: [host] }]);
      const second = await get(path + authorize('https://login.example'));
      assert.deepEqual([second.status, second.body.error, second.body.error_codes], [400, 'invalid_instance', [50049]]);
    });
  }

  const realms = [
    ['ana@woodgrove.test', '1.0', { ver: '1.0', account_type: 'Managed', domain_name: 'woodgrove.test' }],
    ['nobody@woodgrove.test', '1.0', { ver: '1.0', account_type: 'Managed', domain_name: 'woodgrove.test' }],
    ['ana@elsewhere.test', '1.0', { ver: '1.0', account_type: 'Unknown', domain_name: 'elsewhere.test' }],
    ['no name', '1.0', { account_type: 'Unknown' }],
    [
      'ana@woodgrove.test',
      '2.1',
      { NameSpaceType: 'Managed', DomainName: 'woodgrove.test', Login: 'ana@woodgrove.test' },
    ],
    ['ana@elsewhere.test', '2.1', { NameSpaceType: 'Unknown', DomainName: 'elsewhere.test' }],
  ] as const;
  for (const [username, version, expected] of realms) {
    test(`the realm of ${username} in version ${version}`, async () => {
      const { status, body } = await get(`/common/userrealm/${encodeURIComponent(username)}?api-version=${version}`);
      assert.equal(status, 200);
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, body[key]])), expected);
      assert.equal(body.cloud_instance_name, new URL(server.origin).host);
    });
  }

  test('the realm of a federated domain names its identity provider', async () => {
    await server.cardea('tenant', 'add', 'fabrikam.test');
    const address = 'https://sts.fabrikam.test/adfs/ls/';
    const words = ['--tenant', 'fabrikam.test', '--issuer', 'urn:fabrikam', '--sign-in-uri', address];
    await server.cardea('domain', 'federate', 'fabrikam.test', ...words);
    const first = await get('/common/userrealm/kim@fabrikam.test?api-version=1.0');
    assert.deepEqual([first.body.account_type, first.body.federation_passive_auth_url], ['Federated', address]);
    const second = await get('/common/userrealm/kim@fabrikam.test?api-version=2.1');
    assert.deepEqual([second.body.NameSpaceType, second.body.AuthURL], ['Federated', address]);
  });

  test('the metadata of the cloud has the shape of the version that is asked for (graph-api §13)', async () => {
    const { origin } = server;
    const terraform = await get('/metadata/endpoints?api-version=2022-09-01');
    const { name, resourceManager, microsoftGraphResourceId, authentication } = terraform.body;
    assert.deepEqual([name, resourceManager, microsoftGraphResourceId], ['Cardea', origin, origin]);
    assert.equal((authentication as { loginEndpoint: string }).loginEndpoint, origin);
    const list = (await get('//metadata/endpoints?api-version=2019-05-01')).body as unknown as unknown[];
    assert.deepEqual(list, [terraform.body]);
    const flat = await get('/metadata/endpoints?api-version=2015-01-01');
    assert.equal(flat.body.graphEndpoint, origin);
  });

  test('a caller with a token for Azure receives tenants and subscriptions', async () => {
    const scope = 'https://management.core.windows.net//.default';
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { clientId: azureCliId, scope });
    const authorization = `Bearer ${end.kind === 'signedIn' ? end.tokens.access_token : ''}`;
    const tenants = await get('/tenants?api-version=2019-11-01', { authorization });
    const [tenantItem] = tenants.body.value as Record<string, unknown>[];
    assert.deepEqual(
      [tenantItem?.tenantId, tenantItem?.id, tenantItem?.defaultDomain],
      [tenant, `/tenants/${tenant}`, 'woodgrove.test'],
    );
    const subscriptions = await get('/subscriptions?api-version=2019-11-01', { authorization });
    assert.deepEqual(subscriptions.body, { value: [], count: { type: 'Total', value: 0 } });
    for (const headers of [{}, { authorization: 'Bearer a.b.c' }]) {
      const { status, body } = await get('/tenants?api-version=2019-11-01', headers);
      assert.equal(status, 401);
      assert.equal((body.error as { code: string }).code, 'InvalidAuthenticationToken');
    }
  });
});
