import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket, connect as tcpConnect } from 'node:net';
import { after, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { createFront, type Front } from '#http/front/front.ts';
import type { Patience } from '#http/front/front-options.ts';
import { SourceLimiter, usualLimits } from '#net/limits/source-limiter.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { until } from '../../until.ts';

/** How the server ends connections, by the TLS records that a client gets. */
const { server: issued } = makeTlsCertificate({ hosts: ['login.test'], at: new Date() });
const certificate = { cert: issued.pem, key: issued.privateKeyPem };

/** RFC 5246 §6.2.1: in TLS 1.2 the type of a record can be read although its content is encrypted. */
const alertRecord = 21;

interface Connection {
  readonly client: TLSSocket;
  /** What the client has read, in clear. */
  text(): string;
  /** Types of the records that the server has sent. */
  records(): readonly number[];
  /** How the server ended the connection; undefined while it has not. */
  end(): 'FIN' | 'reset' | undefined;
}
interface Open extends AsyncDisposable {
  readonly front: Front;
  readonly paths: readonly string[];
  connect(): Promise<Connection>;
}

const closings: (() => Promise<unknown>)[] = [];
after(() => Promise.all(closings.map((close) => close())));

async function open(patience: Partial<Patience> = {}, limiter = new SourceLimiter()): Promise<Open> {
  const paths: string[] = [];
  const listener = (req: IncomingMessage, res: ServerResponse) => {
    paths.push(req.url!);
    if (req.url === '/held') void setTimeout(300).then(() => res.end('held'));
    else if (req.url === '/last') res.socket!.end();
    else res.end('answered');
  };
  const front = createFront({
    listen: '127.0.0.1',
    port: 0,
    certauthPort: 0,
    loginHost: 'login.test',
    certauthHost: 'certauth.login.test',
    registrationHost: 'devices.login.test',
    certificate,
    hintsFor: async () => undefined,
    onLogin: listener,
    onCertauth: listener,
    onRegistration: listener,
    onTlsError: () => undefined,
    patience,
    limiter,
  });
  const { port } = await front.listen();
  const close = () => front.close(0);
  closings.push(close);
  return { front, paths, connect: () => connectThroughRelay(port), [Symbol.asyncDispose]: close };
}

/** A TLS client behind a relay that keeps its own direction open when the server ends the other one. */
async function connectThroughRelay(port: number): Promise<Connection> {
  const octets: Buffer[] = [];
  let end: 'FIN' | 'reset' | undefined;
  const relay = createServer({ allowHalfOpen: true }, (socket) => {
    const toServer: Socket = tcpConnect({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.on('data', (part) => toServer.write(part)).on('error', () => undefined);
    toServer.on('data', (part: Buffer) => {
      octets.push(part);
      socket.write(part);
    });
    toServer.once('end', () => (end ??= 'FIN')).on('error', () => (end ??= 'reset'));
    socket.once('close', () => toServer.destroy());
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const client = connect({
    host: '127.0.0.1',
    port: (relay.address() as AddressInfo).port,
    servername: 'login.test',
    rejectUnauthorized: false,
    maxVersion: 'TLSv1.2',
  });
  closings.push(async () => {
    client.destroy();
    relay.close();
  });
  let text = '';
  client.on('data', (part) => (text += part)).on('error', () => undefined);
  await once(client, 'secureConnect');
  return {
    client,
    text: () => text,
    records: () => typesOf(Buffer.concat(octets)),
    end: () => end,
  };
}

function typesOf(octets: Buffer): readonly number[] {
  const types: number[] = [];
  for (let at = 0; at + 5 <= octets.length; at += 5 + octets.readUInt16BE(at + 3)) types.push(octets[at]!);
  return types;
}

/** Whether the server has said that nothing follows (close_notify), and ended the connection. */
async function assertCleanEnd({ records, end }: Connection): Promise<void> {
  await until('the end of the connection', () => end() !== undefined);
  assert.deepEqual([records().at(-1), end()], [alertRecord, 'FIN'], `records ${records().join(' ')}`);
}

const request = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nhost: login.test\r\n${more}\r\n`;
const awaitAnswer = (connection: Connection) => until('the answer', () => /answered/.test(connection.text()));

describe('the server says that nothing follows before it ends a connection', () => {
  test('that was kept for another request in vain', async () => {
    await using server = await open({ longestKeepAliveMilliseconds: 200 });
    const connection = await server.connect();
    connection.client.write(request('/'));
    await awaitAnswer(connection);
    await assertCleanEnd(connection);
  });

  for (const [name, lines, status, patience] of [
    ['after an answer that is the last one', request('/', 'connection: close\r\n'), 200, {}],
    ['after a line that is not a request', 'no request\r\n\r\n', 400, {}],
    ['after headers that are too large', request('/', `a: ${'a'.repeat(17_000)}\r\n`), 431, {}],
    ['after a request of two hosts', request('/', 'host: other.test\r\n'), 400, {}],
    ['after headers that did not come in time', 'GET / HTTP/1.1\r\n', 408, { headersMilliseconds: 200 }],
  ] as const)
    test(name, async () => {
      await using server = await open(patience);
      const connection = await server.connect();
      connection.client.write(lines);
      await assertCleanEnd(connection);
      assert.match(connection.text(), new RegExp(`^HTTP/1.1 ${status} `));
    });

  test('as it stops, that was kept, that waits for its answer, and on which nothing came', async () => {
    await using server = await open();
    const [idle, waiting, unused] = [await server.connect(), await server.connect(), await server.connect()];
    idle.client.write(request('/'));
    await awaitAnswer(idle);
    waiting.client.write(request('/held'));
    await until('the request', () => server.paths.includes('/held'));
    await server.front.close();
    for (const connection of [idle, waiting, unused]) await assertCleanEnd(connection);
    assert.match(waiting.text(), /held/);
  });
});

test('a request that comes when the server has ended its side is not served: the client may send it again elsewhere', async () => {
  await using server = await open();
  const connection = await server.connect();
  connection.client.write(request('/last') + request('/lost'));
  await until('the end of the connection', () => connection.end() !== undefined);
  assert.deepEqual(server.paths, ['/last']);
});

describe('a connection is kept', () => {
  const answer = async (server: Open) => {
    const connection = await server.connect();
    connection.client.write(request('/'));
    await awaitAnswer(connection);
    assert.match(connection.text(), /^keep-alive: timeout=1\r$/im);
    return connection;
  };

  test('longer than answers say, as long as there are few', async () => {
    await using server = await open({ keepAliveMilliseconds: 1_000, longestKeepAliveMilliseconds: 3_000 });
    const connection = await answer(server);
    const since = performance.now();
    await assertCleanEnd(connection);
    assert.ok(performance.now() - since > 2_500, 'Node itself adds one second to what it says');
  });

  test('as long as answers say, where a source has many', async () => {
    const limiter = new SourceLimiter({ ...usualLimits, connections: 8 });
    await using server = await open({ keepAliveMilliseconds: 1_000, longestKeepAliveMilliseconds: 60_000 }, limiter);
    const first = await answer(server);
    const second = await answer(server);
    await assertCleanEnd(second);
    assert.equal(first.end(), undefined);
  });
});
