import assert from 'node:assert/strict';
import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Application } from '#model/application.ts';
import type { Browser } from './browser.ts';
import { type OidcServer, openOidcServer, redirectUri, secret, type TenantOfTest } from './oidc-server.ts';

let server: OidcServer;
let tenant: TenantOfTest;
let browser: Browser;
before(async () => {
  server = await openOidcServer();
  [tenant] = server.tenants;
  browser = server.browser();
  await tenant.setApplication(hybrid());
});
after(() => server.close());

const challenge = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const graphDefault = 'https://graph.microsoft.com/.default';

/** The confidential application, which may have ID tokens from the authorization endpoint. */
const hybrid = (): Application => ({
  ...tenant.confidentialApp,
  profile: { web: { implicitGrantSettings: { enableIdTokenIssuance: true } } },
});

interface PublishedKey {
  readonly x5c: readonly string[];
  readonly x5t: string;
}

type Form = Readonly<Record<string, string>>;

/** An authorization request of the confidential application, followed to its redirect address. */
async function authorize(
  more: Form,
  { at = tenant.id, version = '/v2.0', by = browser } = {},
): Promise<URLSearchParams> {
  const common = { client_id: tenant.confidentialApp.appId, redirect_uri: redirectUri, scope: 'openid profile' };
  const request = new URLSearchParams({ ...common, response_type: 'code', ...challenge, ...more });
  const { url, response } = await by.follow(`/${at}/oauth2${version}/authorize?${request}`);
  const fields = new URLSearchParams(url.hash.slice(1) || url.search);
  if (!response) return fields;
  const page = (await response.text()).matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return new URLSearchParams([...page].map(([, name, value]): [string, string] => [name!, value!]));
}

async function post(path: string, form: Form, headers: Form = {}) {
  const response = await browser.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(form).toString(),
  });
  const text = await response.text();
  const isJson = /^application\/json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, isJson, body: (isJson ? JSON.parse(text) : {}) as Record<string, string> };
}

const asItself = (): Form => ({
  grant_type: 'client_credentials',
  client_id: tenant.confidentialApp.appId,
  client_secret: secret,
});

for (const scope of [
  `openid profile offline_access ${graphDefault}`,
  `${graphDefault} openid profile offline_access`,
  `email ${graphDefault}`,
  graphDefault,
])
  test(`client credentials with the scope "${scope}" give a token, as MSAL for Go and Java ask`, async () => {
    const { status, body } = await post(`/${tenant.id}/oauth2/v2.0/token`, { ...asItself(), scope });
    assert.deepEqual([status, body.id_token, body.refresh_token], [200, undefined, undefined], JSON.stringify(body));
    const { idtyp, aud, ver, iss, app_displayname } = decodeJwt(body.access_token!);
    assert.deepEqual(
      [idtyp, aud, ver, iss, app_displayname],
      ['app', 'https://graph.microsoft.com', '1.0', `${server.origin}/${tenant.id}/`, 'Confidential'],
    );
  });

const audiences: readonly (readonly [scope: string, version: 1 | 2 | null, aud: string | undefined, ver: string])[] = [
  ['User.Read', 2, '00000003-0000-0000-c000-000000000000', '1.0'],
  ['https://graph.microsoft.com/User.Read', 2, 'https://graph.microsoft.com', '1.0'],
  ['https://graph.microsoft.com//User.Read', 2, 'https://graph.microsoft.com/', '1.0'],
  ['00000003-0000-0000-c000-000000000000/User.Read', 2, '00000003-0000-0000-c000-000000000000', '1.0'],
  ['api://payroll.woodgrove.test/read', 2, undefined, '2.0'],
  ['api://payroll.woodgrove.test/read', 1, 'api://payroll.woodgrove.test', '1.0'],
  ['api://payroll.woodgrove.test/read', null, 'api://payroll.woodgrove.test', '1.0'],
  ['{appId}/read', 1, undefined, '1.0'],
  ['api://{appId}/read', 1, 'api://{appId}', '1.0'],
  ['{appId}/read', 2, undefined, '2.0'],
];
for (const [scope, version, aud, ver] of audiences)
  test(`a token for ${scope} has the audience ${aud ?? 'appId'} where the application wants version ${version}`, async () => {
    const { appId } = tenant.confidentialApp;
    const api = { requestedAccessTokenVersion: version };
    await tenant.setApplication({ ...hybrid(), profile: { ...hybrid().profile, api } });
    const code = (await authorize({ scope: `openid ${scope.replace('{appId}', appId)}` })).get('code') ?? '';
    const form = { ...asItself(), grant_type: 'authorization_code', code, redirect_uri: redirectUri };
    const { body } = await post(`/${tenant.id}/oauth2/v2.0/token`, { ...form, code_verifier: verifier });
    const claims = decodeJwt(body.access_token ?? '');
    assert.deepEqual([claims.aud, claims.ver], [(aud ?? appId).replace('{appId}', appId), ver]);
    assert.equal(claims.iss, `${server.origin}/${tenant.id}/${ver === '2.0' ? 'v2.0' : ''}`);
    assert.equal(claims.unique_name, ver === '1.0' ? tenant.user.userPrincipalName : undefined);
    assert.equal(decodeProtectedHeader(body.access_token!).typ, 'JWT');
    assert.equal(decodeProtectedHeader(body.id_token!).typ, 'JWT');
    assert.equal(decodeJwt(body.id_token!).ver, '2.0');
  });

const refusals: readonly (readonly [path: string, form: Form, status: number, error: string, number: number])[] = [
  ['{tenant}/oauth2/v2.0/token', {}, 400, 'invalid_request', 900144],
  ['{tenant}/oauth2/token', {}, 400, 'invalid_request', 900144],
  ['nowhere.test/oauth2/v2.0/token', {}, 400, 'invalid_tenant', 90002],
  ['common/oauth2/v2.0/token', {}, 400, 'invalid_request', 900144],
  ['common/oauth2/v2.0/token', { grant_type: 'client_credentials' }, 400, 'invalid_request', 50059],
  ['common/oauth2/token', { grant_type: 'client_credentials' }, 400, 'invalid_request', 50059],
  ['organizations/oauth2/v2.0/token', { grant_type: 'authorization_code' }, 400, 'invalid_request', 900144],
  ['organizations/oauth2/v2.0/token', { grant_type: 'refresh_token' }, 400, 'invalid_request', 900144],
  ['organizations/oauth2/v2.0/token', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  [
    'common/oauth2/v2.0/token',
    { grant_type: 'refresh_token', refresh_token: 'x', client_id: 'x' },
    400,
    'invalid_grant',
    700082,
  ],
  ['{tenant}/oauth2/v2.0/devicecode', {}, 400, 'invalid_request', 900144],
  ['{tenant}/oauth2/devicecode', {}, 400, 'invalid_request', 900144],
];
for (const accept of ['application/json', 'text/html', 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2'])
  for (const [path, form, status, error, number] of refusals)
    test(`POST /${path} with ${JSON.stringify(form)} and Accept ${accept} is AADSTS${number} in JSON`, async () => {
      const answer = await post(`/${path.replace('{tenant}', tenant.id)}`, form, { accept });
      assert.deepEqual(
        [answer.isJson, answer.status, answer.body.error],
        [true, status, error],
        JSON.stringify(answer),
      );
      assert.deepEqual(answer.body.error_codes, [number]);
    });

test('GET at the token endpoint is 405 in JSON, and OPTIONS is answered', async () => {
  for (const path of [`${tenant.id}/oauth2/v2.0/token`, 'common/oauth2/v2.0/token', `${tenant.id}/oauth2/devicecode`]) {
    const answer = await browser.fetch(`/${path}`, { headers: { accept: 'text/html' } });
    const { error_codes } = (await answer.json()) as { error_codes: number[] };
    assert.deepEqual([answer.status, error_codes], [405, [900561]], path);
  }
});

test('an error about a code names the application as the one that sent it', async () => {
  const form = { ...asItself(), grant_type: 'authorization_code', code: 'x', redirect_uri: redirectUri };
  const { body } = await post(`/${tenant.id}/oauth2/v2.0/token`, form);
  assert.match(body.error_description!, /the authorization code that the application "[\w-]{36}" sent is unknown/);
});

const answers: readonly (readonly [more: Form, outcome: 'code' | 'id_token' | 'both' | readonly [string, number]])[] = [
  [{ response_type: 'code' }, 'code'],
  [{ response_type: 'id_token', nonce: 'n' }, 'id_token'],
  [{ response_type: 'code id_token', nonce: 'n' }, 'both'],
  [{ response_type: 'id_token code', nonce: 'n', response_mode: 'form_post' }, 'both'],
  [{ response_type: 'id_token', nonce: 'n', response_mode: 'form_post' }, 'id_token'],
  [{ response_type: 'id_token', nonce: 'n', response_mode: 'fragment' }, 'id_token'],
  [{ response_type: 'id_token', nonce: 'n', response_mode: 'query' }, ['invalid_request', 70007]],
  [{ response_type: 'id_token' }, ['invalid_request', 900144]],
  [{ response_type: 'code id_token' }, ['invalid_request', 900144]],
  [{ response_type: 'token' }, ['unsupported_response_type', 700051]],
  [{ response_type: 'code token' }, ['unsupported_response_type', 700051]],
  [{ request: 'a.b.c' }, ['request_not_supported', 90019]],
  [{ request_uri: 'https://app.example/request' }, ['request_uri_not_supported', 90019]],
  [{ code_challenge: verifier, code_challenge_method: 'plain' }, ['invalid_request', 501481]],
];
for (const [more, outcome] of answers)
  test(`the authorization endpoint answers ${JSON.stringify(more)} with ${outcome}`, async () => {
    await tenant.setApplication(hybrid());
    const fields = await authorize(more);
    if (typeof outcome !== 'string') {
      assert.equal(fields.get('error'), outcome[0], String(fields));
      assert.match(fields.get('error_description') ?? '', new RegExp(`^AADSTS${outcome[1]}:`));
      return;
    }
    const [code, idToken] = [fields.get('code'), fields.get('id_token')];
    assert.deepEqual([code !== null, idToken !== null], [outcome !== 'id_token', outcome !== 'code'], String(fields));
    if (!idToken) return;
    const { nonce, aud, c_hash } = decodeJwt(idToken);
    const hash = code && createHash('sha256').update(code).digest().subarray(0, 16).toString('base64url');
    assert.deepEqual([nonce, aud, c_hash ?? null], ['n', tenant.confidentialApp.appId, hash]);
  });

test('an application whose owner did not allow it gets no ID token from the authorization endpoint', async () => {
  await tenant.setApplication(tenant.confidentialApp);
  for (const response_type of ['id_token', 'code id_token']) {
    const fields = await authorize({ response_type, nonce: 'n' });
    assert.match(fields.get('error_description') ?? '', /^AADSTS700054:/);
    assert.equal(fields.get('id_token'), null);
  }
  await tenant.setApplication(hybrid());
});

for (const [at, version, names] of [
  ['{tenant}', '/v2.0', true],
  ['{domain}', '/v2.0', true],
  ['common', '/v2.0', false],
  ['organizations', '/v2.0', false],
  ['{tenant}', '', false],
  ['common', '', false],
] as const)
  for (const prompt of ['none', ''])
    test(`the answer at ${at}${version} with prompt ${prompt} has iss as its metadata says (RFC 9207)`, async () => {
      const name = at.replace('{tenant}', tenant.id).replace('{domain}', tenant.domain);
      const document = await browser.fetch(`/${name}${version}/.well-known/openid-configuration`);
      const metadata = (await document.json()) as Record<string, unknown>;
      const by = server.browser();
      const hint = { login_hint: tenant.user.userPrincipalName, ...(prompt === '' ? {} : { prompt }) };
      const fields = await authorize(hint, { at: name, version, by });
      assert.equal(fields.has(prompt === 'none' ? 'error' : 'code'), true, String(fields));
      assert.equal(metadata.authorization_response_iss_parameter_supported, names);
      assert.equal(fields.get('iss'), names ? metadata.issuer : null);
    });

test('no ID token is an access token, and no access token is an ID token', async () => {
  const fields = await authorize({ response_type: 'code id_token', nonce: 'n' });
  const form = { ...asItself(), grant_type: 'authorization_code', redirect_uri: redirectUri };
  const code = { code: fields.get('code')!, code_verifier: verifier };
  const { body } = await post(`/${tenant.id}/oauth2/v2.0/token`, { ...form, ...code });
  const ask = async (path: string, token: string) =>
    (await browser.fetch(path, { headers: { authorization: `Bearer ${token}` } })).status;
  assert.equal(await ask('/oidc/userinfo', body.access_token!), 200);
  for (const token of [fields.get('id_token')!, body.id_token!])
    for (const path of ['/oidc/userinfo', '/tenants?api-version=2019-11-01'])
      assert.equal(await ask(path, token), 401, path);
  const end = async (hint: string) => {
    const query = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: 'https://app.example/bye' });
    return (await server.browser().fetch(`/${tenant.id}/oauth2/v2.0/logout?${query}`)).headers.get('location');
  };
  assert.deepEqual([await end(body.id_token!), await end(body.access_token!)], ['https://app.example/bye', null]);
});

test('every key of the JWK set has its certificate, at both addresses', async () => {
  for (const path of ['discovery/v2.0/keys', 'discovery/keys', 'Discovery/Keys/'])
    for (const name of [tenant.id, 'common']) {
      const { keys } = (await (await browser.fetch(`/${name}/${path}`)).json()) as { keys: PublishedKey[] };
      for (const key of keys) {
        const certificate = new X509Certificate(Buffer.from(key.x5c[0]!, 'base64'));
        assert.ok(certificate.publicKey.equals(createPublicKey({ key: key as never, format: 'jwk' })));
        assert.ok(certificate.verify(certificate.publicKey));
        assert.equal(key.x5t, createHash('sha1').update(certificate.raw).digest('base64url'));
      }
    }
});

test('version 1 at the authorization and token endpoints: numbers are texts, the ID token is of version 1.0', async () => {
  const resource = 'https://graph.microsoft.com';
  const fields = await authorize({ resource, scope: 'openid' }, { version: '' });
  const form = { ...asItself(), grant_type: 'authorization_code', redirect_uri: redirectUri, resource };
  const code = { code: fields.get('code')!, code_verifier: verifier };
  const { body } = await post(`/${tenant.id}/OAuth2//Token/`, { ...form, ...code });
  assert.deepEqual([typeof body.expires_in, typeof body.expires_on, body.resource], ['string', 'string', resource]);
  const [access, id] = [decodeJwt(body.access_token!), decodeJwt(body.id_token!)];
  for (const claims of [access, id])
    assert.deepEqual(
      [claims.ver, claims.iss, claims.unique_name],
      ['1.0', `${server.origin}/${tenant.id}/`, tenant.user.userPrincipalName],
    );
  assert.deepEqual([access.aud, access.appid, access.appidacr], [resource, tenant.confidentialApp.appId, '1']);
});

test('an application cannot take the name of another one by an identifier URI', async () => {
  const { publicApp, confidentialApp } = tenant;
  for (const uri of [`api://${publicApp.appId}`, `urn:appid:${publicApp.appId}`]) {
    await tenant.setApplication({ ...confidentialApp, identifierUris: [uri] });
    const scope = `${uri}/.default`;
    const { body } = await post(`/${tenant.id}/oauth2/v2.0/token`, { ...asItself(), scope });
    assert.equal(decodeJwt(body.access_token!).aud, publicApp.appId, 'the token is for the application of that id');
  }
  await tenant.setApplication(hybrid());
});
