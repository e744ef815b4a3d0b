import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { Browser } from '#cli/client/browser.ts';
import { freePort } from '../../free-port.ts';
import { testCa } from '../../pki/test-ca.ts';
import { Attempt, numberOn } from '../attempt.ts';
import { RunningServer, runCardea } from '../server.ts';

describe('what must not work does not, and says so', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start();
  });
  after(() => server.remove());
  const ana = () => new Attempt(server, server.card('ana'));

  test('a handoff works once (W-7)', async () => {
    const attempt = ana();
    const handoff = await attempt.toHandoff('ana@woodgrove.test');
    assert.equal((await attempt.browser.get(handoff)).status, 303);
    const again = await attempt.browser.get(handoff);
    assert.ok(again.status >= 400);
    assert.match(numberOn(again) ?? '', /^AADSTS(50089|90100)$/);
  });

  test('a handoff is worth nothing in a browser that did not begin the sign-in (handoff theft)', async () => {
    const handoff = await ana().toHandoff('ana@woodgrove.test');
    const thief = await new Browser(undefined, server.trust).get(handoff);
    assert.deepEqual([thief.status, numberOn(thief)], [400, 'AADSTS90100']);
  });

  test('a handoff of one interaction is refused in another, and is spent by the attempt (interaction swapping)', async () => {
    const [item, secondClient] = [ana(), ana()];
    const [mine, theirs] = [
      await item.toHandoff('ana@woodgrove.test'),
      await secondClient.toHandoff('ana@woodgrove.test'),
    ];
    const swapped = new URL(theirs.pathname, theirs);
    swapped.search = mine.search;
    const refusal = await secondClient.browser.get(swapped);
    assert.deepEqual([refusal.status, numberOn(refusal)], [400, 'AADSTS50089']);
    assert.equal(numberOn(await item.browser.get(mine)), 'AADSTS50089');
  });

  test('a flow token that was tampered with is AADSTS90100 (W-6)', async () => {
    const attempt = ana();
    const certauth = await attempt.toCertauth('ana@woodgrove.test');
    certauth.pathname = `${certauth.pathname.slice(0, -1)}${certauth.pathname.endsWith('A') ? 'B' : 'A'}`;
    const page = await attempt.browser.get(certauth);
    assert.deepEqual([page.status, numberOn(page)], [400, 'AADSTS90100']);
  });

  test('an unknown tenant in the certauth address is AADSTS90002', async () => {
    const attempt = ana();
    const certauth = await attempt.toCertauth('ana@woodgrove.test');
    certauth.pathname = certauth.pathname.replace(/^\/[^/]+/, '/00000000-0000-4000-8000-000000000000');
    assert.equal(numberOn(await attempt.browser.get(certauth)), 'AADSTS90002');
  });

  test('a form posted from another site is refused (login CSRF)', async () => {
    const page = await ana().browser.post(new URL('/organizations/login', server.origin), {
      username: 'ana@woodgrove.test',
    });
    assert.equal(page.status, 303, 'our own form has no Sec-Fetch-Site here and passes');
    const foreign = await post(server, '/organizations/login', { 'sec-fetch-site': 'cross-site' });
    assert.match(foreign, /^HTTP\/1\.1 403/);
  });

  test('a certificate whose inside is garbage ends in its own code', async () => {
    const root = testCa('Garbage Root');
    const card = root.issueUserCertificate({
      upn: 'ana@woodgrove.test',
      keyUsage: null,
      extensions: [{ oid: '2.5.29.15', critical: true, value: Uint8Array.of(1, 2, 3) }],
    });
    const correlationId = crypto.randomUUID();
    const end = await server.signIn(
      'ana@woodgrove.test',
      { cert: card.pem, key: card.privateKeyPem },
      { correlationId },
    );
    assert.equal(end.kind === 'refused' && end.code, 'AADSTS50017');
    assert.equal((await server.entries(correlationId)).at(-1)?.because.code, 'certificateUnreadable');
  });

  const uploads = [
    { name: 'a card', pem: () => testCa('X').issueUserCertificate({ upn: 'a@woodgrove.test' }).pem, says: /not a CA/ },
    {
      name: 'an altered root',
      pem: () => testCa('Altered', { brokenSignature: true }).pem,
      says: /its signature was not made with its own key/,
    },
    { name: 'no certificate', pem: () => 'hello', says: /is text, not a certificate/ },
  ];
  for (const { name, pem, says } of uploads) {
    test(`${name} is not taken into the trust store`, async () => {
      writeFileSync(`${server.folder}/upload.pem`, pem());
      const { code, err } = await server.cardea('ca', 'add', `${server.folder}/upload.pem`);
      assert.equal(code, 1);
      assert.match(err, says);
    });
  }

  test('an unknown path is 404 and reveals nothing of the implementation', async () => {
    const page = await new Browser(undefined, server.trust, '*/*').get(new URL('/../../etc/passwd', server.origin));
    assert.deepEqual([page.status, page.body], [404, 'There is nothing at this address.\n']);
  });
});

describe('a start that cannot be says why', () => {
  const rows = [
    {
      name: 'a data folder that cannot be',
      words: ['--data', '/dev/null/cardea'],
      says: /data folder \(dataFolder\) cannot be used: \/dev\/null is not a folder/,
    },
    { name: 'a malformed port', words: ['--port', 'many'], says: /setting port is not valid/ },
    {
      name: 'an origin that is not an https address',
      words: ['--login-origin', 'http://login.test'],
      says: /setting loginOrigin is not valid/,
    },
    {
      name: 'a login and certauth host that are one',
      words: ['--certauth-origin', 'https://localhost:8443'],
      says: /must differ from loginOrigin/,
    },
    { name: 'an unknown option', words: ['--prot', '1'], says: /Unknown option '--prot'/ },
    {
      name: 'a database that is not there',
      words: ['--database', 'postgres://u:secret@127.0.0.1:1/x'],
      says: /PostgreSQL server at 127\.0\.0\.1:1 cannot be used/,
    },
  ];
  for (const { name, words, says } of rows) {
    test(name, async () => {
      const { code, err } = await runCardea([
        'serve',
        ...(words.includes('--data') ? [] : ['--data', join(tmpdir(), 'cardea-never')]),
        ...words,
      ]);
      assert.ok(code === 1 || code === 2, `exit code ${code}`);
      assert.match(err, says);
      assert.doesNotMatch(err, /secret|at .*\.[jt]s:\d+/);
    });
  }

  test('a port in use', async () => {
    const server = await RunningServer.start();
    const folder = `${server.folder}/second`;
    const { code, err } = await runCardea([
      'serve',
      '--data',
      folder,
      '--port',
      `${server.port}`,
      '--demo-crl-port',
      `${await freePort()}`,
    ]);
    await server.remove();
    assert.equal(code, 1);
    assert.match(err, /cannot listen on the port \d+ \(listen, port\): another process/);
  });
});

/** Bytes over TLS to the login host, and what comes back. */
function raw(server: RunningServer, request: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: server.port, servername: 'localhost', ca: server.trust });
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    socket.on('error', () => resolve(heard));
    socket.on('close', () => resolve(heard));
    socket.write(request);
  });
}

function post(server: RunningServer, path: string, headers: Record<string, string>): Promise<string> {
  const body = 'username=ana%40woodgrove.test';
  const lines = Object.entries({
    host: `localhost:${server.port}`,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': `${body.length}`,
    connection: 'close',
    ...headers,
  });
  return raw(
    server,
    `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  );
}
