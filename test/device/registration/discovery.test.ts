import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RunningServer } from '#test/e2e/server.ts';
import { registrationHost, type SendOptions, send } from '../registration-client.ts';

describe('discovery of the device registration service (windows-sign-in §1.5)', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
  });
  after(() => server?.remove());
  const get = (path: string, options: SendOptions = {}) => send(server, 'GET', path, undefined, options);
  const login: SendOptions = { host: 'localhost' };

  test('Discover names every service, with addresses of this installation', async () => {
    const { status, body } = await get('/woodgrove.test/Discover?api-version=1.9&managed=True');
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), [
      ...['DiscoveryService', 'DeviceRegistrationService', 'AuthenticationService', 'IdentityProviderService'],
      ...['DeviceJoinService', 'KeyProvisioningService', 'WebAuthNService', 'DeviceManagementService'],
      ...['MsaProviderData', 'PrecreateService', 'TenantInfo', 'AzureRbacService', 'BPLService'],
      ...['DeviceJoinResourceService', 'NonceService'],
    ]);
    const origin = `https://${registrationHost}:${server.port}`;
    assert.deepEqual(body.DeviceJoinService, {
      JoinEndpoint: `${origin}/EnrollmentServer/device/`,
      JoinResourceId: 'urn:ms-drs:enterpriseregistration.windows.net',
      ServiceVersion: '2.0',
    });
    assert.equal(body.KeyProvisioningService.KeyProvisionEndpoint, `${origin}/EnrollmentServer/key/`);
    assert.equal(
      body.AuthenticationService.OAuth2.TokenEndpoint,
      `${server.origin}/${body.TenantInfo.TenantId}/oauth2/token`,
    );
    assert.equal(body.TenantInfo.TenantName, 'woodgrove.test');
    assert.equal(body.NonceService.Endpoint, `${origin}/EnrollmentServer/nonce/${body.TenantInfo.TenantId}/`);
  });

  for (const [name, path, options] of [
    ['in lower case', '/woodgrove.test/discover', {}],
    ['in upper case', '/WOODGROVE.TEST/DISCOVER', {}],
    ['with a slash at the end', '/woodgrove.test/Discover/?api-version=1.9', {}],
    ['with double slashes', '//woodgrove.test//Discover', {}],
    ['on the login host', '/woodgrove.test/Discover', login],
    ['on the certauth host', '/woodgrove.test/Discover', { host: 'certauth.localhost' }],
  ] as const) {
    test(`Discover ${name} is answered (windows-sign-in §0.5, rule 1)`, async () => {
      assert.equal((await get(path, options)).body.TenantInfo?.TenantName, 'woodgrove.test');
    });
  }

  test('the contract of AD FS comes in JSON for the versions 1.0 and 1.2, and for no other (MS-DVRD)', async () => {
    const json = { headers: { accept: 'application/json' } };
    const first = await get('/EnrollmentServer/contract?api-version=1.0', json);
    assert.deepEqual(Object.keys(first.body), [
      'DeviceRegistrationService',
      'AuthenticationService',
      'IdentityProviderService',
    ]);
    const second = await get('/enrollmentserver/Contract/?api-version=1.2', json);
    assert.deepEqual(Object.keys(second.body).slice(3), [
      'DeviceJoinService',
      'WebBrowserZones',
      'KeyProvisioningService',
    ]);
    assert.equal((await get('/EnrollmentServer/contract?api-version=1.1', json)).status, 400);
    assert.equal(
      (await get('/EnrollmentServer/contract?api-version=1.0', { headers: { accept: 'text/xml' } })).status,
      400,
    );
  });

  test('a nonce has the misspelt status of Entra and characters of base64url (windows-sign-in §2.2)', async () => {
    const { body } = await get('/EnrollmentServer/nonce/woodgrove.test/?api-version=1.0');
    assert.deepEqual(Object.keys(body), ['ReponseStatus', 'Value']);
    assert.match(body.Value, /^[\w-]{40,60}$/);
    assert.match(body.ReponseStatus.time, /^\d{1,2}\/\d{1,2}\/\d{4} \d{1,2}:\d\d:\d\d [AP]M$/);
  });

  test('the federation provider of a domain is its tenant', async () => {
    const { body } = await get('/odc/v2.1/federationProvider?domain=woodgrove.test', login);
    assert.deepEqual([body.authority_host, body.environment], [`localhost:${server.port}`, 'Global']);
    assert.match(body.tenantId, /^[0-9a-f-]{36}$/);
  });

  test('a path with another method answers 405', async () => {
    const answer = await send(server, 'PATCH', '/EnrollmentServer/device/', {});
    assert.deepEqual([answer.status, answer.headers.allow], [405, 'POST']);
  });

  for (const path of [
    '/woodgrove.test/.well-known/openid-configuration',
    '/common/v2.0/.well-known/openid-configuration',
  ])
    test(`${path} announces the key derivation version 2 (windows-sign-in §1.1)`, async () => {
      assert.deepEqual((await get(path, login)).body.capabilities, ['kdf_ver2', 'winhello_cert']);
    });

  for (const path of [
    '/common/UserRealm/ana%40woodgrove.test?api-version=1.0',
    '/common/userrealm/ana@woodgrove.test/?api-version=1.0',
    '/COMMON/USERREALM/ana@woodgrove.test?api-version=1.0',
    '/common/UserRealm?user=ana@woodgrove.test&api-version=1.0',
    '/common/UserRealm/?user=ana@woodgrove.test&api-version=1.0',
  ])
    test(`${path} is answered (windows-sign-in §0.5, rule 1)`, async () => {
      const { body } = await get(path, login);
      assert.deepEqual([body.account_type, body.domain_name], ['Managed', 'woodgrove.test']);
    });

  for (const path of ['/woodgrove.test/OAuth2/v2.0/Token/', '/Woodgrove.Test/oAuth2/v2.0/token'])
    test(`${path} is the token endpoint (windows-sign-in §0.5, rule 1)`, async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await send(server, 'POST', path, undefined, { ...login, headers, text: 'grant_type=other' });
      assert.deepEqual(answer.body.error_codes, [900144], JSON.stringify(answer.body));
    });

  for (const tenant of ['common', 'organizations', 'woodgrove.test'])
    test(`the tenant may be ${tenant} in the path of a realm (windows-sign-in §0.5, rule 2)`, async () => {
      assert.equal((await get(`/${tenant}/userrealm/ana@woodgrove.test`, login)).body.account_type, 'Managed');
    });

  describe('a stranger learns from it nothing about users and devices', () => {
    const alike = async (paths: readonly [string, string], options: SendOptions = {}) => {
      const [first, second] = await Promise.all(paths.map((path) => get(path, options)));
      const plain = (answer: typeof first) =>
        JSON.stringify([answer!.status, answer!.body]).replace(
          /[0-9a-f]{8}-[0-9a-f-]{27}|"Value":"[^"]*"|ana|nil|\d+:\d\d:\d\d/g,
          '',
        );
      assert.equal(plain(first), plain(second));
    };
    test('the realm of a user that exists and of one that does not is the same', async () => {
      for (const version of ['1.0', '2.0'])
        await alike(
          [
            `/common/userrealm/ana@woodgrove.test?api-version=${version}`,
            `/common/userrealm/nil@woodgrove.test?api-version=${version}`,
          ],
          login,
        );
    });
    test('a nonce comes for a tenant that exists and for one that does not', () =>
      alike(['/EnrollmentServer/nonce/woodgrove.test/', '/EnrollmentServer/nonce/missing.test/']));
    test('a removal without a certificate answers the same for every device id', async () => {
      const remove = (id: string) => send(server, 'DELETE', `/EnrollmentServer/device/${id}`);
      const answers = await Promise.all([remove(crypto.randomUUID()), remove(crypto.randomUUID())]);
      assert.deepEqual(
        answers.map(({ status, body }) => [status, body.subcode]),
        [
          [401, 'deviceCertificateMissing'],
          [401, 'deviceCertificateMissing'],
        ],
      );
    });
    test('an unknown tenant is refused in the form of an error of the service', async () => {
      const { status, body } = await get('/missing.test/Discover');
      assert.deepEqual([status, body.ErrorType, body.subcode], [400, 'DirectoryError', 'tenantUnknown']);
    });
  });
});
