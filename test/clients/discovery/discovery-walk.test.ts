import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { importPKCS8, SignJWT } from 'jose';
import { Browser } from '#cli/client/browser.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { userClaimNames } from '#signin/tokens/user-claims.ts';
import { Connection } from '../../e2e/mutual-tls/connection.ts';
import { claimsOf, RunningServer } from '../../e2e/server.ts';
import { testCa } from '../../pki/test-ca.ts';
import { until } from '../../until.ts';
import { getJson } from '../ask.ts';
import { signInAt } from '../person.ts';
import { registerService, type Service } from '../service.ts';

const redirectUri = 'https://app.woodgrove.test/callback';
const logoutUri = 'https://app.woodgrove.test/bye';
const username = 'ana@woodgrove.test';
const graph = 'https://graph.microsoft.com';
const challenge = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

type Form = Readonly<Record<string, string>>;
type Answer = Readonly<Record<string, unknown>>;
interface Application {
  readonly appId: string;
  readonly secret: string;
}

let server: RunningServer;
let tenant: string;
let web: Application;
let native: Application;
let api: Application;
let rsa: Service;
let ec: Service;
let namedService: Service;
let notices = 0;
const folder = mkdtempSync(join(tmpdir(), 'cardea-walk-'));
const site = makeTlsCertificate({ hosts: ['localhost'], at: new Date() });
const listener = createServer({ key: site.server.privateKeyPem, cert: site.server.pem }, (_, res) => {
  notices += 1;
  res.end();
});

before(async () => {
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  const notified = `https://localhost:${(listener.address() as AddressInfo).port}`;
  writeFileSync(join(folder, 'root.pem'), site.root.pem);
  server = await RunningServer.start({ NODE_EXTRA_CA_CERTS: join(folder, 'root.pem') });
  const add = async (name: string, ...words: readonly string[]) =>
    JSON.parse((await server.cardea('app', 'add', name, ...words, '--json')).out) as Application;
  const uris = ['--redirect-uri', redirectUri, '--logout-uri', logoutUri, '--permission', 'User.Read.All'];
  const logout = ['--front-channel-logout', `${notified}/front`, '--back-channel-logout', `${notified}/back`];
  web = await add('web', ...uris, ...logout, '--id-token-issuance');
  native = await add('native', '--public', '--redirect-uri', redirectUri);
  api = await add('api', '--identifier-uri', 'api://walk');
  rsa = await registerService(server, 'rsa');
  ec = await registerEc();
  namedService = await registerNamed();
  await server.cardea('user', 'set', username, '--mail', username);
  tenant = await server.tenantId();
});
after(async () => {
  await server.remove();
  listener.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An application that a certificate of the tenant's PKI proves by its name. */
async function registerNamed(): Promise<Service> {
  const ca = testCa('CN=Walk Root');
  const card = ca.issueUserCertificate({ subject: 'CN=walk', dns: ['walk.woodgrove.test'] });
  const [caFile, crlFile] = [join(folder, 'walk-ca.pem'), join(folder, 'walk.crl')];
  writeFileSync(caFile, ca.pem);
  writeFileSync(
    crlFile,
    ca.crl({ thisUpdate: new Date(Date.now() - 60_000), nextUpdate: new Date(Date.now() + 3_600_000) }),
  );
  const addition = await server.cardea('ca', 'add', caFile, '--crl-url', 'http://127.0.0.1:1/walk.crl', '--json');
  const [{ id }] = JSON.parse(addition.out) as [{ id: string }];
  await server.cardea('crl', 'import', crlFile, '--ca', id);
  const { out } = await server.cardea('app', 'add', 'named', '--tls-client', 'san_dns=walk.woodgrove.test', '--json');
  const { appId } = JSON.parse(out) as Application;
  const { pem, privateKeyPem } = card;
  return { ...rsa, appId, certificatePem: pem, privateKeyPem };
}

async function registerEc(): Promise<Service> {
  const card = testCa('CN=ec CA').issueUserCertificate({ subject: 'CN=ec', key: 'P-256' });
  const file = join(folder, 'ec.pem');
  writeFileSync(file, card.pem);
  const { out } = await server.cardea('app', 'add', 'ec', '--certificate', file, '--json');
  const { appId } = JSON.parse(out) as Application;
  return { ...rsa, appId, der: Buffer.from(card.der), privateKeyPem: card.privateKeyPem };
}

/** One of the documents, and what a client does with it. */
class Walk {
  readonly document: Readonly<Record<string, unknown>>;
  readonly version: 1 | 2;
  readonly browser = new Browser(server.card('ana'), server.trust);

  constructor(document: Walk['document'], version: 1 | 2) {
    this.document = document;
    this.version = version;
  }

  endpoint(name: string): string {
    return String(this.document[name]);
  }

  /** What asks for Graph in the words of the version. */
  get forGraph(): Form {
    const scope = `openid profile email offline_access ${graph}/User.Read`;
    return this.version === 1 ? { resource: graph } : { scope };
  }

  /** The fields of an authorization response. @param browser of the person; signed in after the first time */
  async authorize(more: Form, application = web, browser = this.browser): Promise<URLSearchParams> {
    const request = { client_id: application.appId, redirect_uri: redirectUri, response_type: 'code', ...challenge };
    const query = new URLSearchParams({ ...request, ...this.forGraph, login_hint: username, ...more });
    const address = new URL(`${this.endpoint('authorization_endpoint')}?${query}`);
    const { url, posts, body } = await signInAt(
      address,
      { username, card: server.card('ana'), until: redirectUri },
      browser,
    );
    assert.ok(url.href.startsWith(redirectUri), body);
    return new URLSearchParams(posts ?? (url.hash.slice(1) || url.search));
  }

  async post(endpoint: string, form: Form, authorization?: string): Promise<Answer> {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization ? { authorization } : {}),
    };
    const { pathname } = new URL(this.endpoint(endpoint));
    const answer = await getJsonByPost(pathname, headers, String(new URLSearchParams(form)));
    return answer;
  }

  async tokens(more: Form = {}, application = web): Promise<Answer> {
    const code = (await this.authorize(more, application)).get('code') ?? '';
    const secret = application === native ? {} : { client_secret: application.secret };
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
    const resource: Form = this.version === 1 ? { resource: more.resource ?? graph } : {};
    return this.post('token_endpoint', { client_id: application.appId, ...secret, ...form, ...resource });
  }

  /** A token of an application for itself. */
  forItself(client: Form, authorization?: string): Promise<Answer> {
    const target: Form = this.version === 1 ? { resource: graph } : { scope: `${graph}/.default` };
    return this.post('token_endpoint', { grant_type: 'client_credentials', ...target, ...client }, authorization);
  }

  /** The form of an application that asks for a token for itself. */
  itself(appId: string, more: Form = {}): Form {
    const target: Form = this.version === 1 ? { resource: graph } : { scope: `${graph}/.default` };
    return { grant_type: 'client_credentials', client_id: appId, ...target, ...more };
  }

  /** At the endpoint of the host that asks for a client certificate. */
  async atMutualTls(certificate: Service, form: Form, endpoint = 'token_endpoint'): Promise<Answer> {
    const aliases = this.document.mtls_endpoint_aliases as Record<string, string>;
    const { hostname, pathname } = new URL(aliases[endpoint]!);
    const { certificatePem: cert, privateKeyPem: key } = certificate;
    return (await new Connection(server, { cert, key }, hostname).post(pathname, form)).body;
  }

  async assertion(service: Service, alg: string): Promise<Form> {
    const x5c = [service.der.toString('base64')];
    const token = await new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg, typ: 'JWT', x5c })
      .setIssuer(service.appId)
      .setSubject(service.appId)
      .setAudience(this.endpoint('token_endpoint').replace('common', tenant))
      .setExpirationTime('5m')
      .sign(await importPKCS8(service.privateKeyPem, alg));
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    return { client_id: service.appId, client_assertion: token, client_assertion_type: type };
  }
}

async function getJsonByPost(path: string, headers: Record<string, string>, body: string): Promise<Answer> {
  const { request } = await import('node:https');
  return new Promise((resolve, reject) => {
    const where = { host: '127.0.0.1', port: server.port, servername: 'localhost', ca: server.trust, agent: false };
    const message = request({ ...where, path, method: 'POST', headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve(JSON.parse(text) as Answer));
    });
    message.on('error', reject).end(body);
  });
}

const hasToken = (answer: Answer): void => assert.equal(typeof answer.access_token, 'string', JSON.stringify(answer));
const each = (value: unknown): readonly string[] => value as readonly string[];
const isTenants = ({ document }: Walk): boolean => !String(document.issuer).includes('{tenantid}');

const grants: Readonly<Record<string, (walk: Walk) => Promise<void>>> = {
  authorization_code: async (walk) => hasToken(await walk.tokens()),
  async refresh_token(walk) {
    const { refresh_token } = await walk.tokens();
    const form = { grant_type: 'refresh_token', refresh_token: String(refresh_token) };
    hasToken(await walk.post('token_endpoint', { ...form, client_id: web.appId, client_secret: web.secret }));
  },
  async client_credentials(walk) {
    const answer = await walk.forItself({ client_id: web.appId, client_secret: web.secret });
    if (isTenants(walk)) hasToken(answer);
    else assert.deepEqual(answer.error_codes, [50059], 'nothing names the tenant');
  },
  async [deviceGrant](walk) {
    const device = await walk.post('device_authorization_endpoint', { client_id: native.appId, ...walk.forGraph });
    const page = new URL(String(device.verification_uri));
    await signInAt(page, { username, card: server.card('ana'), userCode: String(device.user_code) }, walk.browser);
    const form = { grant_type: deviceGrant, device_code: String(device.device_code), client_id: native.appId };
    hasToken(await walk.post('token_endpoint', form));
  },
  async [jwtBearer](walk) {
    const request: Form = walk.version === 1 ? { resource: 'api://walk' } : { scope: 'openid api://walk/access' };
    const { access_token } = await walk.tokens(request);
    const target: Form = walk.version === 1 ? { resource: graph } : { scope: `${graph}/User.Read` };
    const form = { grant_type: jwtBearer, requested_token_use: 'on_behalf_of', assertion: String(access_token) };
    const client = { client_id: api.appId, client_secret: api.secret };
    const answer = await walk.post('token_endpoint', { ...form, ...client, ...target });
    if (isTenants(walk)) hasToken(answer);
    else assert.deepEqual(answer.error_codes, [50059], 'nothing names the tenant');
  },
};

const authentication: Readonly<Record<string, (walk: Walk) => Promise<Answer>>> = {
  client_secret_post: (walk) => walk.forItself({ client_id: web.appId, client_secret: web.secret }),
  client_secret_basic: (walk) =>
    walk.forItself({}, `Basic ${Buffer.from(`${web.appId}:${web.secret}`).toString('base64')}`),
  private_key_jwt: async (walk) => walk.forItself(await walk.assertion(rsa, 'RS256')),
  none: (walk) => walk.tokens({}, native),
  tls_client_auth: (walk) => walk.atMutualTls(namedService, walk.itself(namedService.appId)),
  self_signed_tls_client_auth: (walk) => walk.atMutualTls(rsa, walk.itself(rsa.appId)),
};

/** What the value of each member promises. A member without an entry fails the test. */
const promises: Readonly<Record<string, (value: unknown, walk: Walk) => Promise<void>>> = {
  async issuer(value, walk) {
    const { id_token } = await walk.tokens();
    assert.equal(claimsOf(id_token).iss, String(value).replace('{tenantid}', tenant));
  },
  authorization_endpoint: async (_, walk) => assert.ok((await walk.authorize({})).get('code')),
  token_endpoint: async (_, walk) => hasToken(await walk.tokens()),
  device_authorization_endpoint: (_, walk) => grants[deviceGrant]!(walk),
  async end_session_endpoint(value, walk) {
    const { id_token } = await walk.tokens({}, web);
    const query = new URLSearchParams({ id_token_hint: String(id_token), post_logout_redirect_uri: logoutUri });
    const address = String(value).replace('/common/', `/${tenant}/`);
    const { location } = await new Browser(undefined, server.trust).get(new URL(`${address}?${query}`));
    assert.equal(location, logoutUri);
  },
  async jwks_uri(value, walk) {
    const { body } = await getJson(server, new URL(String(value)).pathname);
    const { id_token } = await walk.tokens();
    const { kid } = JSON.parse(Buffer.from(String(id_token).split('.')[0]!, 'base64url').toString()) as { kid: string };
    assert.ok((body.keys as { kid: string }[]).some((key) => key.kid === kid));
  },
  async userinfo_endpoint(value, walk) {
    const { access_token, id_token } = await walk.tokens();
    const headers = { authorization: `Bearer ${access_token}` };
    const { body } = await getJson(server, new URL(String(value)).pathname, headers);
    assert.equal(body.sub, claimsOf(id_token).sub);
  },
  async response_types_supported(value, walk) {
    for (const type of each(value)) {
      const fields = await walk.authorize({ response_type: type, nonce: 'n' });
      for (const part of type.split(' ')) assert.ok(fields.get(part), `${type}: ${fields}`);
    }
    for (const type of ['token', 'code token', 'id_token token', 'none', 'code id_token token'])
      assert.equal(
        (await walk.authorize({ response_type: type, nonce: 'n' })).has('error'),
        !each(value).includes(type),
      );
  },
  async response_modes_supported(value, walk) {
    for (const mode of [...each(value), 'jwt', 'web_message', 'query.jwt']) {
      const { url, posts } = await signInWith(walk, { response_mode: mode }, walk.browser);
      const isAnswered = posts?.code !== undefined || /[?#&]code=/.test(url.href);
      assert.equal(isAnswered, each(value).includes(mode), mode);
      if (isAnswered) assert.equal(posts ? 'form_post' : url.hash ? 'fragment' : 'query', mode);
    }
  },
  async grant_types_supported(value, walk) {
    assert.deepEqual([...each(value)].sort(), Object.keys(grants).sort());
    for (const type of each(value)) await grants[type]!(walk);
    for (const type of ['password', 'urn:ietf:params:oauth:grant-type:token-exchange', 'implicit']) {
      const form = { grant_type: type, client_id: web.appId, client_secret: web.secret, scope: 'openid' };
      assert.equal((await walk.post('token_endpoint', form)).error, 'unsupported_grant_type', type);
    }
  },
  async subject_types_supported(value, walk) {
    assert.deepEqual(value, ['pairwise']);
    const subjects = [await walk.tokens(), await walk.tokens({}, native)].map(({ id_token }) => claimsOf(id_token).sub);
    assert.notEqual(subjects[0], subjects[1]);
  },
  async id_token_signing_alg_values_supported(value, walk) {
    const { id_token } = await walk.tokens();
    const { alg } = JSON.parse(Buffer.from(String(id_token).split('.')[0]!, 'base64url').toString()) as { alg: string };
    assert.deepEqual(value, [alg]);
  },
  async scopes_supported(value, walk) {
    const { id_token, refresh_token } = await walk.tokens();
    const claims = claimsOf(id_token);
    const proofs: Record<string, unknown> = {
      openid: claims.sub,
      profile: claims.name,
      email: claims.email,
      offline_access: refresh_token,
    };
    assert.deepEqual([...each(value)].sort(), Object.keys(proofs).sort());
    for (const scope of each(value)) assert.equal(typeof proofs[scope], 'string', scope);
  },
  async token_endpoint_auth_methods_supported(value, walk) {
    assert.deepEqual([...each(value)].sort(), Object.keys(authentication).sort());
    if (isTenants(walk)) for (const method of each(value)) hasToken(await authentication[method]!(walk));
  },
  async token_endpoint_auth_signing_alg_values_supported(value, walk) {
    if (!isTenants(walk)) return;
    for (const alg of ['RS256', 'PS256', 'ES256', 'RS384', 'PS512']) {
      const answer = await walk.forItself(await walk.assertion(alg === 'ES256' ? ec : rsa, alg));
      assert.equal(answer.access_token !== undefined, each(value).includes(alg), alg);
    }
  },
  async code_challenge_methods_supported(value, walk) {
    for (const method of ['S256', 'plain'])
      assert.equal((await walk.authorize({ code_challenge_method: method })).has('code'), each(value).includes(method));
  },
  async authorization_response_iss_parameter_supported(value, walk) {
    for (const more of [{}, { prompt: 'none' }, { response_type: 'nothing' }])
      assert.equal((await walk.authorize(more as Form)).get('iss'), value === true ? walk.document.issuer : null);
  },
  async claims_supported(value, walk) {
    const claims = JSON.stringify({
      access_token: { acrs: { essential: true, value: 'c1' }, xms_cc: { values: ['cp1'] } },
    });
    const { id_token, access_token } = await walk.tokens({ claims, nonce: 'n', max_age: '3600' });
    const hybrid = await walk.authorize({ response_type: 'code id_token', nonce: 'n' });
    const applicationTokens = await walk.forItself({ client_id: web.appId, client_secret: web.secret });
    const inIdTokens = [id_token, hybrid.get('id_token')].flatMap((token) => Object.keys(claimsOf(token)));
    const inAccessTokens = [access_token, ...(isTenants(walk) ? [applicationTokens.access_token] : [])].flatMap(
      (token) => Object.keys(claimsOf(token)),
    );
    const issuedClaims = new Set([...inIdTokens, ...inAccessTokens]);
    const onDemand = new Set(['acr', 'acrs', 'deviceid', 'rh', 'cnf', 'cardea_certificate', ...userClaimNames]);
    assert.deepEqual(
      each(value).filter((name) => !issuedClaims.has(name) && !onDemand.has(name)),
      [],
      'never given',
    );
    assert.deepEqual(
      [...issuedClaims].filter((name) => !each(value).includes(name)),
      [],
      'given and not listed',
    );
  },
  async prompt_values_supported(value, walk) {
    await walk.authorize({});
    for (const prompt of [...each(value), 'nothing']) {
      const { url, body } = await signInWith(walk, { prompt }, walk.browser);
      const isAnswered = prompt === 'select_account' ? body.includes('class="account"') : /[?]code=/.test(url.href);
      assert.equal(isAnswered, each(value).includes(prompt), `${prompt}: ${url.href}`);
    }
    const { url } = await signInWith(walk, { prompt: 'none' }, new Browser(undefined, server.trust));
    assert.equal(url.searchParams.get('error'), 'login_required');
  },
  request_parameter_supported: (value, walk) => refusesParameter('request', value, walk),
  request_uri_parameter_supported: (value, walk) => refusesParameter('request_uri', value, walk),
  http_logout_supported: logsOut,
  frontchannel_logout_supported: logsOut,
  frontchannel_logout_session_supported: logsOut,
  backchannel_logout_supported: logsOut,
  backchannel_logout_session_supported: logsOut,
  tenant_region_scope: async (value, walk) => assert.equal(value, isTenants(walk) ? 'WW' : null),
  tenant_region_sub_scope: async (value) => assert.equal(value, null),
  cloud_instance_name: async (value) => assert.equal(value, new URL(server.origin).host),
  cloud_graph_host_name: async (value, walk) => callsGraph(`https://${value}`, walk),
  msgraph_host: async (value, walk) => callsGraph(`https://${value}`, walk),
  rbac_url: async (value) => assert.equal(value, server.origin),
  async tls_client_certificate_bound_access_tokens(value, walk) {
    if (!isTenants(walk)) return;
    const form = walk.itself(rsa.appId, { token_type: 'mtls_pop' });
    assert.equal(value, 'cnf' in claimsOf((await walk.atMutualTls(rsa, form)).access_token));
  },
  async mtls_endpoint_aliases(value, walk) {
    const aliases = value as Record<string, string>;
    const form = { client_id: rsa.appId, ...walk.forGraph };
    const device = await walk.atMutualTls(rsa, form, 'device_authorization_endpoint');
    assert.equal(typeof device.device_code, 'string', JSON.stringify(device));
    if (isTenants(walk)) hasToken(await walk.atMutualTls(rsa, walk.itself(rsa.appId)));
    const { access_token } = await walk.tokens();
    const { hostname, pathname } = new URL(aliases.userinfo_endpoint!);
    const userinfo = await new Connection(server, undefined, hostname).get(pathname, access_token);
    assert.equal(userinfo.status, 200);
    assert.deepEqual(Object.keys(aliases).sort(), [
      'device_authorization_endpoint',
      'token_endpoint',
      'userinfo_endpoint',
    ]);
  },
  capabilities: async (value) =>
    assert.deepEqual(value, ['kdf_ver2', 'winhello_cert'], 'test/device/prt derives keys and gets certificates'),
  async microsoft_multi_refresh_token(value, walk) {
    const { refresh_token } = await walk.tokens();
    const form = { grant_type: 'refresh_token', refresh_token: String(refresh_token), resource: 'api://walk' };
    const answer = await walk.post('token_endpoint', { ...form, client_id: web.appId, client_secret: web.secret });
    assert.equal(claimsOf(answer.access_token).aud === api.appId, value);
  },
  check_session_iframe: async (value) => assert.equal(value, null),
};

/** Where an authorization request leads a person, who need not come back to the application. */
async function signInWith(walk: Walk, more: Form, browser: Browser) {
  const request = { client_id: web.appId, redirect_uri: redirectUri, response_type: 'code', ...more };
  const query = new URLSearchParams({ ...request, ...challenge, ...walk.forGraph, login_hint: username });
  const address = new URL(`${walk.endpoint('authorization_endpoint')}?${query}`);
  return signInAt(address, { username, card: server.card('ana'), until: redirectUri }, browser);
}

async function refusesParameter(name: string, value: unknown, walk: Walk): Promise<void> {
  const fields = await walk.authorize({ [name]: 'https://app.woodgrove.test/request' });
  assert.equal(fields.get('error') === `${name}_not_supported`, value === false, String(fields));
}

async function callsGraph(origin: string, walk: Walk): Promise<void> {
  const { access_token } = await walk.tokens();
  assert.equal(origin, server.origin);
  assert.equal((await getJson(server, '/v1.0/me', { authorization: `Bearer ${access_token}` })).status, 200);
}

/** The page after sign-out frames the application, and the application is called. */
async function logsOut(value: unknown, walk: Walk): Promise<void> {
  assert.equal(value, true);
  const browser = new Browser(server.card('ana'), server.trust);
  await walk.authorize({}, web, browser);
  const before = notices;
  const page = await browser.get(new URL(`/${tenant}/oauth2/logout`, server.origin));
  assert.match(page.body, /<iframe src="https:\/\/localhost:\d+\/front\?iss=[^"]+sid=/);
  await until('the notice on the back channel', () => notices > before);
}

for (const [name, path] of [
  ['version 2.0 of the tenant', '/woodgrove.test/v2.0'],
  ['version 1 of the tenant', '/woodgrove.test'],
  ['version 2.0 of common', '/common/v2.0'],
  ['version 1 of common', '/common'],
] as const)
  describe(`the metadata of ${name} tells the truth`, () => {
    let walk: Walk;
    before(async () => {
      const { body } = await getJson(server, `${path}/.well-known/openid-configuration`);
      walk = new Walk(body, path.endsWith('v2.0') ? 2 : 1);
    });
    for (const member of Object.keys(promises))
      test(member, async (context) => {
        if (member in walk.document) await promises[member]!(walk.document[member], walk);
        else context.diagnostic('not in this document');
      });
    test('every member is exercised', () => {
      assert.deepEqual(
        Object.keys(walk.document).filter((member) => !(member in promises)),
        [],
      );
    });
  });
