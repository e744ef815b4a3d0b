import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as client from 'openid-client';
import type { Browser } from './browser.ts';
import {
  certificateOfTest,
  type OidcServer,
  openOidcServer,
  redirectUri,
  type Staying,
  secret,
  type TenantOfTest,
} from './oidc-server.ts';

let graphServer: OidcServer;
before(async () => {
  graphServer = await openOidcServer();
});
after(() => graphServer.close());

type Discovered = Awaited<ReturnType<typeof client.discovery>>;

async function discover(tenant: TenantOfTest, browser: Browser, confidential = false): Promise<Discovered> {
  const app = confidential ? tenant.confidentialApp : tenant.publicApp;
  return client.discovery(
    new URL(`${graphServer.origin}/${tenant.id}/v2.0`),
    app.appId,
    undefined,
    confidential ? client.ClientSecretPost(secret) : client.None(),
    { [client.customFetch]: ((url: string, options: never) => browser.fetch(url, formText(options))) as never },
  );
}
const formText = (options: { body?: unknown; method: string; headers: Record<string, string> }) => ({
  ...options,
  body: options.body === undefined || options.body === null ? undefined : String(options.body),
});

async function authorize(
  config: Discovered,
  browser: Browser,
  more: Record<string, string> = {},
): Promise<{ verifier: string; url: URL; response: Response | undefined }> {
  const verifier = client.randomPKCECodeVerifier();
  const request = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile offline_access User.Read',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    client_info: '1',
    ...more,
  });
  return { verifier, ...(await browser.follow(request.href)) };
}

async function signIn(tenant: TenantOfTest, browser: Browser, more: Record<string, string> = {}) {
  const config = await discover(tenant, browser);
  const { verifier, url } = await authorize(config, browser, { nonce: 'n-1', ...more });
  const tokens = await client.authorizationCodeGrant(
    config,
    url,
    { pkceCodeVerifier: verifier, ...(more.nonce === undefined ? { expectedNonce: 'n-1' } : {}) },
    { client_info: '1' },
  );
  return { config, tokens, verifier, url };
}

const payload = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString());

async function redeem(tenant: string, browser: Browser, form: Record<string, string>) {
  const response = await browser.fetch(`${graphServer.origin}/${tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('a code with PKCE gives tokens with the claims of Entra, and they renew', async () => {
  const [woodgrove] = graphServer.tenants;
  const { config, tokens } = await signIn(woodgrove, graphServer.browser());
  const id = tokens.claims()!;
  assert.equal(id.iss, `${graphServer.origin}/${woodgrove.id}/v2.0`);
  assert.deepEqual(
    [id.oid, id.tid, id.preferred_username, id.ver, id.amr],
    [woodgrove.user.id, woodgrove.id, woodgrove.user.userPrincipalName, '2.0', ['rsa', 'mfa']],
  );
  assert.notEqual(id.sub, woodgrove.user.id);
  const access = payload(tokens.access_token);
  assert.deepEqual(
    [access.aud, access.scp, access.idtyp, access.azp, access.amr, access.sub],
    [
      '00000003-0000-0000-c000-000000000000',
      'User.Read openid profile',
      'user',
      woodgrove.publicApp.appId,
      ['rsa', 'mfa'],
      id.sub,
    ],
  );
  assert.deepEqual(JSON.parse(Buffer.from(String(tokens.client_info), 'base64url').toString()), {
    uid: woodgrove.user.id,
    utid: woodgrove.id,
  });
  assert.equal(tokens.scope, 'User.Read openid profile');
  const info = await client.fetchUserInfo(config, tokens.access_token, id.sub);
  assert.equal(info.name, 'Ana');
  const renewal = await client.refreshTokenGrant(config, tokens.refresh_token!);
  assert.notEqual(renewal.refresh_token, tokens.refresh_token);
  assert.deepEqual(payload(renewal.access_token).amr, ['rsa', 'mfa']);
});

test('without offline_access there is no refresh token', async () => {
  const { tokens } = await signIn(graphServer.tenants[0], graphServer.browser(), { scope: 'openid profile' });
  assert.equal(tokens.refresh_token, undefined);
});

test('a session signs in again without a page, and policy is asked each time', async () => {
  const [woodgrove] = graphServer.tenants;
  const browser = graphServer.browser();
  await signIn(woodgrove, browser);
  const before = graphServer.sessionChecks.length;
  const { tokens } = await signIn(woodgrove, browser, { prompt: 'none' });
  assert.ok(tokens.access_token);
  const request = graphServer.sessionChecks.slice(before);
  assert.equal(request.length, 1);
  assert.deepEqual(request[0]!.justProven, []);
});

test('policy that refuses a session sends it to the pages with the reason', async () => {
  const [woodgrove] = graphServer.tenants;
  const browser = graphServer.browser();
  const { config } = await signIn(woodgrove, browser);
  graphServer.refuseWith({ code: 'sessionUnproven', evidence: { userId: woodgrove.user.id } });
  try {
    const { response } = await authorize(config, browser);
    assert.equal(response?.status, 403);
    assert.equal(await response?.text(), 'sessionUnproven');
    const silent = await authorize(config, browser, { prompt: 'none' });
    assert.equal(silent.url.searchParams.get('error'), 'interaction_required');
  } finally {
    graphServer.refuseWith(undefined);
  }
});

test('prompt=none without a session is login_required, told to the application', async () => {
  const browser = graphServer.browser();
  const config = await discover(graphServer.tenants[0], browser);
  const { url } = await authorize(config, browser, { prompt: 'none', state: 's' });
  assert.equal(url.origin, 'https://app.example');
  assert.equal(url.searchParams.get('error'), 'login_required');
  assert.match(url.searchParams.get('error_description')!, /^AADSTS50058: .*Trace ID: .*Correlation ID: .*Timestamp: /);
});

test('response modes fragment and form_post', async () => {
  const browser = graphServer.browser();
  const config = await discover(graphServer.tenants[0], browser);
  const { url } = await authorize(config, browser, { response_mode: 'fragment' });
  assert.ok(new URLSearchParams(url.hash.slice(1)).get('code'));
  const { response } = await authorize(config, browser, { response_mode: 'form_post', state: '"><script>' });
  const html = await response!.text();
  assert.match(html, /<form method="post" action="https:\/\/app.example\/callback" name="hiddenform">/);
  assert.ok(html.includes('value="&quot;&gt;&lt;script&gt;"'));
});

test('an address that is not registered gets a page with AADSTS50011 and no redirect', async () => {
  const browser = graphServer.browser();
  const config = await discover(graphServer.tenants[0], browser);
  const { url, response } = await authorize(config, browser, { redirect_uri: 'https://evil.example/' });
  assert.equal(url.origin, graphServer.origin);
  assert.equal(response!.status, 400);
  assert.match(await response!.text(), /AADSTS50011/);
  assert.match(response!.headers.get('content-security-policy')!, /default-src 'none'/);
});

test('a public application must send a code challenge (9002325)', async () => {
  const browser = graphServer.browser();
  const [{ id, publicApp }] = graphServer.tenants;
  const query = new URLSearchParams({
    client_id: publicApp.appId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid',
  });
  const { url } = await browser.follow(`${graphServer.origin}/${id}/oauth2/v2.0/authorize?${query}`);
  assert.match(url.searchParams.get('error_description') ?? '', /AADSTS9002325/);
});

test('a code is redeemed once; again is 54005, and what it gave has ended', async () => {
  const [woodgrove] = graphServer.tenants;
  const browser = graphServer.browser();
  const { tokens, url, verifier } = await signIn(woodgrove, browser);
  const form = {
    client_id: woodgrove.publicApp.appId,
    grant_type: 'authorization_code',
    code: url.searchParams.get('code')!,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  };
  const again = await redeem(woodgrove.id, browser, form);
  assert.deepEqual([again.status, again.body.error, again.body.error_codes], [400, 'invalid_grant', [54005]]);
  const { body } = await redeem(woodgrove.id, browser, {
    client_id: woodgrove.publicApp.appId,
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token!,
  });
  assert.deepEqual([body.error, body.error_codes], ['invalid_grant', [700082]]);
});

test('of ten who redeem one code at once, one gets tokens', async () => {
  const [woodgrove] = graphServer.tenants;
  const browser = graphServer.browser();
  const config = await discover(woodgrove, browser);
  const { url, verifier } = await authorize(config, browser);
  const form = {
    client_id: woodgrove.publicApp.appId,
    grant_type: 'authorization_code',
    code: url.searchParams.get('code')!,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  };
  const answers = await Promise.all(Array.from({ length: 10 }, () => redeem(woodgrove.id, browser, form)));
  assert.ok(answers.filter(({ status }) => status === 200).length <= 1);
  assert.ok(answers.filter(({ status }) => status === 400).length >= 9);
});

test('a code of one tenant is nothing in the other, and keys and sessions are their own', async () => {
  const [woodgrove, fabrikam] = graphServer.tenants;
  const browser = graphServer.browser();
  const config = await discover(woodgrove, browser);
  const { url, verifier } = await authorize(config, browser);
  const { status, body } = await redeem(fabrikam.id, browser, {
    client_id: fabrikam.publicApp.appId,
    grant_type: 'authorization_code',
    code: url.searchParams.get('code')!,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  assert.deepEqual([status, body.error_codes], [400, [70008]]);
  const foreign = await authorize(await discover(fabrikam, browser), browser, { prompt: 'none' });
  assert.equal(foreign.url.searchParams.get('error'), 'login_required');
  const keys = async ({ id }: TenantOfTest) =>
    ((await (await browser.fetch(`/${id}/discovery/v2.0/keys`)).json()) as { keys: { kid: string; d?: string }[] })
      .keys;
  const [first, second] = [await keys(woodgrove), await keys(fabrikam)];
  assert.equal(
    first.some(({ kid }) => second.some((key) => key.kid === kid)),
    false,
  );
  assert.ok([...first, ...second].every((key) => key.d === undefined));
});

test('client credentials give roles of the resource and no scp', async () => {
  const [woodgrove] = graphServer.tenants;
  const config = await discover(woodgrove, graphServer.browser(), true);
  const graph = await client.clientCredentialsGrant(config, { scope: 'https://graph.microsoft.com/.default' });
  const response = await client.clientCredentialsGrant(config, { scope: `api://payroll.${woodgrove.domain}/.default` });
  const [a, b] = [payload(graph.access_token), payload(response.access_token)];
  assert.deepEqual([a.roles, a.idtyp, a.scp, a.tid], [['User.Read.All'], 'app', undefined, woodgrove.id]);
  assert.deepEqual([b.roles, b.aud], [['Pay.All'], woodgrove.confidentialApp.appId]);
});

const refusals: readonly (readonly [
  name: string,
  form: Record<string, string>,
  status: number,
  error: string,
  code: number,
])[] = [
  [
    'a wrong secret',
    { client_secret: 'wrong', scope: 'https://graph.microsoft.com/.default' },
    401,
    'invalid_client',
    7000215,
  ],
  ['no secret', { client_secret: '', scope: 'https://graph.microsoft.com/.default' }, 401, 'invalid_client', 7000218],
  [
    'an unknown application',
    { client_id: '11111111-1111-4111-8111-111111111111', scope: 'https://graph.microsoft.com/.default' },
    400,
    'unauthorized_client',
    700016,
  ],
  ['an unknown resource', { scope: 'api://nobody/.default' }, 400, 'invalid_resource', 500011],
  ['a scope without /.default', { scope: 'User.Read' }, 400, 'invalid_scope', 1002012],
  [
    'a grant type that is not offered',
    { grant_type: 'password', scope: 'openid' },
    400,
    'unsupported_grant_type',
    70003,
  ],
];
for (const [name, form, status, error, code] of refusals) {
  test(`the token endpoint refuses ${name} with AADSTS${code}`, async () => {
    const [woodgrove] = graphServer.tenants;
    const answer = await redeem(woodgrove.id, graphServer.browser(), {
      client_id: woodgrove.confidentialApp.appId,
      client_secret: secret,
      grant_type: 'client_credentials',
      ...form,
    });
    assert.deepEqual([answer.status, answer.body.error, answer.body.error_codes], [status, error, [code]]);
    assert.match(String(answer.body.error_description), new RegExp(`^AADSTS${code}: `));
    assert.ok(answer.body.trace_id && answer.body.correlation_id && answer.body.timestamp);
  });
}

test('common leads to the tenant of the hint, or to the user-name page, and redeems for the tenant of the code', async () => {
  const [woodgrove] = graphServer.tenants;
  const browser = graphServer.browser();
  const document = (await (await browser.fetch('/common/v2.0/.well-known/openid-configuration')).json()) as Record<
    string,
    string
  >;
  assert.equal(document.issuer, `${graphServer.origin}/{tenantid}/v2.0`);
  const plain = await browser.fetch('/common/oauth2/v2.0/authorize?client_id=x&prompt=login');
  assert.deepEqual([plain.status, plain.headers.get('location')], [303, '/common/login?client_id=x&prompt=login']);
  const hint = await browser.fetch(`/common/oauth2/v2.0/authorize?client_id=x&login_hint=ana%40${woodgrove.domain}`);
  assert.match(hint.headers.get('location')!, new RegExp(`^/${woodgrove.id}/oauth2/v2.0/authorize`));
  const { url, verifier } = await authorize(await discover(woodgrove, browser), browser);
  const { status, body } = await redeem('common', browser, {
    client_id: woodgrove.publicApp.appId,
    grant_type: 'authorization_code',
    code: url.searchParams.get('code')!,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  assert.equal(status, 200);
  assert.equal(payload(String(body.access_token)).tid, woodgrove.id);
});

test('a domain is the tenant, too; an unknown one is AADSTS90002', async () => {
  const [woodgrove] = graphServer.tenants;
  const browser = graphServer.browser();
  const document = await (await browser.fetch(`/${woodgrove.domain}/v2.0/.well-known/openid-configuration`)).json();
  assert.equal((document as { issuer: string }).issuer, `${graphServer.origin}/${woodgrove.id}/v2.0`);
  const unknown = await browser.fetch('/nobody.test/v2.0/.well-known/openid-configuration');
  const body = (await unknown.json()) as { error_codes: number[] };
  assert.deepEqual([unknown.status, body.error_codes], [400, [90002]]);
});

test('a disabled user gets nothing more from a refresh token', async () => {
  const [, fabrikam] = graphServer.tenants;
  const browser = graphServer.browser();
  const { tokens } = await signIn(fabrikam, browser);
  await fabrikam.setUser({ ...fabrikam.user, accountEnabled: false });
  try {
    const form = {
      client_id: fabrikam.publicApp.appId,
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token!,
    };
    const { body } = await redeem(fabrikam.id, browser, form);
    assert.deepEqual([body.error, body.error_codes], ['invalid_grant', [50173]]);
  } finally {
    await fabrikam.setUser(fabrikam.user);
  }
});

test('logout ends the session and leads to a registered address only', async () => {
  const [woodgrove] = graphServer.tenants;
  const browser = graphServer.browser();
  const { config, tokens } = await signIn(woodgrove, browser);
  const url = client.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token!,
    post_logout_redirect_uri: 'https://app.example/bye',
    state: 's',
  });
  const left = await browser.follow(url.href);
  assert.equal(left.url.href, 'https://app.example/bye?state=s');
  const { url: after } = await authorize(config, browser, { prompt: 'none' });
  assert.equal(after.searchParams.get('error'), 'login_required');
  const evil = await browser.follow(
    `${graphServer.origin}/${woodgrove.id}/oauth2/v2.0/logout?post_logout_redirect_uri=https%3A%2F%2Fevil.example`,
  );
  assert.equal(evil.response!.status, 200);
});

test('sign-out as Microsoft.Identity.Web sends it, with state and SKU, leads on to a redirect URI of the application', async () => {
  const [woodgrove] = graphServer.tenants;
  for (const version of ['/v2.0', '']) {
    const browser = graphServer.browser();
    const { tokens } = await signIn(woodgrove, browser);
    const query = new URLSearchParams({
      post_logout_redirect_uri: redirectUri,
      id_token_hint: tokens.id_token!,
      state: 'CfDJ8',
      'x-client-SKU': 'ID_NET8_0',
      'x-client-ver': '8.0.1.0',
    });
    const end = await browser.follow(`${graphServer.origin}/${woodgrove.id}/oauth2${version}/logout?${query}`);
    assert.equal(end.url.href, `${redirectUri}?state=CfDJ8`, version);
  }
});

test('cookies are host-only, secure, out of reach of scripts, and named per tenant', async () => {
  const browser = graphServer.browser();
  await signIn(graphServer.tenants[0], browser);
  await signIn(graphServer.tenants[1], browser);
  const sessions = [...browser.cookies.keys()].filter((key) => key.startsWith('__Host-cardea-session-'));
  assert.equal(sessions.length, 4, 'each with its signature');
  for (const [key, { line }] of browser.cookies) {
    assert.match(key, /^__(Host|Secure)-/);
    assert.match(line, /secure/i);
    assert.match(line, /httponly/i);
    assert.match(line, /samesite=lax/i);
    assert.doesNotMatch(line, /domain=/i);
  }
});

const days = 86_400_000;
const stays: readonly (Staying & { readonly name: string; readonly days: number | undefined })[] = [
  { name: 'a user who was not asked does not stay signed in', remember: false, days: undefined },
  { name: 'who says yes stays signed in for ninety days', remember: true, days: 90 },
  {
    name: 'policy says never, whatever the person says',
    remember: true,
    access: { persistentBrowser: 'never' },
    days: undefined,
  },
  {
    name: 'policy says always, and the user was not asked',
    remember: false,
    access: { persistentBrowser: 'always' },
    days: 90,
  },
];
for (const { name, days: expectedValue, ...staying } of stays) {
  test(`keep me signed in: ${name}`, async (t) => {
    t.after(() => graphServer.stay({ remember: false }));
    const [woodgrove] = graphServer.tenants;
    const browser = graphServer.browser();
    graphServer.stay(staying);
    await signIn(woodgrove, browser);
    const { line } = [...browser.cookies].find(([key]) => key.startsWith('__Host-cardea-session-'))![1];
    const until = /expires=([^;]+)/i.exec(line)?.[1];
    const left = until === undefined ? undefined : Math.round((Date.parse(until) - Date.now()) / days);
    assert.equal(left, expectedValue, line);
  });
}

test('who says yes on signing in again stays from then on', async (t) => {
  t.after(() => graphServer.stay({ remember: false }));
  const [woodgrove] = graphServer.tenants;
  const browser = graphServer.browser();
  const currentLine = () => [...browser.cookies].find(([key]) => key.startsWith('__Host-cardea-session-'))![1].line;
  await signIn(woodgrove, browser);
  assert.doesNotMatch(currentLine(), /expires=/i);
  graphServer.stay({ remember: true });
  await signIn(woodgrove, browser, { prompt: 'login' });
  assert.match(currentLine(), /expires=/i);
  graphServer.stay({ remember: undefined });
  await signIn(woodgrove, browser, { prompt: 'login' });
  assert.match(currentLine(), /expires=/i, 'who is not asked again stays as they were');
});

test('an interaction is nothing to a browser without its cookie', async () => {
  const [woodgrove] = graphServer.tenants;
  const browser = graphServer.browser();
  const config = await discover(woodgrove, browser);
  const request = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
    code_challenge_method: 'S256',
  });
  const response = await browser.fetch(request.href);
  const login = response.headers.get('location')!;
  assert.match(login, /^\/login\//);
  const stranger = await graphServer.browser().fetch(login);
  assert.equal(stranger.status, 404);
});

test('MSAL finds this host by instance discovery, and no other', async () => {
  const browser = graphServer.browser();
  const ask = async (address: string) => {
    const query = new URLSearchParams({ 'api-version': '1.1', authorization_endpoint: address });
    const response = await browser.fetch(`/common/discovery/instance?${query}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const response = await ask(`${graphServer.origin}/common/oauth2/v2.0/authorize`);
  assert.equal(
    response.body.tenant_discovery_endpoint,
    `${graphServer.origin}/common/v2.0/.well-known/openid-configuration`,
  );
  const second = await ask('https://login.example/common/oauth2/v2.0/authorize');
  assert.deepEqual([second.status, second.body.error], [400, 'invalid_instance']);
});

test('an authorize request may be a form', async () => {
  const browser = graphServer.browser();
  const [{ id }] = graphServer.tenants;
  const response = await browser.fetch(`/${id}/oauth2/v2.0/authorize`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'client_id=x&scope=openid',
  });
  assert.equal(response.headers.get('location'), `/${id}/oauth2/v2.0/authorize?client_id=x&scope=openid`);
});

test('TOK-1, TOK-7: acr and facts of the certificate are in tokens whose application asks for them, and in no others', async () => {
  const [tenant] = graphServer.tenants;
  const target = [{ name: 'acr' }, { name: 'cardea_certificate' }];
  const resource = tenant.confidentialApp;
  const scope = `openid profile ${resource.identifierUris[0]}/.default`;
  const tokensWith = async () => {
    const { tokens } = await signIn(tenant, graphServer.browser(), { scope });
    return [tokens.id_token!, tokens.access_token].map(payload);
  };
  for (const claims of await tokensWith()) {
    assert.deepEqual([claims.acr, claims.cardea_certificate, claims.amr], [undefined, undefined, ['rsa', 'mfa']]);
  }
  await tenant.setApplication({ ...tenant.publicApp, profile: { optionalClaims: { idToken: target } } });
  await tenant.setApplication({ ...resource, profile: { optionalClaims: { accessToken: target } } });
  for (const claims of await tokensWith()) {
    assert.equal(claims.acr, '1');
    assert.deepEqual(claims.cardea_certificate, {
      'x5t#S256': Buffer.alloc(32, 0xcd).toString('base64url'),
      subject: certificateOfTest.subject,
      issuer: certificateOfTest.issuer,
      serialNumber: certificateOfTest.serialNumber,
      issuerSubjectKeyIdentifier: certificateOfTest.issuerSubjectKeyIdentifier,
      policyOids: certificateOfTest.policyOids,
      multiFactor: true,
    });
  }
  await tenant.setApplication(tenant.publicApp);
  await tenant.setApplication(resource);
});
