import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ask, numberIn, type OutgoingRequest } from '../../e2e/attacks/ask.ts';
import { Attempt } from '../../e2e/attempt.ts';
import { RunningServer } from '../../e2e/server.ts';
import { freePort } from '../../free-port.ts';
import { testCa } from '../../pki/test-ca.ts';
import * as proxies from './proxies.ts';

/** Real reverse proxies from Debian, in front of the certauth host, configured as docs/admin/proxies.md says. */
const rows = [
  { format: 'nginx', proxy: proxies.nginxByTls },
  { format: 'nginx', proxy: proxies.nginxBySocket },
  { format: 'apache', proxy: proxies.apache },
  { format: 'haproxy', proxy: proxies.haproxyDer },
  { format: 'rfc9440', proxy: proxies.haproxyRfc9440 },
] as const;

for (const { format, proxy } of rows)
  describe(proxy.name, { skip: proxies.skipWithout(proxy) }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-proxies-'));
    const socket = join(folder, 'certauth.sock');
    const identity = testCa('Proxies').issueUserCertificate({ dns: ['proxy'] });
    let server: RunningServer;
    let port = 0;
    let running: Awaited<ReturnType<typeof proxies.startProxy>>;
    before(async () => {
      writeFileSync(join(folder, 'identity.pem'), identity.pem);
      server = await RunningServer.start({
        CARDEA_CERTIFICATE_PROXY_FORMAT: format,
        ...(proxy === proxies.nginxBySocket
          ? { CARDEA_CERTIFICATE_PROXY_SOCKET: socket }
          : { CARDEA_CERTIFICATE_PROXY_FILE: join(folder, 'identity.pem') }),
      });
      port = await freePort();
      const authorities = join(server.folder, 'demo', 'authorities');
      const files = {
        proxy: identity.pem + identity.privateKeyPem,
        trust: server.trust,
        cards: readdirSync(authorities)
          .map((name) => readFileSync(join(authorities, name), 'utf8'))
          .join(''),
      };
      const place = {
        folder: join(folder, 'proxy'),
        port,
        certauth: `certauth.localhost:${server.port}`,
        socket,
      };
      running = await proxies.startProxy(proxy, place, files);
    });
    after(async () => {
      await running?.stop();
      await server?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    /** How the sign-in ends that goes to certauth through the proxy. */
    async function certauth(request: OutgoingRequest): Promise<string> {
      const address = await new Attempt(server, undefined).toCertauth('ana@woodgrove.test');
      const through = { port: server.port, trust: running.root } as RunningServer;
      const url = new URL(address);
      const headers = { host: url.host, ...request.headers };
      url.port = `${port}`;
      const answer = await ask(through, url, { ...request, headers });
      return answer.status === 303 ? 'accepted' : (numberIn(answer) ?? `${answer.status}`);
    }

    test('ana signs in with her card through it', async () => {
      assert.equal(await certauth({ card: server.card('ana') }), 'accepted');
    });
    test('the card of another user does not bind to ana', async () => {
      assert.equal(await certauth({ card: server.card('ben') }), 'AADSTS50034');
    });
    test('a client without a certificate has none', async () => {
      assert.equal(await certauth({}), 'AADSTS50192');
    });
    test('what a client writes into the headers itself never counts', async () => {
      const pem = server.card('ana').cert;
      const base64 = /CERTIFICATE-----([^-]*)/.exec(pem)![1]!.replace(/\s/g, '');
      const spellings: Readonly<Record<string, string>> = {
        'Client-Cert': `:${base64}:`,
        'X-SSL-Client-Cert': encodeURIComponent(pem.slice(pem.indexOf('-----'))),
        'X-SSL-Client-DER': base64,
        X_SSL_Client_DER: base64,
        X_SSL_Client_Cert: encodeURIComponent(pem),
        'X-Forwarded-Tls-Client-Cert': base64,
        'X-Forwarded-Client-Cert': `Cert="${encodeURIComponent(pem)}"`,
      };
      for (const [name, value] of Object.entries(spellings))
        assert.equal(await certauth({ headers: { [name]: value } }), 'AADSTS50192', name);
    });
  });
