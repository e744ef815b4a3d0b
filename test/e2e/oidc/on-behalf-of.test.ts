import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser } from '#cli/client/browser.ts';
import { claimsOf, RunningServer } from '../server.ts';

const redirectUri = 'http://localhost:53682/done';
const onBehalfOf = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', requested_token_use: 'on_behalf_of' };
const graphRead = 'https://graph.microsoft.com/User.Read';

type Answer = Readonly<Record<string, unknown>>;

describe('on behalf of: an API gets tokens for the user of the token that it received', () => {
  let server: RunningServer;
  const apps: Record<string, { readonly appId: string; readonly secret: string }> = {};
  let tokens: Answer;

  before(async () => {
    server = await RunningServer.start();
    const registrations: Record<string, readonly string[]> = {
      client: ['--public', '--redirect-uri', redirectUri],
      middle: ['--identifier-uri', 'api://middle'],
      old: ['--identifier-uri', 'api://old', '--token-version', '1'],
      back: ['--identifier-uri', 'api://back'],
    };
    for (const [name, words] of Object.entries(registrations)) {
      const { out } = await server.cardea('app', 'add', name, ...words, '--json');
      apps[name] = JSON.parse(out) as { appId: string; secret: string };
    }
    tokens = await signIn('openid api://middle/access');
  });
  after(() => server.remove());

  async function signIn(scope: string): Promise<Answer> {
    const request = { clientId: apps.client!.appId, redirectUri, scope };
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), request);
    assert.equal(end.kind, 'signedIn', JSON.stringify(end));
    return end.kind === 'signedIn' ? end.tokens : {};
  }

  async function exchange(
    more: Readonly<Record<string, string>>,
    app = 'middle',
    path = 'v2.0/token',
  ): Promise<Answer> {
    const url = new URL(`/woodgrove.test/oauth2/${path}`, server.origin);
    const form: Record<string, string> = {
      ...onBehalfOf,
      client_id: apps[app]!.appId,
      client_secret: apps[app]!.secret ?? '',
      assertion: String(tokens.access_token),
      scope: graphRead,
      ...more,
    };
    const page = await new Browser(undefined, server.trust).post(url, form);
    return JSON.parse(page.body) as Answer;
  }

  test('the token is for the user, by the API, with what the user proved, and the log has its entry', async () => {
    const correlationId = crypto.randomUUID();
    const answer = await exchange({ scope: graphRead }, 'middle', `v2.0/token?client-request-id=${correlationId}`);
    assert.deepEqual(
      [typeof answer.access_token, answer.refresh_token, answer.id_token],
      ['string', undefined, undefined],
      JSON.stringify(answer),
    );
    const [claims, first] = [claimsOf(answer.access_token), claimsOf(tokens.access_token)];
    assert.deepEqual(
      [claims.appid, claims.oid, claims.amr, claims.aud, claims.azpacr],
      [apps.middle!.appId, first.oid, ['rsa', 'mfa'], 'https://graph.microsoft.com', '1'],
    );
    const [entry, ...furtherEntries] = await server.entries(correlationId);
    assert.deepEqual([entry?.status, entry?.isInteractive, entry?.appId], ['success', false, apps.middle!.appId]);
    assert.deepEqual(furtherEntries, []);
  });

  test('it continues from API to API, at both versions, and offline_access brings a refresh token that renews', async () => {
    const second = await exchange({ scope: 'api://back/access offline_access openid' });
    assert.deepEqual(
      [typeof second.refresh_token, typeof second.id_token],
      ['string', 'string'],
      JSON.stringify(second),
    );
    const renewal = { grant_type: 'refresh_token', refresh_token: String(second.refresh_token), assertion: '' };
    assert.equal(claimsOf((await exchange(renewal)).access_token).appid, apps.middle!.appId);
    const third = await exchange({ assertion: String(second.access_token) }, 'back');
    assert.equal(claimsOf(third.access_token).appid, apps.back!.appId);
    const old = await signIn('openid api://old/access');
    const form = { assertion: String(old.access_token), resource: 'https://graph.microsoft.com', scope: '' };
    const first = await exchange(form, 'old', 'token');
    assert.deepEqual(
      [typeof first.expires_in, claimsOf(first.access_token).ver],
      ['string', '1.0'],
      JSON.stringify(first),
    );
  });

  const refusals: readonly (readonly [
    name: string,
    form: () => Promise<Readonly<Record<string, string>>>,
    error: string,
    number: number,
    app?: string,
  ])[] = [
    ['an ID token', async () => ({ assertion: String(tokens.id_token) }), 'invalid_grant', 50013],
    [
      'a token for Graph',
      async () => ({ assertion: String((await signIn(graphRead)).access_token) }),
      'invalid_grant',
      50013,
    ],
    ['a token for another API', async () => ({}), 'invalid_grant', 50013, 'back'],
    ['text', async () => ({ assertion: 'a.b.c' }), 'invalid_grant', 50013],
    ['no assertion', async () => ({ assertion: '' }), 'invalid_request', 900144],
    ['no requested_token_use', async () => ({ requested_token_use: '' }), 'invalid_request', 900144],
    ['another requested_token_use', async () => ({ requested_token_use: 'id' }), 'invalid_grant', 50013],
    ['a wrong secret', async () => ({ client_secret: 'wrong' }), 'invalid_client', 7000215],
    ['no secret', async () => ({ client_secret: '' }), 'invalid_client', 7000218],
    ['a permission without consent', async () => ({ scope: 'Domain.ReadWrite.All' }), 'invalid_grant', 65001],
    [
      'a token of an application',
      async () => {
        const form = { grant_type: 'client_credentials', scope: 'api://middle/.default' };
        return { assertion: String((await exchange(form, 'back')).access_token) };
      },
      'invalid_grant',
      50013,
    ],
  ];
  for (const [name, form, error, number, app] of refusals)
    test(`${name} is refused with AADSTS${number}`, async () => {
      const answer = await exchange(await form(), app);
      assert.deepEqual([answer.error, answer.error_codes, answer.access_token], [error, [number], undefined]);
    });

  test('at common the request has to name a tenant', async () => {
    const url = new URL('/common/oauth2/v2.0/token', server.origin);
    const page = await new Browser(undefined, server.trust).post(url, { ...onBehalfOf, assertion: 'x' });
    assert.deepEqual((JSON.parse(page.body) as Answer).error_codes, [50059]);
  });

  test('it ends with the user’s sign-ins', async () => {
    await server.cardea('user', 'sign-out', 'ana@woodgrove.test');
    assert.deepEqual((await exchange({})).error_codes, [50173]);
  });
});
