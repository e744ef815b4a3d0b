import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { RunningServer } from '../server.ts';

const tenant = '/woodgrove.test';
const pages = [
  ...[
    '/',
    '/login/x',
    '/login/x/username',
    '/login/x/password',
    '/login/x/factor',
    '/security-info',
    '/myapps',
    '/assets/x',
  ],
  ...[`${tenant}/certauth/x`, '/common/login', '/common/sas/x', '/nothing'],
];
const endpoints = [
  ...['authorize', 'token', 'devicecode', 'end_session'].map((name) => `${tenant}/oauth2/v2.0/${name}`),
  ...[`${tenant}/oauth2/token`, `${tenant}/oauth2/deviceauth`, `${tenant}/getcertificate`, '/common/GetCredentialType'],
  ...[
    '/EnrollmentServer/device/?api-version=2.0',
    '/EnrollmentServer/key/?api-version=1.0',
    '/v1.0/users',
    '/v1.0/$batch',
  ],
];

/** What a stranger's client may do wrong is never a fault of the service (D.1): no 5xx, and no error in the log. */
describe('requests that no browser sends', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
  });
  after(() => server.remove());
  const errors = () => server.output.split('\n').filter((line) => line.includes('"level":50')).length;
  const form = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };

  const send = (method: string, path: string, body?: string, type?: string, inChunks = true) =>
    new Promise<number>((resolve, reject) => {
      const url = new URL(path, server.origin);
      const headers = {
        ...form,
        ...(type && { 'content-type': type }),
        ...(body !== undefined && inChunks ? { 'transfer-encoding': 'chunked' } : {}),
        ...(body !== undefined && !inChunks ? { 'content-length': Buffer.byteLength(body) } : {}),
      };
      const message = request(url, { method, headers, rejectUnauthorized: false, agent: false }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode!));
      });
      message.on('error', reject).end(body);
    });

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    test(`${method} without a body and without a length is no fault, at any address`, async () => {
      for (const path of [...pages, ...endpoints]) {
        const status = await send(method, path);
        assert.ok(status < 500, `${path} ${status}`);
      }
      assert.equal(errors(), 0, server.output);
    });

  test('a form in chunks is read as one with a length, within the same limit', async () => {
    for (const path of [...pages, ...endpoints]) {
      const status = await send('POST', path, 'username=ana');
      assert.ok(status < 500, `${path} ${status}`);
    }
    const fields = 'username=ana%40woodgrove.test';
    const type = 'application/x-www-form-urlencoded';
    for (const inChunks of [true, false]) {
      assert.equal(await send('POST', '/organizations/login', fields, type, inChunks), 303, 'the name is read');
      for (const path of ['/login/x/username', '/organizations/login', `${tenant}/certauth/x`])
        assert.equal(await send('POST', path, `username=${'a'.repeat(110_000)}`, type, inChunks), 413, path);
    }
    assert.equal(errors(), 0, server.output);
  });

  test('a form in parts is refused, malformed or not, and its fields are not counted', async () => {
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x'])
      for (const body of [
        'x',
        '--x\r\n\r\n',
        '--x\r\ncontent-disposition: form-data; name="username"\r\n\r\nana\r\n--x--\r\n',
      ])
        for (const path of [...pages, ...endpoints]) {
          const status = await send('POST', path, body, type);
          assert.ok(status < 500, `${path} ${status}`);
        }
    assert.equal(await send('POST', '/login/x/username', '--x--\r\n', 'multipart/form-data; boundary=x'), 415);
    assert.equal(errors(), 0, server.output);
  });

  test('a parameter that is longer than its schema allows is refused, in a form and in an address', async () => {
    const type = 'application/x-www-form-urlencoded';
    assert.equal(await send('POST', '/organizations/login', `username=${'a'.repeat(5_000)}`, type), 400);
    assert.equal(await send('GET', `/organizations/login?prompt=${'a'.repeat(5_000)}`), 400);
    assert.equal(await send('GET', `/organizations/login?ui_locales=${'a'.repeat(5_000)}`), 200, 'it is only a wish');
    assert.equal(errors(), 0, server.output);
  });

  test('a long resource in a scope is no fault, for any grant', async () => {
    const path = `${tenant}/oauth2/v2.0/token`;
    for (const grant of [
      'client_credentials',
      'refresh_token',
      'authorization_code',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ]) {
      const body = new URLSearchParams({ grant_type: grant, client_id: 'x', scope: `${'x'.repeat(5_000)}/.default` });
      const status = await send('POST', path, String(body), undefined, false);
      assert.ok(status >= 400 && status < 500, `${grant}: ${status}`);
    }
    assert.equal(errors(), 0);
  });

  test('a client that goes away in the middle of its body leaves no error in the log', async () => {
    for (const path of [...pages, ...endpoints]) {
      const host = new URL(server.origin).host;
      const socket = connect({
        host: '127.0.0.1',
        port: server.port,
        servername: 'localhost',
        rejectUnauthorized: false,
      });
      socket.on('error', () => undefined);
      await once(socket, 'secureConnect');
      const head = Object.entries({ ...form, host, 'content-length': '100' }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      socket.end(`POST ${path} HTTP/1.1\r\n${head.join('')}\r\nusername=a`);
      socket.resume();
      await once(socket, 'close');
    }
    assert.ok((await send('POST', '/login/x/username', 'username=ana')) < 500);
    assert.equal(errors(), 0, server.output);
  });
});
