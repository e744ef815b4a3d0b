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
    const { uti, sid } = claimsOf(answer.access_token);
    assert.ok(uti && sid);
    assert.deepEqual([entry?.uniqueTokenIdentifier, entry?.sessionId], [uti, sid], 'the entry of its issuance');
    assert.equal(claimsOf(answer.id_token).sid, sid);
  });

  test('a refresh token of a request without openid gives an id_token with every claim, once openid is asked for', async () => {
    const scope = 'https://graph.microsoft.com/User.Read offline_access';
    const end = await server.signIn('ben@woodgrove.test', server.card('ben'), { scope });
    const { refresh_token: first, id_token: none } = end.kind === 'signedIn' ? end.tokens : {};
    assert.equal(none, undefined);
    const form = { grant_type: 'refresh_token', client_id: commandLineApplication.appId };
    const { id_token: idToken } = await token(
      { ...form, refresh_token: String(first), scope: `openid profile ${scope}` },
      crypto.randomUUID(),
    );
    const { sub, oid, tid, name } = claimsOf(idToken);
    assert.ok(sub && oid && tid, String(sub));
    assert.equal(name, 'Ben Okafor');
  });

  test('a refresh after a restart still knows what was proven', async () => {
    await server.stop();
    await server.run();
    assert.ok((await refresh()).access_token);
  });

  test('a disabled user gets nothing more by refreshing, and something again when enabled', async () => {
    await server.cardea('role', 'add', 'Global Administrator', 'ben@woodgrove.test'); // the last one is never disabled
    const disabled = await server.cardea('user', 'set', 'ana@woodgrove.test', '--disable', '--force');
    assert.equal(disabled.code, 0, disabled.err);
    const refusal = await refresh();
    assert.equal(refusal.error, 'invalid_grant');
    assert.deepEqual(refusal.error_codes, [50173]);
    await server.cardea('user', 'set', 'ana@woodgrove.test', '--enable');
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { scope: 'openid offline_access' });
    assert.equal(end.kind, 'signedIn');
  });

  test('two parallel redemptions of one refresh token both succeed', async () => {
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { scope: 'openid offline_access' });
    refreshToken = end.kind === 'signedIn' ? String(end.tokens.refresh_token) : '';
    const first = refreshToken;
    const pair = await Promise.all([refresh(), refresh()]);
    assert.ok(pair.every((answer) => answer.access_token && answer.refresh_token && answer.refresh_token !== first));
    for (const answer of pair) {
      refreshToken = String(answer.refresh_token);
      assert.ok((await refresh()).access_token, 'each continues');
    }
  });

  test('a refresh token that another application sends ends the grant, and is in the log', async () => {
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { scope: 'openid offline_access' });
    refreshToken = end.kind === 'signedIn' ? String(end.tokens.refresh_token) : '';
    const correlationId = crypto.randomUUID();
    const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
    const foreign = await token(
      { grant_type: 'refresh_token', client_id: azureCli, refresh_token: refreshToken },
      correlationId,
    );
    assert.deepEqual(foreign.error_codes, [700082]);
    const [entry] = await server.entries(correlationId);
    assert.deepEqual([entry?.status, entry?.because.code], ['failure', 'refreshTokenReplayed']);
    assert.deepEqual((await refresh()).error_codes, [700082], 'the grant has ended');
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
