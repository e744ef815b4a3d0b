import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RunningServer } from '../../e2e/server.ts';
import { getJson } from '../ask.ts';

const wellKnown = {
  '29d9ed98-a469-4536-ade2-f981bc1d605e': 'Microsoft Authentication Broker',
  'dd762716-544d-4aeb-a526-687b73838a22': 'Microsoft Device Registration Client',
  '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9': 'Device Registration Service',
  '1b730954-1685-4b74-9bfd-dac224a7b894': 'Azure Active Directory PowerShell',
  '14d82eec-204b-4c2f-b7e8-296a70dab67e': 'Microsoft Graph Command Line Tools',
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46': 'Microsoft Azure CLI',
} as const;

describe('what clients of earlier years and unknown paths get', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
  });
  after(() => server.remove());

  for (const path of [
    '/woodgrove.test/users?api-version=1.6',
    '/myorganization/me?api-version=1.6',
    '/woodgrove.test/tenantDetails?api-version=1.61-internal',
    '/woodgrove.test/groups/x/members?api-version=beta',
  ])
    test(`${path} is Azure AD Graph, which says that it is retired`, async () => {
      const { status, body } = await getJson(server, path);
      const error = body['odata.error'] as { code: string; message: { value: string } };
      assert.deepEqual([status, error.code], [403, 'Authentication_Unauthorized']);
      assert.match(error.message.value, /retired/);
    });

  for (const path of ['/v1.0/users?api-version=1.6', '/beta/users?api-version=beta'])
    test(`${path} is Microsoft Graph`, async () => {
      const { status, body } = await getJson(server, path);
      assert.deepEqual([status, 'error' in body, 'odata.error' in body], [401, true, false]);
    });

  test('an unknown path is JSON where JSON is accepted and HTML is not', async () => {
    const { status, body } = await getJson(server, '/woodgrove.test/nothing', { accept: 'application/json' });
    assert.deepEqual([status, body.error], [404, 'not_found']);
  });

  test('well-known applications exist in every tenant (windows-sign-in §0.4)', async () => {
    await server.cardea('tenant', 'add', 'fabrikam.test');
    for (const tenant of ['woodgrove.test', 'fabrikam.test']) {
      const { out } = await server.cardea('app', 'list', '--tenant', tenant, '--json');
      const apps = JSON.parse(out) as { appId: string; displayName: string }[];
      const names = Object.fromEntries(apps.map(({ appId, displayName }) => [appId, displayName]));
      assert.deepEqual(Object.fromEntries(Object.keys(wellKnown).map((id) => [id, names[id]])), wellKnown);
    }
  });
});
