import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { azureCliId, graphPowerShellId } from '#admin/applications/first-party.ts';
import { Browser } from '#cli/client/browser.ts';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import { claimsOf, RunningServer } from '../e2e/server.ts';

describe('what a token for a person carries (graph-api §2)', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
  });
  after(() => server.remove());

  const signIn = (clientId: string, scope: string, name = 'ana') =>
    server.signIn(`${name}@woodgrove.test`, server.card(name), { clientId, scope });

  async function tokens(clientId: string, scope: string): Promise<Record<string, unknown>> {
    const end = await signIn(clientId, scope);
    assert.equal(end.kind, 'signedIn', JSON.stringify(end));
    return end.kind === 'signedIn' ? end.tokens : {};
  }
  async function refresh(clientId: string, refreshToken: unknown, scope: string): Promise<Record<string, unknown>> {
    const url = new URL('/organizations/oauth2/v2.0/token', server.origin);
    const form = { grant_type: 'refresh_token', client_id: clientId, refresh_token: String(refreshToken), scope };
    return JSON.parse((await new Browser(undefined, server.trust).post(url, form)).body) as Record<string, unknown>;
  }

  test('.default gives everything granted, and the answer names it beside what it came to', async () => {
    const { access_token, scope } = await tokens(azureCliId, 'https://graph.microsoft.com//.default openid');
    const cargo = String(claimsOf(access_token).scp).split(' ');
    assert.deepEqual(
      cargo.filter((name) => name !== 'openid'),
      [
        'User.Read',
        'Directory.AccessAsUser.All',
        'User.ReadWrite.All',
        'Group.ReadWrite.All',
        'Application.ReadWrite.All',
        'AuditLog.Read.All',
        'Policy.ReadWrite.AuthenticationMethod',
        'Organization.ReadWrite.All',
        'PublicKeyInfrastructure.ReadWrite.All',
      ],
    );
    assert.ok(String(scope).split(' ').includes('https://graph.microsoft.com//.default'), String(scope));
  });

  test('a granted permission may be asked for by name, however it is written', async () => {
    const { access_token, scope } = await tokens(azureCliId, 'user.readwrite.all user.read');
    assert.equal(claimsOf(access_token).scp, 'User.ReadWrite.All User.Read');
    assert.equal(scope, 'User.ReadWrite.All User.Read');
  });

  test('a permission without consent is refused with AADSTS65001 and the way to grant it, and the entry says so', async () => {
    const correlationId = crypto.randomUUID();
    const scope = 'User.Read Policy.ReadWrite.AuthenticationMethod';
    const more = { clientId: graphPowerShellId, scope, correlationId };
    const end = await server.signIn('ben@woodgrove.test', server.card('ben'), more);
    const last = (await server.entries(correlationId)).at(-1);
    assert.deepEqual([last?.status, last?.because.code], ['failure', 'consentMissing']);
    assert.equal(end.kind, 'refused');
    if (end.kind !== 'refused') return;
    assert.equal(end.code, 'consent_required');
    assert.match(end.sentence, /^AADSTS65001: .*Policy\.ReadWrite\.AuthenticationMethod.*oauth2PermissionGrants/);
  });

  test('an administrator consents by asking with Graph PowerShell, and the token names the role (wids)', async () => {
    const { access_token } = await tokens(graphPowerShellId, 'Policy.ReadWrite.AuthenticationMethod');
    const { scp, wids } = claimsOf(access_token);
    assert.deepEqual([scp, wids], ['Policy.ReadWrite.AuthenticationMethod', [globalAdministrator]]);
  });

  test('a permission that does not exist is refused with AADSTS650053', async () => {
    const end = await signIn(graphPowerShellId, 'Everything.ReadWrite.All');
    assert.match(end.kind === 'refused' ? end.sentence : '', /^AADSTS650053/);
  });

  test('a refresh token renews for another resource, and is asked for consent there, too', async () => {
    const first = await tokens(azureCliId, 'https://management.azure.com//.default offline_access openid');
    assert.equal(claimsOf(first.access_token).aud, 'https://management.azure.com/', 'as it was asked for');
    assert.equal(claimsOf(first.access_token).scp, 'user_impersonation');
    const second = await refresh(azureCliId, first.refresh_token, 'https://graph.microsoft.com/.default');
    assert.equal(claimsOf(second.access_token).aud, 'https://graph.microsoft.com', JSON.stringify(second));
    assert.match(String(claimsOf(second.access_token).scp), /\bUser\.ReadWrite\.All\b/);
    const third = await refresh(azureCliId, second.refresh_token, 'Domain.ReadWrite.All');
    assert.deepEqual([third.error, third.suberror, third.error_codes], ['invalid_grant', 'consent_required', [65001]]);
    const fourth = await refresh(azureCliId, second.refresh_token, 'https://management.azure.com/.default');
    assert.equal(claimsOf(fourth.access_token).scp, 'user_impersonation', JSON.stringify(fourth));
  });
});
