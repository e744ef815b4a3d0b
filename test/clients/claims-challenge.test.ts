import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { azureCliId, commandLineApplication, graphPowerShellId } from '#admin/applications/first-party.ts';
import { Browser } from '#cli/client/browser.ts';
import { claimsOf, RunningServer } from '../e2e/server.ts';
import { sendJson } from './ask.ts';
import { runProgram } from './program.ts';

const challenge = JSON.stringify({ access_token: { acrs: { essential: true, values: ['c1'] } } });

describe('authentication contexts: an application asks for more than the sign-in needed (TOK-6)', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
    const scope = 'https://graph.microsoft.com/Policy.ReadWrite.ConditionalAccess';
    const administrator = await server.signIn('ana@woodgrove.test', server.card('ana'), {
      clientId: graphPowerShellId,
      scope,
    });
    assert.equal(administrator.kind, 'signedIn', JSON.stringify(administrator));
    const token = administrator.kind === 'signedIn' ? String(administrator.tokens.access_token) : '';
    const context = '/v1.0/identity/conditionalAccess/authenticationContextClassReferences/c1';
    assert.equal((await sendJson(server, 'PATCH', context, token, { displayName: 'Payments' })).status, 204);
    const { status, body } = await sendJson(server, 'POST', '/v1.0/identity/conditionalAccess/policies', token, {
      displayName: 'What matters needs two factors',
      state: 'enabled',
      conditions: {
        users: { includeUsers: ['All'] },
        applications: { includeAuthenticationContextClassReferences: ['c1'] },
        clientAppTypes: ['all'],
      },
      grantControls: { operator: 'OR', builtInControls: ['mfa'] },
    });
    assert.equal(status, 201, JSON.stringify(body));
  });
  after(() => server.remove());

  const msal = (name: string, more: object) =>
    runProgram(server, 'msal-public', {
      clientId: commandLineApplication.appId,
      tenant: 'woodgrove.test',
      scopes: ['User.Read'],
      username: `${name}@woodgrove.test`,
      card: server.card(name),
      ...more,
    });
  const acrs = (body: unknown) => claimsOf((body as { accessToken: string }).accessToken).acrs;

  test('a card of two factors gives the context that was asked for, and the refresh token keeps it', async () => {
    const { first, again } = await msal('ana', { claims: challenge });
    assert.deepEqual([acrs(first), acrs(again)], [['c1'], ['c1']]);
  });

  test('what was not asked for is not there; a later claims challenge adds it silently', async () => {
    const { first, again, later } = await msal('ana', { laterClaims: challenge });
    assert.deepEqual([acrs(first), acrs(again), acrs(later)], [undefined, undefined, ['c1']]);
  });

  test('a card of one factor signs in without the context, and is asked for more with it', async () => {
    const { page, refused } = await msal('ben', { claims: challenge });
    assert.match(String(page), /AADSTS(50076|53004)/, JSON.stringify(refused));
    const { refused: later } = await msal('ben', { laterClaims: challenge });
    const { name, errorMessage } = later as Record<string, string>;
    assert.equal(name, 'InteractionRequiredAuthError', JSON.stringify(later));
    assert.match(errorMessage ?? '', /AADSTS(50076|53004)/);
  });

  test('the refusal of a refresh names the claims to ask for again', async () => {
    const scope = 'openid offline_access';
    const end = await server.signIn('ben@woodgrove.test', server.card('ben'), { clientId: azureCliId, scope });
    const refresh_token = end.kind === 'signedIn' ? String(end.tokens.refresh_token) : '';
    const form = { grant_type: 'refresh_token', client_id: azureCliId, refresh_token, claims: challenge };
    const url = new URL('/organizations/oauth2/v2.0/token', server.origin);
    const { status, body } = await new Browser(undefined, server.trust).post(url, form);
    const answer = JSON.parse(body) as Record<string, unknown>;
    assert.deepEqual([status, answer.error, answer.claims], [400, 'invalid_grant', challenge]);
  });
});
