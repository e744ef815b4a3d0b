import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { Browser } from '#cli/client/browser.ts';
import { claimsOf, RunningServer } from '../server.ts';

describe('tokens without a person at the keyboard', () => {
  let server: RunningServer;
  let refreshToken = '';
  before(async () => {
    server = await RunningServer.start();
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { scope: 'openid offline_access' });
    refreshToken = end.kind === 'signedIn' ? String(end.tokens.refresh_token) : '';
  });
  after(() => server.remove());

  async function token(form: Record<string, string>, correlationId: string): Promise<Record<string, unknown>> {
    const url = new URL(`/organizations/oauth2/v2.0/token?client-request-id=${correlationId}`, server.origin);
    const page = await new Browser(undefined, server.trust).post(url, form);
    return JSON.parse(page.body) as Record<string, unknown>;
  }
  async function refresh(correlationId = crypto.randomUUID()): Promise<Record<string, unknown>> {
    const answer = await token(
      { grant_type: 'refresh_token', client_id: commandLineApplication.appId, refresh_token: refreshToken },
      correlationId,
    );
    refreshToken = String(answer.refresh_token ?? refreshToken);
    return answer;
  }

  test('a refresh asks policy again and has its own entry, not interactive, with what was proven by the card', async () => {
    const correlationId = crypto.randomUUID();
    const answer = await refresh(correlationId);
    assert.equal(claimsOf(answer.access_token).upn, 'ana@woodgrove.test', JSON.stringify(answer));
    const [entry, ...more] = await server.entries(correlationId);
    assert.deepEqual(more, []);
    assert.deepEqual(
      [entry?.status, entry?.isInteractive, entry?.proofs[0]?.method],
      ['success', false, 'x509CertificateMultiFactor'],
    );
  });

  test('a refresh after a restart still knows what was proven', async () => {
    await server.stop();
    await server.run();
    assert.ok((await refresh()).access_token);
  });

  test('a disabled user gets nothing more by refreshing, and something again when enabled', async () => {
    await server.cardea('user', 'set', 'ana@woodgrove.test', '--disable');
    const refusal = await refresh();
    assert.equal(refusal.error, 'invalid_grant');
    assert.deepEqual(refusal.error_codes, [50173]);
    await server.cardea('user', 'set', 'ana@woodgrove.test', '--enable');
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { scope: 'openid offline_access' });
    assert.equal(end.kind, 'signedIn');
  });

  test('a refresh token that was used before ends all that came of it (reuse detection)', async () => {
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { scope: 'openid offline_access' });
    const first = end.kind === 'signedIn' ? String(end.tokens.refresh_token) : '';
    refreshToken = first;
    assert.ok((await refresh()).access_token);
    const second = refreshToken;
    assert.notEqual(second, first, 'every refresh gives another one');
    refreshToken = first;
    assert.deepEqual((await refresh()).error_codes, [700082], 'a thief, or whom the thief robbed, comes second');
    refreshToken = second;
    assert.deepEqual((await refresh()).error_codes, [700082], 'and now neither has anything');
  });

  test('revoking a user’s sign-ins ends refresh tokens with AADSTS50173, and a new sign-in works at once (REV-2)', async () => {
    const signIn = () => server.signIn('ana@woodgrove.test', server.card('ana'), { scope: 'openid offline_access' });
    const end = await signIn();
    refreshToken = end.kind === 'signedIn' ? String(end.tokens.refresh_token) : '';
    const { out } = await server.cardea('user', 'sign-out', 'ana@woodgrove.test', '--json');
    assert.ok((JSON.parse(out) as { sessions: number }).sessions >= 1, out);
    assert.deepEqual((await refresh()).error_codes, [50173]);
    assert.equal((await signIn()).kind, 'signedIn');
  });

  test('an application that signs in as itself gets a token only with an entry', async () => {
    const { out } = await server.cardea('app', 'add', 'Robot', '--identifier-uri', 'api://robot', '--json');
    const { appId, secret } = JSON.parse(out) as { appId: string; secret: string };
    const correlationId = crypto.randomUUID();
    const url = new URL(`/woodgrove.test/oauth2/v2.0/token?client-request-id=${correlationId}`, server.origin);
    const form = {
      grant_type: 'client_credentials',
      client_id: appId,
      client_secret: secret,
      scope: 'api://robot/.default',
    };
    const page = await new Browser(undefined, server.trust).post(url, form);
    const answer = JSON.parse(page.body) as Record<string, unknown>;
    assert.deepEqual(
      [claimsOf(answer.access_token).idtyp, claimsOf(answer.access_token).appid],
      ['app', appId],
      page.body,
    );
    const entries = await server.entries(correlationId);
    assert.deepEqual(
      entries.map(({ because, appId: id }) => [because.code, id]),
      [['clientCredentialsAccepted', appId]],
    );
  });
});
