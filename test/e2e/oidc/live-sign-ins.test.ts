import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer as createHttp } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { Browser, type Page } from '#cli/client/browser.ts';
import { ecdsaTwin } from '#core/x509/algorithms/ecdsa-twin.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { rotateSecret } from '#keys/sealing.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { testCa } from '../../pki/test-ca.ts';
import { until } from '../../until.ts';
import { claimsOf, RunningServer } from '../server.ts';

/** Sign-ins that end before their time, and the applications that hear of it. */
describe('live sign-ins are watched', () => {
  const day = 86_400_000;
  const now = Date.now();
  const root = testCa('Watched Root');
  const card = root.issueUserCertificate({ upn: 'ana@woodgrove.test' });
  const folder = mkdtempSync(join(tmpdir(), 'cardea-watch-'));
  const heard: string[] = [];
  let list = root.crl({ number: 1n, thisUpdate: new Date(now - 2 * day), nextUpdate: new Date(now + day) });
  let server: RunningServer;
  let closing: (() => unknown)[] = [];
  let description = { appId: '', secret: '' };

  before(async () => {
    const lists = createHttp((_, res) => res.writeHead(200, { 'content-type': 'application/pkix-crl' }).end(list));
    const tls = makeTlsCertificate({ hosts: ['localhost'], at: new Date() });
    const application = createServer({ key: tls.server.privateKeyPem, cert: tls.server.pem }, async (req, res) => {
      heard.push(await bodyOf(req));
      res.writeHead(heard.length === 1 ? 503 : 200).end(); // told again when it could not listen
    });
    for (const list of [lists, application]) await new Promise<void>((done) => list.listen(0, '127.0.0.1', done));
    const portOf = (item: { address(): unknown }) => (item.address() as AddressInfo).port;
    writeFileSync(join(folder, 'application.pem'), tls.root.pem);
    writeFileSync(join(folder, 'root.pem'), root.pem);
    server = await RunningServer.start({
      CARDEA_CONTINUOUS_ACCESS_SECONDS: '1',
      NODE_EXTRA_CA_CERTS: join(folder, 'application.pem'),
    });
    const crlUrl = `http://127.0.0.1:${portOf(lists)}/list.crl`;
    await server.cardea('ca', 'add', join(folder, 'root.pem'), '--crl-url', crlUrl);
    const { out, err } = await server.cardea(
      ...['app', 'add', 'Told', '--redirect-uri', 'https://told.test/callback', '--json'],
      ...['--back-channel-logout', `https://localhost:${portOf(application)}/logout`],
      ...['--front-channel-logout', 'https://told.test/bye?now=1', '--logout-uri', 'https://told.test/done'],
    );
    assert.ok(out, err);
    description = JSON.parse(out);
    closing = [() => lists.close(), () => application.close(), () => application.closeAllConnections()];
  });
  after(async () => {
    for (const close of closing) close();
    await server.remove();
    rmSync(folder, { recursive: true });
  });

  const mine = { cert: card.pem, key: card.privateKeyPem };
  async function signIn(which = mine): Promise<string> {
    const end = await server.signIn('ana@woodgrove.test', which, { scope: 'openid offline_access' });
    return end.kind === 'signedIn' ? String(end.tokens.refresh_token) : end.code;
  }
  async function refresh(token: string): Promise<{ refresh_token?: string; error_codes?: number[] }> {
    const page = await new Browser(undefined, server.trust).post(
      new URL('/woodgrove.test/oauth2/v2.0/token', server.origin),
      { grant_type: 'refresh_token', client_id: commandLineApplication.appId, refresh_token: token },
    );
    return JSON.parse(page.body);
  }
  /** Refreshes until it is refused; the number it is refused with. */
  async function untilRefused(token: string): Promise<number | undefined> {
    let newest = token;
    return until('a refusal', async () => {
      const answer = await refresh(newest);
      newest = answer.refresh_token ?? newest;
      return answer.error_codes?.[0];
    });
  }

  test('a blocked certificate ends what rests on it with AADSTS50173, and nothing else', async () => {
    const [hers, cardSignIn] = [await signIn(), await signIn(server.card('ana'))];
    writeFileSync(join(folder, 'card.pem'), card.pem);
    const { out } = await server.cardea('block', 'add', join(folder, 'card.pem'), '--json');
    assert.equal(await untilRefused(hers), 50173);
    assert.ok((await refresh(cardSignIn)).refresh_token, 'the other card of the same user is still valid');
    const [{ sha256Thumbprint }] = JSON.parse(out) as [{ sha256Thumbprint: string }];
    await server.cardea('block', 'remove', sha256Thumbprint);
  });

  test('a blocked certificate stays blocked when its ECDSA signature is rewritten, and what rests on it ends', async () => {
    const [original, issuer] = [card, root].map((item) => readCertificate(item.der));
    assert.ok(original?.outcome === 'passed' && issuer?.outcome === 'passed');
    const der = ecdsaTwin(original.value, issuer.value)!;
    const twin = { cert: pem('CERTIFICATE', der), key: card.privateKeyPem };
    const hers = await signIn(twin);
    assert.ok((await refresh(hers)).refresh_token, 'the twin is as valid as the original');
    const again = await signIn(twin);
    const { out } = await server.cardea('block', 'add', join(folder, 'card.pem'), '--json');
    assert.equal(await untilRefused(again), 50173);
    assert.deepEqual([await signIn(twin), await signIn()], ['AADSTS500171', 'AADSTS500171']);
    const [{ sha256Thumbprint, tbsSha256 }] = JSON.parse(out) as [{ sha256Thumbprint: string; tbsSha256: string }];
    await server.cardea('block', 'remove', tbsSha256);
    // As earlier versions wrote it.
    const document = join(folder, 'blocked.json');
    for (const [blockedCertificates, says] of [
      [[{ sha256Thumbprint }], 'AADSTS500171'],
      [[], undefined],
    ] as const) {
      writeFileSync(document, JSON.stringify({ blockedCertificates }));
      const { code, err } = await server.cardea('policy', 'apply', document);
      assert.equal(code, 0, err);
      if (says) assert.equal(await signIn(twin), says);
      else assert.doesNotMatch(await signIn(twin), /^AADSTS/);
    }
  });

  test('a certificate on the next CRL ends what rests on it (REV-1, beyond Entra)', async () => {
    const hers = await signIn();
    assert.ok((await refresh(hers)).refresh_token);
    const again = await signIn();
    const entries = [{ serial: card.serial, revocationDate: new Date(now - day) }];
    list = root.crl({ number: 2n, thisUpdate: new Date(now - day), nextUpdate: new Date(now + day), entries });
    const { code, err } = await server.cardea('crl', 'refresh');
    assert.equal(code, 0, err);
    assert.equal(await untilRefused(again), 50173);
    assert.equal(await signIn(), 'AADSTS500171');
  });

  /** Signs ana in to the application that is registered for logout notices. */
  async function signInToApplication(browser: Browser): Promise<{ idToken: Record<string, unknown> }> {
    const authorize = new URL('/woodgrove.test/oauth2/v2.0/authorize', server.origin);
    authorize.search = String(
      new URLSearchParams({
        client_id: description.appId,
        response_type: 'code',
        redirect_uri: 'https://told.test/callback',
        scope: 'openid',
        login_hint: 'ana@woodgrove.test',
      }),
    );
    let page: Page = await browser.get(authorize);
    for (let hops = 0; hops < 12 && !page.location?.startsWith('https://told.test'); hops++) {
      const link = /id="use-certificate" href="([^"]*)"/.exec(page.body)?.[1];
      page = await browser.get(new URL((page.location ?? link)!, page.url));
    }
    const code = new URL(page.location!).searchParams.get('code')!;
    const answer = await browser.post(new URL('/woodgrove.test/oauth2/v2.0/token', server.origin), {
      grant_type: 'authorization_code',
      client_id: description.appId,
      client_secret: description.secret,
      code,
      redirect_uri: 'https://told.test/callback',
    });
    return { idToken: claimsOf((JSON.parse(answer.body) as { id_token: string }).id_token) };
  }
  async function nextLogoutToken(after: number): Promise<Record<string, unknown>> {
    await until('a logout token', () => heard.length > after);
    const token = new URLSearchParams(heard[after]).get('logout_token')!;
    const keys = await new Browser(undefined, server.trust).get(
      new URL('/woodgrove.test/discovery/v2.0/keys', server.origin),
    );
    const { payload } = await jwtVerify(token, createLocalJWKSet(JSON.parse(keys.body)), {
      audience: description.appId,
      typ: 'logout+jwt',
    });
    return payload;
  }

  test('signing out shows applications their own page once more and calls those that want to be called, again if need be', async () => {
    const browser = new Browser(server.card('ana'), server.trust);
    const { idToken } = await signInToApplication(browser);
    assert.match(String(idToken.sid), /^[\w-]{10,}$/);
    const logout = new URL('/woodgrove.test/oauth2/v2.0/logout', server.origin);
    logout.search = String(
      new URLSearchParams({ client_id: description.appId, post_logout_redirect_uri: 'https://told.test/done' }),
    );
    const page = await browser.get(logout);
    const frame = /<iframe src="([^"]*)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&');
    assert.equal(
      frame,
      `https://told.test/bye?${new URLSearchParams({ now: '1', iss: String(idToken.iss), sid: String(idToken.sid) })}`,
    );
    assert.match(page.body, /http-equiv="refresh" content="3;url=https:\/\/told\.test\/done"/);
    const first = await nextLogoutToken(0);
    assert.deepEqual(
      [first.sub, first.sid, Object.keys(first.events as object)],
      [idToken.sub, idToken.sid, ['http://schemas.openid.net/event/backchannel-logout']],
    );
    assert.equal(first.nonce, undefined);
    assert.equal((await nextLogoutToken(1)).sid, first.sid, 'it had answered 503');
  });

  test('a disabled user’s sessions end, and applications hear of it', async () => {
    const browser = new Browser(server.card('ana'), server.trust);
    const { idToken } = await signInToApplication(browser);
    const before = heard.length;
    await server.cardea('role', 'add', 'Global Administrator', 'ben@woodgrove.test'); // the last one is never disabled
    await server.cardea('user', 'set', 'ana@woodgrove.test', '--disable', '--force');
    assert.equal((await nextLogoutToken(before)).sid, idToken.sid);
    await server.cardea('user', 'set', 'ana@woodgrove.test', '--enable');
    assert.equal((await silently(browser)).get('error'), 'login_required', 'enabling brings no session back');
  });

  /** The answer to a request that shows no page. */
  async function silently(browser: Browser): Promise<URLSearchParams> {
    const authorize = new URL('/woodgrove.test/oauth2/v2.0/authorize?prompt=none', server.origin);
    for (const [name, value] of Object.entries({
      client_id: description.appId,
      response_type: 'code',
      redirect_uri: 'https://told.test/callback',
      scope: 'openid',
    }))
      authorize.searchParams.set(name, value);
    const { location } = await browser.get(authorize);
    return new URL(location!).searchParams;
  }

  test('a new secret of the installation ends no session', async () => {
    const browser = new Browser(server.card('ana'), server.trust);
    await signInToApplication(browser);
    await server.stop();
    rotateSecret(server.folder);
    const settings = { logoutPrivateAddresses: 'refuse', logLevel: 'info' };
    writeFileSync(join(server.folder, 'cardea.json'), JSON.stringify(settings));
    await server.run();
    assert.equal((await silently(browser)).has('code'), true);
  });

  test('an application at a private address is sent nothing when logoutPrivateAddresses refuses', async () => {
    const browser = new Browser(server.card('ana'), server.trust);
    await signInToApplication(browser);
    const before = heard.length;
    await browser.get(new URL('/woodgrove.test/oauth2/v2.0/logout', server.origin));
    await until('the line of the refused address', () => server.output.includes('logoutAddressRefused'));
    assert.match(server.output, /logoutAddressRefused: no logout notice is sent to https:\/\/localhost:\d+\/logout/);
    assert.match(server.output, /\/logout: (127\.0\.0\.1|::1) is not a public address/);
    assert.equal(heard.length, before);
  });

  for (const uri of ['http://told.test/bye', 'javascript:alert(1)', 'https://told.test/#x']) {
    test(`an application is not told at ${uri}`, async () => {
      for (const option of ['--front-channel-logout', '--back-channel-logout']) {
        const { code, err } = await server.cardea('app', 'add', 'Bad', option, uri);
        assert.equal(code, 1);
        assert.match(err, /https address/);
      }
    });
  }
});

async function bodyOf(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req) text += chunk;
  return text;
}
