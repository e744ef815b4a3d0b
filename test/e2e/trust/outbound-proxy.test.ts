import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { messageOf } from '#core/trace/fault.ts';
import type { Issued } from '#pki/build/issued.ts';
import { freePort } from '../../free-port.ts';
import { localhostCertificate } from '../../localhost-certificate.ts';
import { proxyTo, startTinyproxy, type Tinyproxy, withoutTinyproxy } from '../../net/tinyproxy.ts';
import { ocspResponse } from '../../pki/ocsp-response.ts';
import { testCa } from '../../pki/test-ca.ts';
import { until } from '../../until.ts';
import { Webhook } from '../events/receivers.ts';
import { RunningServer } from '../server.ts';

const secret = 'a secret that signs deliveries';
const hour = 3_600_000;

/** A network whose way out is tinyproxy: names of `.test` are known to the proxy alone (RFC 6761 §6.2). */
describe('CRLs, OCSP and events through an outbound proxy', { skip: withoutTinyproxy }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-proxy-'));
  const [byCrl, byOcsp] = [testCa('Root with CRLs'), testCa('Root with OCSP')];
  const cardOf = (ca: typeof byCrl) => ca.issueUserCertificate({ upn: 'ana@woodgrove.test' });
  const [good, revoked, byResponder] = [cardOf(byCrl), cardOf(byCrl), cardOf(byOcsp)];
  const identity = localhostCertificate(['siem.example.test']);
  const webhook = new Webhook(secret);
  const seen: string[] = [];
  const inside = createServer(answer);
  let upstream: ReturnType<typeof proxyTo>;
  let tinyproxy: Tinyproxy;
  let server: RunningServer;
  let [crlCa, ocspCa] = ['', ''];

  const around = (milliseconds = 24 * hour) => {
    const now = Date.now();
    return { thisUpdate: new Date(now - hour), nextUpdate: new Date(now + milliseconds) };
  };
  function answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === '/refused.crl') return void response.writeHead(403).end();
    if (request.method === 'POST')
      return void response.end(ocspResponse(byOcsp, byResponder, new Date(), [{ status: 'good', ...around() }]));
    response.end(
      byCrl.crl({ ...around(), number: 1n, entries: [{ serial: revoked.serial, revocationDate: new Date() }] }),
    );
  }
  const proxyWith = (credentials: string, port?: number) =>
    startTinyproxy(folder, {
      upstreamPort: (upstream.address() as AddressInfo).port,
      credentials,
      ...(port ? { port } : {}),
    });

  before(async () => {
    const [webhookPort, file] = [await freePort(), (name: string) => join(folder, name)];
    await once(inside.listen(0, '127.0.0.1'), 'listening');
    await webhook.listen(webhookPort, identity);
    upstream = proxyTo((inside.address() as AddressInfo).port, webhookPort, seen);
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    tinyproxy = await proxyWith('cardea out7');
    writeFileSync(file('secret'), secret);
    writeFileSync(file('siem.pem'), identity.ca);
    server = await RunningServer.start({
      CARDEA_OUTBOUND_PROXY: `http://cardea:out7@127.0.0.1:${tinyproxy.port}`,
      CARDEA_OUTBOUND_PROXY_EXCEPTIONS: '.direct.test',
      CARDEA_EVENT_WEBHOOK_URL: 'https://siem.example.test/in',
      CARDEA_EVENT_WEBHOOK_SECRET_FILE: file('secret'),
      CARDEA_EVENT_WEBHOOK_CA_FILE: file('siem.pem'),
    });
    const added = [byCrl, byOcsp].map(async (ca, i) => {
      writeFileSync(file(`${i}.pem`), ca.pem);
      const { out } = await server.cardea('ca', 'add', file(`${i}.pem`), '--json');
      return (JSON.parse(out) as [{ id: string }])[0].id;
    });
    [crlCa = '', ocspCa = ''] = await Promise.all(added);
  });
  after(async () => {
    await server?.remove();
    await tinyproxy?.end();
    webhook.close();
    for (const each of [inside, upstream]) {
      each?.closeAllConnections();
      each?.close();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const set = async (id: string, ...words: string[]) => {
    const { code, err } = await server.cardea('ca', 'set', id, ...words, '--force');
    assert.equal(code, 0, err);
  };
  async function signIn({ pem, privateKeyPem }: Issued): Promise<string> {
    const end = await server.signIn('ana@woodgrove.test', { cert: pem, key: privateKeyPem });
    return end.kind === 'signedIn' ? 'signed in' : end.code;
  }
  /** What an administrator reads of a CRL that cannot be downloaded. */
  async function problemOf(id: string): Promise<string> {
    const { code, out, err } = await server.cardea('crl', 'refresh', id, '--json');
    assert.equal(code, 1, err);
    const states = JSON.parse(out) as readonly { lastError?: Parameters<typeof messageOf>[0] }[];
    return states.flatMap(({ lastError }) => (lastError ? [messageOf(lastError)] : [])).join();
  }
  const proxyAddress = () => `http://127.0.0.1:${tinyproxy.port}`;
  /** What the proxy was asked for since the last look, without the deliveries of events. */
  const requestLines = () => seen.splice(0).filter((line) => !line.startsWith('CONNECT'));

  test('a CRL is downloaded through the proxy: a good card signs in, a revoked one does not', async () => {
    await set(crlCa, '--crl-url', 'http://pki.example.test/a.crl');
    assert.deepEqual([await signIn(good), await signIn(revoked)], ['signed in', 'AADSTS500171']);
    assert.match(requestLines().join(), /^GET http:\/\/pki\.example\.test(:80)?\/a\.crl$/);
  });

  test('an OCSP responder is asked through the proxy', async () => {
    await set(ocspCa, '--ocsp-url', 'http://ocsp.example.test/');
    assert.equal(await signIn(byResponder), 'signed in');
    assert.match(requestLines().join(), /^POST http:\/\/ocsp\.example\.test(:80)?\/$/);
  });

  test('events are delivered through a tunnel of the proxy', async () => {
    await until('an event', () => webhook.events.length > 0 && webhook.statuses.includes(204));
  });

  test('a host of outboundProxyExceptions is not asked of the proxy', async () => {
    await set(crlCa, '--crl-url', 'http://crl.direct.test/a.crl');
    assert.equal(await signIn(good), 'AADSTS500173');
    assert.match(
      await problemOf(crlCa),
      /^http:\/\/crl\.direct\.test\/a\.crl could not be reached: (ENOTFOUND|EAI_AGAIN)$/,
    );
    assert.deepEqual(requestLines(), []);
  });

  test('a status that came through the proxy says so', async () => {
    await set(crlCa, '--crl-url', 'http://pki.example.test/refused.crl');
    assert.equal(await signIn(good), 'AADSTS500173');
    const words = `http://pki.example.test/refused.crl answered 403, through the outbound proxy ${proxyAddress()}`;
    assert.equal(await problemOf(crlCa), words);
  });

  test('while the proxy is down, kept CRLs decide, new ones are refused, and both errors name the proxy', async () => {
    await tinyproxy.end();
    const problem = `the outbound proxy ${proxyAddress()} cannot be reached: ECONNREFUSED`;
    await set(crlCa, '--crl-url', 'http://pki.example.test/a.crl');
    assert.deepEqual([await signIn(good), await signIn(revoked)], ['signed in', 'AADSTS500171']);
    await set(crlCa, '--crl-url', 'http://pki.example.test/b.crl');
    assert.equal(await signIn(good), 'AADSTS500173');
    assert.equal(await problemOf(crlCa), `http://pki.example.test/b.crl could not be reached: ${problem}`);
    await until('the warning about events', () => server.output.includes(`"fault":"${problem}"`));
  });

  test('a proxy that wants another password is named, and events that waited are delivered once it is right again', async () => {
    tinyproxy = await proxyWith('cardea another', tinyproxy.port);
    await set(crlCa, '--crl-url', 'http://pki.example.test/c.crl');
    assert.equal(await signIn(good), 'AADSTS500173');
    const words = `http://pki.example.test/c.crl answered 401, through the outbound proxy ${proxyAddress()}`;
    assert.equal(await problemOf(crlCa), words);
    await tinyproxy.end();
    tinyproxy = await proxyWith('cardea out7', tinyproxy.port);
    assert.equal((await server.cardea('crl', 'refresh', crlCa)).code, 0);
    assert.equal(await signIn(good), 'signed in');
    const [last] = JSON.parse((await server.cardea('sign-in', 'list', '--top', '1', '--json')).out) as [{ id: string }];
    await until('the last event', () => webhook.events.some(({ properties }) => properties.id === last.id));
    assert.ok(!server.output.includes('out7'));
  });
});
