import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type OidcServer, openOidcServer, redirectUri, secret } from './oidc-server.ts';

type Form = Readonly<Record<string, string>>;
/** What an endpoint answers to a request without a parameter. */
type Row = readonly [parameter: string, status: number, error: string, number: number];

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const onBehalfOf = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const graphDefault = 'https://graph.microsoft.com/.default';
const lacking = (...parameters: readonly string[]): readonly Row[] =>
  parameters.map((parameter) => [parameter, 400, 'invalid_request', 900144] as const);

/** Each grant with all that it needs, and the answer where one parameter is missing or empty. */
const grants: readonly (readonly [form: Form, rows: readonly Row[]])[] = [
  [
    { grant_type: 'authorization_code', code: 'x', redirect_uri: redirectUri },
    [...lacking('grant_type', 'client_id', 'code'), ['redirect_uri', 400, 'invalid_grant', 700009]],
  ],
  [{ grant_type: 'refresh_token', refresh_token: 'x' }, lacking('grant_type', 'client_id', 'refresh_token')],
  [{ grant_type: 'device_code', device_code: 'x' }, lacking('grant_type', 'client_id', 'device_code')],
  [{ grant_type: deviceGrant, device_code: 'x' }, lacking('grant_type', 'client_id', 'device_code')],
  [
    { grant_type: onBehalfOf, assertion: 'x', requested_token_use: 'on_behalf_of', scope: graphDefault },
    lacking('grant_type', 'client_id', 'assertion', 'requested_token_use'),
  ],
  [
    { grant_type: 'client_credentials', scope: graphDefault },
    [...lacking('grant_type', 'client_id'), ['scope', 400, 'invalid_request', 90014]],
  ],
  [{ grant_type: 'password', username: 'x', password: 'x' }, lacking('grant_type', 'client_id')],
];

describe('a request without a parameter, as Entra answers it', () => {
  let server: OidcServer;
  let client: Form;
  before(async () => {
    server = await openOidcServer();
    client = { client_id: server.tenants[0].confidentialApp.appId, client_secret: secret };
  });
  after(() => server.close());

  async function post(path: string, form: Form, headers: Form = {}) {
    const response = await server.browser().fetch(`/${server.tenants[0].id}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: String(new URLSearchParams(form)),
    });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, body, description: String(body.error_description) };
  }

  /** A form without the parameter, and with an empty one. */
  const without = (form: Form, name: string): readonly Form[] => [
    Object.fromEntries(Object.entries(form).filter(([key]) => key !== name)),
    { ...form, [name]: '' },
  ];

  for (const [grant, rows] of grants)
    for (const [parameter, ...answer] of rows)
      test(`${grant.grant_type} without ${parameter}: AADSTS${answer[2]}`, async () => {
        for (const path of ['oauth2/v2.0/token', 'oauth2/token'])
          for (const form of without({ ...client, ...grant }, parameter)) {
            if (path === 'oauth2/token' && parameter === 'scope') continue; // version 1 has no scope
            const { status, body, description } = await post(path, form);
            assert.deepEqual([status, body.error, body.error_codes], [answer[0], answer[1], [answer[2]]], description);
            assert.match(description, new RegExp(`\\b${parameter}\\b`), 'the message names the parameter');
            assert.doesNotMatch(description, /missing required|""/);
          }
      });

  test('client_id is in the Authorization header or the assertion as well', async () => {
    const grant = { grant_type: 'refresh_token', refresh_token: 'x' };
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    const answerWithName = await post(
      'oauth2/v2.0/token',
      grant,
      basic(`${client.client_id}:${encodeURIComponent(secret)}`),
    );
    assert.deepEqual(answerWithName.body.error_codes, [700082], answerWithName.description);
    const nameless = await post('oauth2/v2.0/token', grant, basic(`:${encodeURIComponent(secret)}`));
    assert.deepEqual(nameless.body.error_codes, [900144], nameless.description);
    const asserted = await post('oauth2/v2.0/token', { ...grant, client_assertion: 'x' });
    assert.deepEqual(asserted.body.error_codes, [700027], asserted.description);
  });

  test('a device code needs client_id and, in version 2, scope', async () => {
    for (const parameter of ['client_id', 'scope'])
      for (const form of without({ ...client, scope: 'openid' }, parameter)) {
        const { status, body, description } = await post('oauth2/v2.0/devicecode', form);
        assert.deepEqual([status, body.error, body.error_codes], [400, 'invalid_request', [900144]], description);
        assert.match(description, new RegExp(`\\b${parameter}\\b`));
      }
    assert.equal((await post('oauth2/devicecode', client)).status, 200);
  });

  test('an authorization request is answered with AADSTS900144', async () => {
    const { publicApp, id } = server.tenants[0];
    const request = {
      client_id: publicApp.appId,
      response_type: 'code',
      redirect_uri: publicApp.redirectUris[0]!,
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    };
    for (const parameter of ['client_id', 'response_type', 'redirect_uri', 'scope'])
      for (const query of without(request, parameter)) {
        const path = `/${id}/oauth2/v2.0/authorize?${new URLSearchParams(query)}`;
        const response = await server.browser().fetch(path, { headers: { accept: 'text/html' } });
        const location = response.headers.get('location') ?? '';
        const text = decodeURIComponent(`${location} ${await response.text()}`);
        assert.ok(response.status < 500, `${parameter}: ${response.status}`);
        assert.match(text, /AADSTS900144/, parameter);
      }
  });
});
