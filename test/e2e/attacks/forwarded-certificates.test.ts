import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Authority } from '#pki/build/authority.ts';
import { testCa } from '../../pki/test-ca.ts';
import { Attempt } from '../attempt.ts';
import { RunningServer, runCardea } from '../server.ts';
import { ask, numberIn, type OutgoingRequest } from './ask.ts';

/** RFC 9440: the certificate that a reverse proxy forwards counts when the proxy has proven itself, and from no other client. */
describe('forwarded certificates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-proxy-'));
  const authority = testCa('Proxies');
  const cardOf = (returnType: ReturnType<Authority['issueUserCertificate']>) => ({
    cert: returnType.pem,
    key: returnType.privateKeyPem,
  });
  const [proxy, otherProxy] = [
    cardOf(authority.issueUserCertificate({ dns: ['proxy'] })),
    cardOf(authority.issueUserCertificate({ dns: ['proxy'] })),
  ];
  let server: RunningServer;
  let ana = '';
  before(async () => {
    writeFileSync(join(folder, 'proxy.pem'), proxy.cert);
    server = await RunningServer.start({ CARDEA_CERTIFICATE_PROXY_FILE: join(folder, 'proxy.pem') });
    ana = field(server.card('ana').cert);
  });
  after(async () => {
    await server.remove();
    rmSync(folder, { recursive: true });
  });
  /** Goes to certauth under ana's name and says there what it says. */
  async function certauth(request: OutgoingRequest, username = 'ana@woodgrove.test'): Promise<string> {
    const address = await new Attempt(server, undefined).toCertauth(username);
    const heard = await ask(server, address, request);
    return heard.status === 303 ? 'accepted' : (numberIn(heard) ?? `${heard.status}`);
  }

  interface Row {
    readonly name: string;
    readonly request: () => OutgoingRequest;
    readonly username?: string;
    readonly ends: string;
  }
  const rows: readonly Row[] = [
    {
      name: 'the configured proxy, with ana’s certificate',
      request: () => ({ card: proxy, headers: { 'Client-Cert': ana } }),
      ends: 'accepted',
    },
    {
      name: 'the configured proxy, with ana’s certificate under ben’s name',
      request: () => ({ card: proxy, headers: { 'Client-Cert': ana } }),
      username: 'ben@woodgrove.test',
      ends: 'AADSTS50034',
    },
    { name: 'the proxy without a user certificate', request: () => ({ card: proxy }), ends: 'AADSTS50192' },
    { name: 'an unknown client', request: () => ({ headers: { 'Client-Cert': ana } }), ends: 'AADSTS50192' },
    {
      name: 'another certificate of the proxy’s own CA',
      request: () => ({ card: otherProxy, headers: { 'Client-Cert': ana } }),
      ends: 'AADSTS50192',
    },
    {
      name: 'ben, who has a card of his own, with ana’s',
      request: () => ({ card: server.card('ben'), headers: { 'Client-Cert': ana } }),
      ends: 'AADSTS50192',
    },
    {
      name: 'the proxy, which let through what its client sent',
      request: () => ({ card: proxy, headers: { 'Client-Cert': [field(server.card('ben').cert), ana] } }),
      ends: 'AADSTS50192',
    },
    {
      name: 'the proxy, with two in one field',
      request: () => ({ card: proxy, headers: { 'Client-Cert': `${ana}, ${ana}` } }),
      ends: 'AADSTS50192',
    },
    {
      name: 'the proxy, with a chain and no certificate',
      request: () => ({ card: proxy, headers: { 'Client-Cert-Chain': ana } }),
      ends: 'AADSTS50192',
    },
    {
      name: 'the proxy, with a chain of eleven',
      request: () => ({
        card: proxy,
        headers: { 'Client-Cert': ana, 'Client-Cert-Chain': Array.from({ length: 11 }, () => ':MAA=:').join(', ') },
      }),
      ends: 'AADSTS50192',
    },
    {
      name: 'the proxy, in the PEM of other headers',
      request: () => ({ card: proxy, headers: { 'Client-Cert': encodeURIComponent(server.card('ana').cert) } }),
      ends: 'AADSTS50192',
    },
    {
      name: 'the proxy, with base64 that says something else when written again',
      request: () => ({ card: proxy, headers: { 'Client-Cert': ':MAB=:' } }),
      ends: 'AADSTS50192',
    },
    {
      name: 'the proxy, with octets that are no certificate',
      request: () => ({ card: proxy, headers: { 'Client-Cert': ':MAA=:' } }),
      ends: 'AADSTS50017',
    },
  ];
  for (const { name, request, username, ends } of rows) {
    test(`${name}: ${ends}`, async () => assert.equal(await certauth(request(), username), ends));
  }

  for (const header of [
    'X-SSL-Client-Cert',
    'X-Client-Cert',
    'X-Forwarded-Client-Cert',
    'X-ARR-ClientCert',
    'SSL_CLIENT_CERT',
  ]) {
    test(`${header} has no effect, not even from the proxy`, async () => {
      const headers = { [header]: ana };
      assert.equal(await certauth({ headers }), 'AADSTS50192');
      assert.equal(await certauth({ card: proxy, headers }), 'AADSTS50192');
    });
  }

  test('a setting that names no certificate stops the start', async () => {
    writeFileSync(join(folder, 'empty.pem'), 'nothing');
    const { code, err } = await runCardea(['serve', '--data', join(folder, 'other')], {
      CARDEA_CERTIFICATE_PROXY_FILE: join(folder, 'empty.pem'),
      CARDEA_DEMO: 'false',
    });
    assert.equal(code, 1);
    assert.match(err, /certificateProxyFile/);
  });
});

/** The first certificate of a PEM as a field of RFC 9440. */
function field(pem: string): string {
  const base64 = /-----BEGIN CERTIFICATE-----([^-]*)/.exec(pem)![1]!.replace(/\s/g, '');
  return `:${base64}:`;
}
