import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { brokerAppId } from '#core/directory/well-known-applications.ts';
import { setPassword } from '../second-factor/conditional-access.ts';
import { claimsOf, RunningServer } from '../server.ts';
import { configIn, Program } from './program.ts';

const redirectUri = 'msauth://Microsoft.AAD.BrokerPlugin';
const ben = 'ben@woodgrove.test';
const password = 'Correct-horse-battery-staple';

describe('the requests of libhimmelblau, as it shapes them (windows-sign-in §5.3, steps 1 to 5)', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
    await setPassword(server, ben, password);
  });
  after(() => server.remove());

  /** It follows no redirect, accepts anything, keeps no code verifier, and posts forms that are not percent-encoded. */
  test('authorize, GetCredentialType, password, and the code at version 1 of the token endpoint', async () => {
    const program = new Program(server);
    const query = new URLSearchParams({
      client_id: brokerAppId,
      response_type: 'code',
      redirect_uri: redirectUri,
      'client-request-id': program.correlationId,
      prompt: 'login',
      scope: 'openid profile offline_access',
      response_mode: 'query',
      sso_reload: 'True',
      resource: 'https://graph.microsoft.com',
      caller_app_client_id: 'b743a22d-6705-4147-8670-d92fa515ee2b',
      caller_app_redirect_uri: 'companyportal://com.microsoft.CompanyPortal',
      amr_values: 'ngcmfa',
    });
    const config = configIn(await program.send(`/woodgrove.test/oAuth2/authorize?${query}`));
    // Types of its parser: a text that is missing or null there is an error of the client.
    for (const name of ['sessionId', 'canary', 'sFT', 'sCtx', 'urlPost']) assert.equal(typeof config[name], 'string');

    const types = await program.json(String(config.urlGetCredentialType), {
      username: ben,
      isOtherIdpSupported: true,
      checkPhones: true,
      isRemoteNGCSupported: true,
      isFidoSupported: true,
      isAccessPassSupported: true,
      isCookieBannerShown: false,
      originalRequest: config.sCtx,
      flowToken: config.sFT,
    });
    assert.deepEqual([types.IfExistsResult, types.ThrottleStatus, types.IsUnmanaged], [0, 0, false]);

    // It posts the flow token of the first page, not the one of GetCredentialType.
    const answer = await program.form(String(config.urlPost), {
      login: ben,
      passwd: password,
      ctx: String(config.sCtx),
      flowToken: String(config.sFT),
      canary: String(config.canary),
      client_id: brokerAppId,
      'client-request-id': program.correlationId,
    });
    assert.equal(answer.status, 302, answer.body);
    const code = new URL(String(answer.headers.location)).searchParams.get('code')!;
    // It fetches again while a page has one of these texts.
    for (const text of ['Working...', 'Click Submit to continue', '<input type="submit"'])
      assert.ok(!answer.body.includes(text));

    const form = {
      client_id: brokerAppId,
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
    };
    const { body } = await program.form('/woodgrove.test/oauth2/token', form);
    const token = JSON.parse(body) as Record<string, unknown>;
    for (const name of ['token_type', 'expires_in', 'ext_expires_in', 'refresh_token', 'id_token'])
      assert.equal(typeof token[name], 'string', `${name}: ${body}`);
    const claims = claimsOf(token.id_token);
    for (const name of ['name', 'oid', 'tid']) assert.equal(typeof claims[name], 'string', name);
  });

  test('an error is a page with status 200 whose number and text it reads', async () => {
    const program = new Program(server);
    const config = await program.begin();
    const fields = { login: ben, passwd: 'wrong', ctx: String(config.sCtx), flowToken: String(config.sFT) };
    const answer = await program.form(String(config.urlPost), fields);
    assert.equal(answer.status, 200);
    const refusal = configIn(answer);
    assert.equal(refusal.sErrorCode, '50126');
    assert.match(String(refusal.strServiceExceptionMessage), /^AADSTS50126: .+\r\nCorrelation ID: [\da-f-]{36}\r\n/);
    for (const name of ['sessionId', 'canary']) assert.equal(typeof refusal[name], 'string');
  });
});
