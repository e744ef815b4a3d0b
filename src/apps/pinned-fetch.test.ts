import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { pinnedFetch } from './pinned-fetch.ts';

interface Echo {
  readonly method: string;
  readonly host: string;
  readonly type: string | null;
  readonly custom: string | null;
  readonly body: string;
}

describe('fetch for the server of this process', () => {
  const tls = makeTlsCertificate({ hosts: ['sso.example.test'], at: new Date() });
  let server: Server;
  let fetch: typeof globalThis.fetch;
  before(async () => {
    server = createServer({ key: tls.server.privateKeyPem, cert: tls.server.pem + tls.root.pem }, async (req, res) => {
      const body = Buffer.concat(await Array.fromAsync(req)).toString();
      const { host, 'content-type': type, 'x-own': customHeader } = req.headers;
      res.setHeader('set-cookie', ['a=1', 'b=2']);
      if (req.url === '/moved') res.writeHead(302, { location: '/elsewhere' });
      res.end(JSON.stringify({ method: req.method, host, type: type ?? null, custom: customHeader ?? null, body }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    fetch = pinnedFetch({ ca: () => tls.root.pem, connect: { host: '127.0.0.1', port } });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  test('connects to the given address, whatever host and port the URL carries', async () => {
    const answer = await fetch('https://sso.example.test/x');
    const { method, host } = (await answer.json()) as Echo;
    assert.deepEqual([answer.status, method, host], [200, 'GET', 'sso.example.test']);
    assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2']);
  });

  test('sends forms and headers as libraries make them', async () => {
    const body = new URLSearchParams({ grant_type: 'refresh_token', scope: 'openid ü' });
    const headers = new Headers({ 'x-own': 'yes' });
    const init = { method: 'POST', headers, body };
    for (const answer of [
      await fetch('https://sso.example.test/token', init),
      await fetch(new Request('https://sso.example.test/token', init)),
    ]) {
      const echo = (await answer.json()) as Echo;
      assert.deepEqual([echo.method, echo.custom, echo.body], ['POST', 'yes', String(body)]);
      assert.match(echo.type ?? '', /^application\/x-www-form-urlencoded/);
    }
  });

  test('leaves a redirect to the caller when told to', async () => {
    const { status, headers } = await fetch('https://sso.example.test/moved', { redirect: 'manual' });
    assert.deepEqual([status, headers.get('location')], [302, '/elsewhere']);
  });

  test('trusts no other certificate', async () => {
    const { port } = server.address() as AddressInfo;
    const tlsCertificate = makeTlsCertificate({ hosts: ['sso.example.test'], at: new Date() });
    const strange = pinnedFetch({ ca: () => tlsCertificate.root.pem, connect: { host: '127.0.0.1', port } });
    await assert.rejects(strange('https://sso.example.test/x'));
  });
});
