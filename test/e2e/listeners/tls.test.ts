import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Socket, connect as tcpConnect } from 'node:net';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { presentedBy } from '#http/certauth/presented.ts';
import { createFront, type Front } from '#http/front/front.ts';
import type { FrontOptions } from '#http/front/front-options.ts';
import { Authority } from '#pki/build/authority.ts';
import type { Issued } from '#pki/build/issued.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { freePort } from '../../free-port.ts';
import { needs } from '../../pki/openssl.ts';

/** The TLS front over real sockets, without pages: its listeners answer what they saw of the connection. */
const hosts = ['login.test', 'certauth.login.test', '*.certauth.login.test', '127.0.0.1'];
const [a, b] = ['a.certauth.login.test', 'b.certauth.login.test'];
const at = new Date();
const validity = { notBefore: new Date(at.getTime() - 86_400_000), notAfter: new Date(at.getTime() + 86_400_000) };
const root = Authority.root('CN=Root of the cards', validity);
const middle = root.issueCa('CN=Middle of the cards');
const card = middle.issueUserCertificate({ subject: 'CN=Ana' });
const otherItem = root.issueUserCertificate({ subject: 'CN=Ben' });

const filesOf = () => {
  const { server } = makeTlsCertificate({ hosts, at });
  return { cert: server.pem, key: server.privateKeyPem };
};
const answers = (server: string) => (req: IncomingMessage, res: ServerResponse) => {
  const presentation = presentedBy(req);
  res.end(
    JSON.stringify({
      server,
      leaf: presentation && Buffer.from(presentation.leaf).toString('base64'),
      chain: presentation?.chain.map((item) => Buffer.from(item).toString('base64')) ?? [],
    }),
  );
};

interface OpenFront {
  readonly front: Front;
  readonly port: number;
  readonly certauthPort: number;
  readonly problems: string[];
}
async function openFront(more: Partial<FrontOptions> = {}): Promise<OpenFront> {
  const problems: string[] = [];
  const front = createFront({
    listen: '127.0.0.1',
    port: 0,
    certauthPort: 0,
    loginHost: 'login.test',
    certauthHost: 'certauth.login.test',
    registrationHost: 'devices.login.test',
    certificate: filesOf(),
    hintsFor: async () => undefined,
    onLogin: answers('login'),
    onCertauth: answers('certauth'),
    onRegistration: answers('registration'),
    onTlsError: (problem) => problems.push(problem.message),
    ...more,
  });
  return { front, ...(await front.listen()), problems };
}

interface Answer {
  readonly server: string;
  readonly leaf?: string;
  readonly chain: readonly string[];
}
interface SignInRequest {
  readonly text: string;
  readonly answer: Answer;
  readonly reused: boolean;
  readonly sessions: readonly Buffer[];
  readonly fingerprint: string;
}
const get = 'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';

/** One connection, one request, until the server closes. */
async function requestOnce(port: number, options: ConnectionOptions = {}, request = get): Promise<SignInRequest> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  const sessions: Buffer[] = [];
  socket.on('session', (session) => sessions.push(session));
  await once(socket, 'secureConnect');
  const { reused, fingerprint } = {
    reused: socket.isSessionReused(),
    fingerprint: socket.getPeerX509Certificate()?.fingerprint256 ?? '',
  };
  const text = await spoken(socket, request);
  const body = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  const session = socket.getSession();
  if (session) sessions.push(session);
  return { text, answer: JSON.parse(body || '{}') as Answer, reused, sessions, fingerprint };
}

async function spoken(socket: TLSSocket, request: string): Promise<string> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part)).on('error', () => undefined);
  socket.write(request);
  if (!socket.closed) await closing(socket);
  return Buffer.concat(parts).toString('latin1');
}
/** However it came about: a reset is an end too. */
const closing = (socket: Socket) =>
  new Promise<void>((resolve) => socket.on('error', () => undefined).on('close', () => resolve()));
const shows = ({ pem, privateKeyPem, chain }: Issued): ConnectionOptions => ({
  cert: [pem, ...chain.map((item) => item.pem)].join('\n'),
  key: privateKeyPem,
});
const base64 = ({ der }: Issued) => Buffer.from(der).toString('base64');

let open: OpenFront;
before(async () => {
  open = await openFront({
    patience: {
      helloMilliseconds: 400,
      handshakeMilliseconds: 400,
      choosingMilliseconds: 400,
      headersMilliseconds: 600,
    },
  });
});
after(() => open.front.close());

describe('the server name decides who answers', () => {
  const cases = [
    { name: 'login.test', server: 'login' },
    { name: 'LOGIN.test', server: 'login' },
    { name: 'certauth.login.test', server: 'certauth' },
    { name: 'CertAuth.Login.TEST', server: 'certauth' },
    { name: a, server: 'certauth' },
    { name: 'certauth.login.test.', server: 'certauth' },
    { name: 'A.certauth.login.test.', server: 'certauth' },
    { name: 'unknown.test', server: 'login' },
    { name: 'notcertauth.login.test', server: 'login' },
    { name: undefined, server: 'login' },
  ];
  for (const { name, server } of cases) {
    test(`${name ?? 'no name, as for an address,'} is answered by ${server}`, async () => {
      const { answer } = await requestOnce(open.port, name === undefined ? {} : { servername: name });
      assert.equal(answer.server, server);
    });
  }
});

describe('what a client shows', () => {
  test('login never sees a certificate, even from a client that has one', async () => {
    const { answer } = await requestOnce(open.port, { servername: 'login.test', ...shows(card) });
    assert.deepEqual(answer, { server: 'login', chain: [] });
  });
  test('certauth takes a client without a certificate', async () => {
    assert.deepEqual((await requestOnce(open.port, { servername: a })).answer, { server: 'certauth', chain: [] });
  });
  test('certauth takes any certificate with the chain that the client sent', async () => {
    const { answer } = await requestOnce(open.port, { servername: a, ...shows(card) });
    assert.equal(answer.leaf, base64(card));
    assert.equal(answer.chain[0], base64(middle));
  });
  test('certauth closes after each answer although the client would stay', async () => {
    const { text } = await requestOnce(open.port, { servername: a }, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    assert.match(text, /^HTTP\/1\.1 200 .*\r\nconnection: close\r\n/is);
  });
});

describe('a connection on which no whole request comes in time', () => {
  for (const [label, words] of [
    ['nothing', ''],
    ['half a request', 'GET / HTTP/1.1\r\nhost: login.test\r\n'],
  ] as const)
    test(`${label}: answered 408, on which a browser that connected ahead asks again`, async () => {
      const { text } = await requestOnce(open.port, { servername: 'login.test' }, words);
      assert.match(text, /^HTTP\/1\.1 408 .*\r\nconnection: close\r\n/is);
    });
});

describe('no connection is resumed', () => {
  const forms: readonly { readonly form: string; readonly options: ConnectionOptions }[] = [
    { form: 'TLS 1.2 session ids and tickets', options: { maxVersion: 'TLSv1.2' } },
    { form: 'TLS 1.3 pre-shared keys', options: { minVersion: 'TLSv1.3' } },
  ];
  for (const { form, options } of forms) {
    for (const next of [a, b, 'login.test']) {
      test(`${form} of ${a} are worth nothing at ${next}`, async () => {
        const first = await requestOnce(open.port, { servername: a, ...shows(card), ...options });
        assert.ok(first.sessions.length > 0);
        for (const session of first.sessions) {
          const second = await requestOnce(open.port, { servername: next, session, ...shows(otherItem), ...options });
          assert.equal(second.reused, false);
          assert.equal(second.answer.leaf, next === 'login.test' ? undefined : base64(otherItem));
        }
      });
    }
  }
});

/** The bytes of a ClientHello as this computer's TLS sends it. */
async function helloBytes(servername: string): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ host: '127.0.0.1', port: (server.address() as { port: number }).port, servername });
  client.on('error', () => undefined);
  const [socket] = await once(server, 'connection');
  const [hello] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  client.destroy();
  server.close();
  return hello;
}

/** The same handshake message in records of `size` bytes (RFC 8446 §5.1). */
function inRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let from = 0; from < message.length; from += size) {
    const part = message.subarray(from, from + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

/** Writes the parts one by one; the first bytes that come back, or none when the server closed. */
async function raw(port: number, parts: readonly Buffer[]): Promise<Buffer> {
  const socket = tcpConnect({ port, host: '127.0.0.1', noDelay: true });
  const buffers: Buffer[] = [];
  socket.on('error', () => undefined);
  const outcome = new Promise<void>((resolve) => {
    socket.on('data', (data) => {
      buffers.push(data);
      resolve();
    });
    socket.on('close', () => resolve());
  });
  for (const part of parts) {
    socket.write(part);
    await new Promise(setImmediate);
  }
  await outcome;
  socket.destroy();
  return Buffer.concat(buffers);
}
const serverHello = 2;
const unverified12: ConnectionOptions = { rejectUnauthorized: false, maxVersion: 'TLSv1.2' };

/** A port that hands everything on to the front, after `change` has seen what the client says. */
async function proxyThat(t: TestContext, change: (data: Buffer) => Buffer): Promise<number> {
  const server = createServer((client) => {
    const upstream = tcpConnect({ port: open.port, host: '127.0.0.1' });
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
    client.on('data', (data) => upstream.write(change(data))).on('close', () => upstream.destroy());
    upstream.pipe(client);
    upstream.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as { port: number }).port;
}

describe('a malformed client ends cleanly', () => {
  test('a ClientHello over several records is understood', async () => {
    const answer = await raw(open.port, [inRecords(await helloBytes(a), 50)]);
    assert.deepEqual([answer[0], answer[5]], [22, serverHello]);
  });
  test('a ClientHello that comes byte by byte is understood', async (t) => {
    const patient = await openFront();
    t.after(() => patient.front.close());
    const hello = await helloBytes('login.test');
    const answer = await raw(
      patient.port,
      [...hello].map((byte) => Buffer.from([byte])),
    );
    assert.deepEqual([answer[0], answer[5]], [22, serverHello]);
  });
  const junk: readonly { readonly what: string; readonly bytes: (hello: Buffer) => Buffer; readonly says: RegExp }[] = [
    { what: 'junk', bytes: () => Buffer.alloc(64, 0xa5), says: /not a ClientHello/ },
    { what: 'plain HTTP', bytes: () => Buffer.from(get), says: /not a ClientHello/ },
    {
      what: 'a hello that claims 16 MB',
      bytes: () => Buffer.from('16030100040100ffffff'.replace('00ffffff', 'ffffff'), 'hex'),
      says: /not a ClientHello/,
    },
    { what: 'half a ClientHello, then silence', bytes: (hello) => hello.subarray(0, 80), says: /in time/ },
    { what: 'nothing at all', bytes: () => Buffer.alloc(0), says: /in time/ },
  ];
  for (const { what: label, bytes, says } of junk) {
    test(`${label} is refused and the server lives on`, async () => {
      open.problems.length = 0;
      assert.equal((await raw(open.port, [bytes(await helloBytes(a))])).length, 0);
      assert.match(open.problems.join(), says);
      assert.equal((await requestOnce(open.port, { servername: a })).answer.server, 'certauth');
    });
  }
  test('a handshake that is never finished ends', async () => {
    const socket = tcpConnect({ port: open.port, host: '127.0.0.1' }).resume();
    socket.write(await helloBytes(a));
    await closing(socket);
    assert.equal((await requestOnce(open.port, { servername: a })).answer.server, 'certauth');
  });
  test('a client that finishes its handshake and then says nothing is let go', async () => {
    const socket = connect({ host: '127.0.0.1', port: open.port, servername: a, rejectUnauthorized: false }).resume();
    await closing(socket);
    assert.equal((await requestOnce(open.port, { servername: a })).answer.server, 'certauth');
  });
  test('a request that stays half is let go', async () => {
    const { text } = await requestOnce(open.port, { servername: a }, 'GET / HTTP/1.1\r\nhost: x\r\n');
    assert.doesNotMatch(text, /^HTTP\/1\.1 200/);
  });
  test('certificate bytes that are no certificate end the handshake and the server lives on', async (t) => {
    // TLS 1.2 sends certificates in the clear, so an attacker in between can spoil them.
    const port = await proxyThat(t, (data) => {
      const from = data.indexOf(card.der);
      return from < 0 ? data : Buffer.from(data).fill(0xff, from, from + card.der.length);
    });
    open.problems.length = 0;
    const socket = connect({ host: '127.0.0.1', port, servername: a, ...unverified12, ...shows(card) }).resume();
    await closing(socket);
    assert.match(open.problems.join(), /asn1|certificate|decode/i);
    assert.equal((await requestOnce(open.port, { servername: a, ...shows(card) })).answer.leaf, base64(card));
  });
  for (const servername of ['login.test', a]) {
    test(`a header of one mebibyte at ${servername} is answered with 431 and a short body`, async () => {
      const request = `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(1024 * 1024)}\r\n\r\n`;
      const { text } = await requestOnce(open.port, { servername }, request);
      assert.match(text, /^HTTP\/1\.1 431 /);
      assert.ok(text.length < 300);
    });
  }
  test('a certificate whose signature is wrong reaches the evaluation: the handshake only collects', async () => {
    const broken = root.issueUserCertificate({ brokenSignature: true });
    const { answer } = await requestOnce(open.port, { servername: a, ...shows(broken) });
    assert.equal(answer.leaf, base64(broken));
  });
});

/** What `openssl s_client` prints about a host. */
async function sClient(port: number, name: string, ...more: string[]): Promise<string> {
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', name, ...more]);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.on('data', (part: Buffer) => parts.push(part));
  child.stdin.on('error', () => undefined).end('GET / HTTP/1.0\r\n\r\n');
  await once(child, 'close');
  return Buffer.concat(parts).toString();
}

describe('what the front can change while it runs', () => {
  test(
    'issuer hints stand in the CertificateRequest of their host and are swapped live (HINT-2)',
    needs('openssl'),
    async (t) => {
      const hints = new Map<string, string[]>([[a, [root.pem, middle.pem]]]);
      const front = await openFront({ hintsFor: async (host) => hints.get(host) });
      t.after(() => front.front.close());
      const first = await sClient(front.port, a, '-tls1_3');
      assert.match(first, /Acceptable client certificate CA names\n.*Root of the cards\n.*Middle of the cards/);
      assert.match(await sClient(front.port, b), /No client certificate CA names sent/);
      hints.set(a, [otherItem.chain[0]!.pem]);
      const second = await sClient(front.port, a, '-tls1_2');
      assert.match(second, /Root of the cards/);
      assert.doesNotMatch(second, /Middle of the cards/);
    },
  );
  test('a client cannot renegotiate for another certificate', async () => {
    const socket = connect({
      host: '127.0.0.1',
      port: open.port,
      servername: a,
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.2',
    });
    await once(socket, 'secureConnect');
    assert.equal(socket.getProtocol(), 'TLSv1.2');
    socket.on('error', () => undefined);
    const problem = new Promise<Error | null>((resolve) => {
      socket.on('close', () => resolve(new Error('closed')));
      socket.renegotiate({ rejectUnauthorized: false }, resolve);
    });
    assert.ok((await problem) instanceof Error);
    socket.destroy();
  });
  for (const servername of ['login.test', a, undefined]) {
    test(`a new server certificate is shown to the next client of ${servername ?? 'an address'}`, async (t) => {
      const front = await openFront();
      t.after(() => front.front.close());
      const name = servername ? { servername } : {};
      const { fingerprint } = await requestOnce(front.port, name);
      front.front.setCertificate(filesOf());
      assert.notEqual((await requestOnce(front.port, name)).fingerprint, fingerprint);
    });
  }
  test('a server certificate that cannot be read changes nothing', async (t) => {
    const front = await openFront();
    t.after(() => front.front.close());
    const { fingerprint } = await requestOnce(front.port, { servername: a });
    assert.throws(() => front.front.setCertificate({ cert: 'no', key: 'no' }));
    assert.equal((await requestOnce(front.port, { servername: a })).fingerprint, fingerprint);
  });
});

describe('ports', () => {
  test('with two ports each has its server, and the certauth port knows no other host', async (t) => {
    const front = await openFront({ certauthPort: await freePort() });
    t.after(() => front.front.close());
    assert.notEqual(front.port, front.certauthPort);
    assert.equal((await requestOnce(front.port, { servername: 'login.test' })).answer.server, 'login');
    assert.equal((await requestOnce(front.port, { servername: a })).answer.server, 'login');
    assert.equal((await requestOnce(front.certauthPort, { servername: a, ...shows(card) })).answer.leaf, base64(card));
    assert.equal((await raw(front.certauthPort, [await helloBytes('login.test')])).length, 0);
    assert.match(front.problems.join(), /no host login\.test here/);
  });
  test('a port that is taken is said so', async () => {
    await assert.rejects(openFront({ port: open.port, certauthPort: open.port }), {
      because: {
        code: 'portUnavailable',
        evidence: { setting: 'listen, port', port: open.port, problem: 'EADDRINUSE' },
      },
    });
  });
  test('when the second port is taken the first is given back', async (t) => {
    const port = await freePort();
    await assert.rejects(openFront({ port, certauthPort: open.port }), {
      because: {
        code: 'portUnavailable',
        evidence: { setting: 'certauthOrigin', port: open.port, problem: 'EADDRINUSE' },
      },
    });
    const front = await openFront({ port, certauthPort: port });
    t.after(() => front.front.close());
    assert.equal(front.port, port);
  });
  test('connections above the cap are closed at once, and others are accepted afterwards', async (t) => {
    const reports: string[] = [];
    const front = await openFront({
      mostConnections: 2,
      onSocketProblem: ({ message }) => void reports.push(message),
    });
    t.after(() => front.front.close());
    const holding = [1, 2].map(() => tcpConnect({ port: front.port, host: '127.0.0.1' }));
    await Promise.all(holding.map((socket) => once(socket, 'connect')));
    assert.equal((await raw(front.port, [])).length, 0);
    assert.deepEqual([front.problems, reports], [['too many connections'], ['too many connections']]);
    for (const socket of holding) {
      socket.end();
      await once(socket.resume(), 'close');
    }
    assert.equal((await requestOnce(front.port, { servername: a })).answer.server, 'certauth');
  });
});

test('CBC and SHA-1 suites are refused on both hosts, and a request that is not HTTP is answered with HSTS, too', async (t) => {
  const front = await openFront();
  t.after(() => front.front.close());
  const base = { port: front.port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' } as const;
  for (const servername of ['login.test', 'certauth.login.test']) {
    for (const ciphers of [
      'ECDHE-ECDSA-AES128-SHA',
      'ECDHE-ECDSA-AES256-SHA384',
      'ECDHE-RSA-AES128-SHA256',
      'AES128-SHA',
    ]) {
      const socket = connect({ ...base, servername, ciphers: `${ciphers}:@SECLEVEL=0` });
      const [problem] = await once(socket, 'error').catch((thrown) => [thrown]);
      assert.match(String(problem), /handshake failure/i, `${servername} ${ciphers}`);
    }
    const socket = connect({ ...base, servername });
    await once(socket, 'secureConnect');
    assert.match(socket.getCipher().name, /GCM|CHACHA20/);
    socket.write('no HTTP\r\n\r\n');
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 400[\s\S]*strict-transport-security: max-age=31536000/);
    socket.destroy();
  }
});

describe('every answer has HSTS, also one that no page makes (RFC 6797)', () => {
  let front: OpenFront;
  before(async () => {
    front = await openFront();
  });
  after(() => front.front.close());
  const strange: Readonly<Record<string, readonly [status: number, ...lines: string[]]>> = {
    'no HTTP': [400, 'no HTTP'],
    'without a host': [400, 'GET / HTTP/1.1'],
    'with two hosts': [400, 'GET / HTTP/1.1', 'host: x', 'Host: x'],
    'with two hosts of HTTP/1.0': [400, 'GET / HTTP/1.0', 'host: x', 'host: y'],
    'with an expectation that is not met': [417, 'GET / HTTP/1.1', 'host: x', 'expect: wonders'],
    'with a header that is too large': [431, 'GET / HTTP/1.1', 'host: x', `x: ${'a'.repeat(20_000)}`],
    'with two lengths': [400, 'POST / HTTP/1.1', 'host: x', 'content-length: 1', 'content-length: 2'],
    'with a length and in chunks': [
      400,
      'POST / HTTP/1.1',
      'host: x',
      'content-length: 1',
      'transfer-encoding: chunked',
    ],
    'of another protocol': [400, 'PRI * HTTP/2.0', '', 'SM', ''],
    'without a host of HTTP/1.0': [200, 'GET / HTTP/1.0'],
    'that wants another protocol': [200, 'GET / HTTP/1.1', 'host: x', 'connection: upgrade', 'upgrade: websocket'],
    'of no address': [200, 'OPTIONS * HTTP/1.1', 'host: x'],
  };
  for (const [name, [status, ...lines]] of Object.entries(strange))
    test(`a request ${name}: ${status}`, async () => {
      for (const servername of ['login.test', 'certauth.login.test', 'devices.login.test']) {
        const socket = connect({ port: front.port, host: '127.0.0.1', rejectUnauthorized: false, servername });
        socket.on('error', () => undefined);
        await once(socket, 'secureConnect');
        socket.write(`${lines.join('\r\n')}\r\n\r\n`);
        const [answer] = await once(socket, 'data');
        const pattern = new RegExp(
          `^HTTP/1\\.1 ${status} [\\s\\S]*strict-transport-security: max-age=31536000\r\n`,
          'i',
        );
        assert.match(String(answer), pattern, servername);
        socket.destroy();
      }
    });
});
