import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser } from '#cli/client/browser.ts';
import { directoryName, ipAddress, rfc822Name, uri } from '#pki/build/fields/general-names.ts';
import type { Issued } from '#pki/build/issued.ts';
import { signInAt } from '../../clients/person.ts';
import { testCa } from '../../pki/test-ca.ts';
import { claimsOf, RunningServer } from '../server.ts';
import { Connection, ProxyConnection, pair } from './connection.ts';

const clientAuthentication = ['1.3.6.1.5.5.7.3.2'];
const root = testCa('CN=Services Root');
const issuing = root.issueCa('CN=Services Issuing');
const service = (options: Parameters<typeof issuing.issueUserCertificate>[0]): Issued =>
  issuing.issueUserCertificate({ extendedKeyUsage: clientAuthentication, ...options });
const thumbprint = ({ der }: Issued) => createHash('sha256').update(der).digest('base64url');
const graphDefault = 'https://graph.microsoft.com/.default';
const challenge = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };
const code_verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const redirect_uri = 'https://app.woodgrove.test/callback';

const proxyFolder = mkdtempSync(join(tmpdir(), 'cardea-mtls-'));
const proxySocket = join(proxyFolder, 'proxy.sock');
let server: RunningServer;
let tenant: string;
const tokenPath = (version = '/v2.0') => `/${tenant}/oauth2${version}/token`;
const forItself = (appId: string, more: Record<string, string> = {}) => ({
  grant_type: 'client_credentials',
  client_id: appId,
  scope: graphDefault,
  ...more,
});

async function register(name: string, ...words: readonly string[]): Promise<{ appId: string; secret?: string }> {
  const { out, err } = await server.cardea('app', 'add', name, ...words, '--json');
  if (out === '') throw new Error(err);
  return JSON.parse(out) as { appId: string; secret?: string };
}

function certificateFile(name: string, { pem }: Issued): string {
  const file = join(server.folder, `${name}.pem`);
  writeFileSync(file, pem);
  return file;
}

async function addCa(name: string, authority: typeof root, ...words: readonly string[]): Promise<string> {
  const file = certificateFile(name, authority);
  const { out, err } = await server.cardea('ca', 'add', file, ...words, '--json', '--force');
  if (out === '') throw new Error(err);
  return (JSON.parse(out) as [{ id: string }])[0].id;
}

async function importCrl(id: string, authority: typeof root, revokedCards: readonly Issued[] = []): Promise<void> {
  const file = join(server.folder, `${id}.crl`);
  const now = Date.now();
  const times = { thisUpdate: new Date(now - 60_000), nextUpdate: new Date(now + 3_600_000) };
  const entries = revokedCards.map(({ serial }) => ({ serial, revocationDate: new Date(now - 60_000) }));
  writeFileSync(file, authority.crl({ ...times, number: BigInt(now), entries }));
  const { code, err } = await server.cardea('crl', 'import', file, '--ca', id);
  assert.equal(code, 0, err);
}

const revokedCard = service({ subject: 'CN=revoked', dns: ['svc.woodgrove.test'] });

before(async () => {
  server = await RunningServer.start({ CARDEA_CERTIFICATE_PROXY_SOCKET: proxySocket });
  tenant = await server.tenantId();
  const rootId = await addCa('root', root, '--crl-url', 'http://127.0.0.1:1/root.crl');
  const issuingId = await addCa('issuing', issuing, '--crl-url', 'http://127.0.0.1:1/issuing.crl');
  await importCrl(rootId, root);
  await importCrl(issuingId, issuing, [revokedCard]);
});
after(async () => {
  await server.remove();
  rmSync(proxyFolder, { recursive: true, force: true });
});

describe('tls_client_auth: a certificate of a CA proves the application that its name is registered for', () => {
  const acceptance: readonly (readonly [string, string, Parameters<typeof service>[0]])[] = [
    ['subject_dn', 'CN=payroll,O=Woodgrove,C=US', { subject: 'C=US,O=Woodgrove,CN=payroll' }],
    ['subject_dn', 'cn=Payroll, o=WOODGROVE', { subject: 'O=Woodgrove,CN=payroll' }],
    ['subject_dn', 'CN=J\\c3\\bcrgen\\, Ltd', { subject: 'CN=Jürgen\\, Ltd' }],
    ['san_dns', 'svc.woodgrove.test', { subject: 'CN=a', dns: ['other.woodgrove.test', 'SVC.woodgrove.test'] }],
    [
      'san_uri',
      'spiffe://woodgrove.test/payroll',
      { subject: 'CN=a', names: [uri('spiffe://woodgrove.test/payroll')] },
    ],
    ['san_ip', '192.0.2.7', { subject: 'CN=a', names: [ipAddress('192.0.2.7')] }],
    ['san_ip', '2001:DB8::7', { subject: 'CN=a', names: [ipAddress('2001:db8::7')] }],
    ['san_email', 'svc@Woodgrove.test', { subject: 'CN=a', names: [rfc822Name('svc@woodgrove.test')] }],
  ];
  for (const [parameter, value, options] of acceptance)
    test(`${parameter}=${value}`, async () => {
      const { appId, secret } = await register('named', '--tls-client', `${parameter}=${value}`);
      assert.equal(secret, undefined, 'such an application needs no secret');
      const { status, body } = await new Connection(server, pair(service(options))).post(tokenPath(), forItself(appId));
      assert.equal(status, 200, JSON.stringify(body));
      const claims = claimsOf(body.access_token);
      assert.deepEqual([claims.appid, claims.azpacr, claims.cnf], [appId, '2', undefined]);
    });

  let registration: ReturnType<typeof register> | undefined;
  const refusedApplication = () => {
    registration ??= register('refused', '--tls-client', 'san_dns=svc.woodgrove.test');
    return registration;
  };
  const strangerRoot = testCa('CN=Stranger Root');
  const nameOptions = { subject: 'CN=a', dns: ['svc.woodgrove.test'] };
  const rejection: readonly (readonly [string, number, () => Issued])[] = [
    ['has another name', 700030, () => service({ subject: 'CN=a', dns: ['svc2.woodgrove.test'] })],
    ['has a wildcard', 700030, () => service({ subject: 'CN=a', dns: ['*.woodgrove.test'] })],
    ['has the name as another kind', 700030, () => service({ subject: 'CN=svc.woodgrove.test' })],
    [
      'has the name in a directory name',
      700030,
      () => service({ subject: 'CN=a', names: [directoryName('CN=svc.woodgrove.test')] }),
    ],
    ['is of another CA', 700027, () => strangerRoot.issueUserCertificate(nameOptions)],
    ['is self-signed', 700027, () => testCa('CN=self', { dns: ['svc.woodgrove.test'] })],
    ['is for servers', 700027, () => service({ ...nameOptions, extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] })],
    [
      'has expired',
      700027,
      () => service({ ...nameOptions, notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') }),
    ],
    ['is revoked', 700027, () => revokedCard],
    ['is a CA', 700027, () => issuing.issueCa('CN=sub', { dns: ['svc.woodgrove.test'] })],
  ];
  for (const [description, number, certificate] of rejection)
    test(`a certificate that ${description} is refused (AADSTS${number}), and the log of service principals says why`, async () => {
      const { appId } = await refusedApplication();
      const correlation = crypto.randomUUID();
      const { status, body } = await new Connection(server, pair(certificate())).post(tokenPath(), forItself(appId), {
        'client-request-id': correlation,
      });
      assert.deepEqual([status, body.error, body.error_codes], [401, 'invalid_client', [number]], JSON.stringify(body));
      const [entry, ...rest] = await server.entries(correlation);
      assert.deepEqual([entry?.status, entry?.appId, rest.length], ['failure', appId, 0]);
      assert.equal(entry?.trace.findings.at(-1)?.outcome, 'refused');
    });

  test('the entry of a success has the steps of the certificate, and Graph shows the credential', async () => {
    const card = service(nameOptions);
    const { appId } = await register(
      'logged',
      '--tls-client',
      'san_dns=svc.woodgrove.test',
      '--permission',
      'AuditLog.Read.All',
    );
    const correlation = crypto.randomUUID();
    const { body } = await new Connection(server, pair(card)).post(tokenPath(), forItself(appId), {
      'client-request-id': correlation,
    });
    const [entry] = await server.entries(correlation);
    assert.deepEqual(
      entry?.trace.findings.map(({ step, because }) => [step, because.code]),
      [
        ['certificate', 'certificateRead'],
        ['path', 'pathValid'],
        ['revocation', 'revocationChecked'],
        ['account', 'applicationCertificateNamed'],
        ['account', 'clientCredentialsAccepted'],
      ],
    );
    const filter = encodeURIComponent(
      `correlationId eq '${correlation}' and signInEventTypes/any(t: t eq 'servicePrincipal')`,
    );
    const logs = await new Connection(server, undefined, 'localhost').get(
      `/beta/auditLogs/signIns?$filter=${filter}`,
      body.access_token,
    );
    const [row] = logs.body.value as Record<string, unknown>[];
    const sha1 = createHash('sha1').update(card.der).digest('hex').toUpperCase();
    assert.deepEqual([row?.clientCredentialType, row?.servicePrincipalCredentialThumbprint], ['certificate', sha1]);
  });

  test('without a certificate, and at the login host, it learns where to come with one (AADSTS392200)', async () => {
    const { appId } = await refusedApplication();
    for (const connection of [
      new Connection(server),
      new Connection(server, pair(service(nameOptions)), 'localhost'),
    ]) {
      const { status, body } = await connection.post(tokenPath(), forItself(appId));
      assert.deepEqual([status, body.error_codes], [401, [392200]], JSON.stringify(body));
    }
  });

  test('a certificate in a header that no configured proxy sent is refused', async () => {
    const { appId } = await refusedApplication();
    const header = { 'client-cert': `:${Buffer.from(service(nameOptions).der).toString('base64')}:` };
    for (const host of ['certauth.localhost', 'localhost']) {
      const { status, body } = await new Connection(server, undefined, host).post(
        tokenPath(),
        forItself(appId),
        header,
      );
      assert.deepEqual([status, body.access_token], [401, undefined], JSON.stringify(body));
    }
  });

  test('a name that no certificate can have is refused where it is registered', async () => {
    for (const value of [
      'san_ip=192.0.2.300',
      'san_dns=*.woodgrove.test',
      'subject_dn=payroll',
      'san_email=x',
      'san_uri=y',
    ]) {
      const { code, err } = await server.cardea('app', 'add', 'odd', '--tls-client', value);
      assert.notEqual(code, 0);
      assert.match(err, /is not valid/);
    }
    const { code, err } = await server.cardea('app', 'add', 'public', '--public', '--tls-client', 'san_dns=a.test');
    assert.notEqual(code, 0);
    assert.match(err, /is public/);
  });
});

describe('self_signed_tls_client_auth: the certificate itself is registered', () => {
  const lone = testCa('CN=Lone').issueUserCertificate({ subject: 'CN=Lone' });

  test('it proves the application, whatever stands in it, at both versions of the endpoint', async () => {
    const { appId } = await register('lone', '--certificate', certificateFile('lone', lone));
    const connection = new Connection(server, pair(lone));
    const second = await connection.post(tokenPath(), forItself(appId));
    assert.equal(claimsOf(second.body.access_token).azpacr, '2', JSON.stringify(second.body));
    const { scope: _, ...rest } = forItself(appId);
    const first = await connection.post(tokenPath(''), { ...rest, resource: 'https://graph.microsoft.com' });
    assert.equal(first.status, 200, JSON.stringify(first.body));
  });

  test('another certificate with the same names, or with the same key, is refused (AADSTS700027)', async () => {
    const { appId } = await register('lone 2', '--certificate', certificateFile('lone2', lone));
    const twins = [
      testCa('CN=Lone').issueUserCertificate({ subject: 'CN=Lone' }),
      testCa('CN=Lone').issueUserCertificate({ subject: 'CN=Lone', key: lone.privateKey }),
    ];
    for (const twin of twins) {
      const { status, body } = await new Connection(server, pair(twin)).post(tokenPath(), forItself(appId));
      assert.deepEqual([status, body.error_codes], [401, [700027]], JSON.stringify(body));
    }
  });

  test('one that has expired is refused (AADSTS7000222), and so is one on the block list', async () => {
    const day = 86_400_000;
    const old = { subject: 'CN=Old', notBefore: new Date(Date.now() - 2 * day), notAfter: new Date(Date.now() - day) };
    const expiredCertificate = testCa('CN=Old').issueUserCertificate(old);
    const expiry = await register('old', '--certificate', certificateFile('old', expiredCertificate));
    const late = await new Connection(server, pair(expiredCertificate)).post(tokenPath(), forItself(expiry.appId));
    assert.deepEqual(late.body.error_codes, [7000222], JSON.stringify(late.body));
    const lostCertificate = testCa('CN=Lost').issueUserCertificate({ subject: 'CN=Lost' });
    const { appId } = await register('lost', '--certificate', certificateFile('lost', lostCertificate));
    assert.equal((await server.cardea('block', 'add', certificateFile('lost', lostCertificate))).code, 0);
    const { body } = await new Connection(server, pair(lostCertificate)).post(tokenPath(), forItself(appId));
    assert.deepEqual(body.error_codes, [700027], JSON.stringify(body));
  });

  test('no other application is proven by it, and a secret goes before it', async () => {
    await register('lone 3', '--certificate', certificateFile('lone3', lone));
    const { appId } = await register(
      'other',
      '--certificate',
      certificateFile('x', testCa('CN=X').issueUserCertificate({})),
    );
    const { status } = await new Connection(server, pair(lone)).post(tokenPath(), forItself(appId));
    assert.equal(status, 401);
    const wrong = await new Connection(server, pair(lone)).post(
      tokenPath(),
      forItself(appId, { client_secret: 'wrong' }),
    );
    assert.deepEqual(wrong.body.error_codes, [7000215]);
    const placeholder = forItself(appId, { client_secret: 'proven by certificate' });
    assert.equal((await new Connection(server, pair(lone)).post(tokenPath(), placeholder)).status, 401);
  });
});

describe('certificate-bound access tokens', () => {
  const card = testCa('CN=Bound').issueUserCertificate({ subject: 'CN=Bound' });
  const thief = testCa('CN=Thief').issueUserCertificate({ subject: 'CN=Thief' });

  async function userTokens(words: readonly string[], connection: Connection, scope: string) {
    const { appId, secret } = await register('bound user', '--redirect-uri', redirect_uri, '--bound-tokens', ...words);
    const query = { client_id: appId, response_type: 'code', redirect_uri, scope, login_hint: 'ana@woodgrove.test' };
    const address = new URL(
      `${server.origin}/${tenant}/oauth2/v2.0/authorize?${new URLSearchParams({ ...query, ...challenge })}`,
    );
    const person = { username: 'ana@woodgrove.test', card: server.card('ana'), until: redirect_uri };
    const { url } = await signInAt(address, person, new Browser(server.card('ana'), server.trust));
    const form = {
      grant_type: 'authorization_code',
      code: url.searchParams.get('code') ?? '',
      redirect_uri,
      code_verifier,
    };
    const client = { client_id: appId, ...(secret ? { client_secret: secret } : {}) };
    return { client, answer: await connection.post(tokenPath(), { ...form, ...client }) };
  }

  test('cnf names the certificate; Graph takes the token on a connection with it, and on no other', async () => {
    const file = certificateFile('bound', card);
    const { appId } = await register(
      'bound',
      '--certificate',
      file,
      '--bound-tokens',
      '--permission',
      'Organization.Read.All',
    );
    const { body } = await new Connection(server, pair(card)).post(tokenPath(), forItself(appId));
    const token = body.access_token;
    assert.deepEqual([claimsOf(token).cnf, body.token_type], [{ 'x5t#S256': thumbprint(card) }, 'Bearer']);
    const calls: readonly (readonly [number, Connection])[] = [
      [200, new Connection(server, pair(card))],
      [401, new Connection(server, pair(thief))],
      [401, new Connection(server)],
      [401, new Connection(server, undefined, 'localhost')],
    ];
    for (const [status, connection] of calls) {
      const answer = await connection.get('/v1.0/organization', token);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
    }
    const holder = new Connection(server, pair(card));
    const batch = { requests: [{ id: '1', method: 'GET', url: '/organization' }] };
    const { body: parts } = await holder.sendJson('POST', '/v1.0/$batch', token, batch);
    assert.equal((parts.responses as { status: number }[])[0]?.status, 200, JSON.stringify(parts));
    const page = await holder.get('/v1.0/organization', token);
    assert.match(String(page.body['@odata.context']), /^https:\/\/certauth\.localhost:/, 'links lead where it counts');
  });

  test('a token that an application of bound tokens asks for without a certificate is not made (AADSTS392200)', async () => {
    const { appId, secret } = await register('bound secret', '--bound-tokens');
    const { status, body } = await new Connection(server).post(
      tokenPath(),
      forItself(appId, { client_secret: secret! }),
    );
    assert.deepEqual([status, body.error_codes], [400, [392200]], JSON.stringify(body));
    const bound = await new Connection(server, pair(card)).post(
      tokenPath(),
      forItself(appId, { client_secret: secret! }),
    );
    assert.deepEqual(claimsOf(bound.body.access_token).cnf, { 'x5t#S256': thumbprint(card) });
  });

  test('token_type=mtls_pop binds the token of any application, as MSAL asks for it', async () => {
    const { appId } = await register(
      'pop',
      '--certificate',
      certificateFile('pop', card),
      '--permission',
      'Organization.Read.All',
    );
    const connection = new Connection(server, pair(card));
    const { body } = await connection.post(tokenPath(), forItself(appId, { token_type: 'mtls_pop' }));
    assert.deepEqual(
      [body.token_type, claimsOf(body.access_token).cnf],
      ['mtls_pop', { 'x5t#S256': thumbprint(card) }],
    );
    assert.equal((await connection.get('/v1.0/organization', body.access_token, 'mtls_pop')).status, 200);
    const plain = await connection.post(tokenPath(), forItself(appId));
    assert.deepEqual([plain.body.token_type, claimsOf(plain.body.access_token).cnf], ['Bearer', undefined]);
  });

  test('userinfo takes a bound token of a user with its certificate alone', async () => {
    const scope = 'openid profile https://graph.microsoft.com/User.Read';
    const { answer } = await userTokens([], new Connection(server, pair(card)), scope);
    const token = answer.body.access_token;
    assert.deepEqual(claimsOf(token).cnf, { 'x5t#S256': thumbprint(card) }, JSON.stringify(answer.body));
    assert.equal((await new Connection(server, pair(card)).get('/oidc/userinfo', token)).status, 200);
    for (const stranger of [new Connection(server, pair(thief)), new Connection(server, undefined, 'localhost')])
      assert.equal((await stranger.get('/oidc/userinfo', token)).status, 401);
  });

  test('the device registration service takes it with its certificate alone', async () => {
    const scope = '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9/.default';
    const { answer } = await userTokens([], new Connection(server, pair(card)), scope);
    const token = answer.body.access_token;
    const join = (connection: Connection) =>
      connection.sendJson('POST', '/EnrollmentServer/device/?api-version=2.0', token, {});
    assert.notEqual((await join(new Connection(server, pair(card)))).status, 401, 'the request continues to its body');
    for (const stranger of [new Connection(server, pair(thief)), new Connection(server, undefined, 'localhost')])
      assert.equal((await join(stranger)).status, 401);
  });

  test('the refresh token of a public client is bound as well (RFC 8705 §4)', async () => {
    const scope = 'openid offline_access https://graph.microsoft.com/User.Read';
    const { client, answer } = await userTokens(['--public'], new Connection(server, pair(card)), scope);
    const renewal = (refresh_token: unknown) => ({
      grant_type: 'refresh_token',
      refresh_token: String(refresh_token),
      ...client,
    });
    const { refresh_token } = answer.body;
    const stolen = await new Connection(server, pair(thief)).post(tokenPath(), renewal(refresh_token));
    assert.deepEqual([stolen.status, stolen.body.error], [400, 'invalid_grant'], JSON.stringify(stolen.body));
    const bare = await new Connection(server, undefined, 'localhost').post(tokenPath(), renewal(refresh_token));
    assert.deepEqual(bare.body.error_codes, [392200], JSON.stringify(bare.body));
    const next = await new Connection(server, pair(card)).post(tokenPath(), renewal(refresh_token));
    assert.deepEqual(claimsOf(next.body.access_token).cnf, { 'x5t#S256': thumbprint(card) }, JSON.stringify(next.body));
  });
});

describe('behind a reverse proxy that ends TLS', () => {
  const certificate = service({ subject: 'CN=proxied', dns: ['proxied.woodgrove.test'] });
  const headers = { 'client-cert': `:${Buffer.from(certificate.der).toString('base64')}:` };

  test('the certificate that a configured proxy forwards proves the application and holds a bound token', async () => {
    const name = ['--tls-client', 'san_dns=proxied.woodgrove.test', '--bound-tokens'];
    const { appId } = await register('proxied', ...name, '--permission', 'Organization.Read.All');
    const proxy = new ProxyConnection(proxySocket, 'certauth.localhost');
    const { body } = await proxy.post(tokenPath(), forItself(appId), headers);
    assert.deepEqual(claimsOf(body.access_token).cnf, { 'x5t#S256': thumbprint(certificate) }, JSON.stringify(body));
    const authorization = `Bearer ${body.access_token}`;
    assert.equal((await proxy.get('/v1.0/organization', { ...headers, authorization })).status, 200);
    assert.equal((await proxy.get('/v1.0/organization', { authorization })).status, 401);
  });
});

describe('the host that asks for certificates', () => {
  test('serves what a program calls, and no page of the login host', async () => {
    const connection = new Connection(server);
    for (const path of [`/${tenant}/oauth2/v2.0/authorize`, '/myapps', `/${tenant}/oauth2/v2.0/logout`])
      assert.equal((await connection.get(path, '')).status, 404, path);
  });
});
