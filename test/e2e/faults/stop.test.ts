import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { until } from '../../until.ts';
import { RunningServer } from '../server.ts';

const form = `grant_type=refresh_token&refresh_token=unknown&client_id=${commandLineApplication.appId}`;

/** A request whose client is slow: head and half of the body. */
interface SlowRequest {
  readonly socket: TLSSocket;
  /** Sends the rest. */
  finish(): void;
  /** Everything that was answered until the connection ended. */
  readonly text: Promise<string>;
}

describe('stopping a server', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start({}, { separateProcess: true });
  });
  beforeEach(async () => {
    await server.stop();
    await server.run();
  });
  after(() => server.remove());

  async function open(): Promise<TLSSocket> {
    const socket = connect({ host: '127.0.0.1', port: server.port, servername: 'localhost', ca: server.trust });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    return socket;
  }
  async function slowRequest(): Promise<SlowRequest> {
    const socket = await open();
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part));
    const text = new Promise<string>((done) => socket.on('close', () => done(Buffer.concat(parts).toString())));
    const head = [
      'POST /woodgrove.test/oauth2/v2.0/token HTTP/1.1',
      `host: localhost:${server.port}`,
      'content-type: application/x-www-form-urlencoded',
      `content-length: ${form.length}`,
      'expect: 100-continue',
    ].join('\r\n');
    socket.write(`${head}\r\n\r\n${form.slice(0, 20)}`);
    await until('the server to begin with the request', () => Buffer.concat(parts).includes('100 Continue'));
    parts.length = 0;
    return { socket, text, finish: () => void socket.write(form.slice(20)) };
  }
  async function refusesConnections(): Promise<boolean> {
    const socket = connectSocket(server.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return false;
    } catch (problem) {
      return (problem as NodeJS.ErrnoException).code === 'ECONNREFUSED';
    } finally {
      socket.destroy();
    }
  }
  const closing = (socket: Socket) => new Promise<void>((done) => socket.on('close', () => done()));
  const since = (begin: number) => Math.round(performance.now() - begin);

  test('SIGTERM: a request under way is finished, a new connection is refused, an idle one is closed; exit code 0', async () => {
    const slow = await slowRequest();
    const idle = await open();
    idle.write(`GET /robots.txt HTTP/1.1\r\nhost: localhost:${server.port}\r\n\r\n`);
    await once(idle, 'data');
    const idleEnd = closing(idle);
    const control = connectSocket(join(server.folder, 'cardea.sock'));
    control.on('error', () => undefined);
    await once(control, 'connect');
    server.signal('SIGTERM');
    await Promise.all([idleEnd, closing(control)]);
    assert.ok(await refusesConnections());
    await wait(1_000);
    const begin = performance.now();
    slow.finish();
    const text = await slow.text;
    assert.match(text, /^HTTP\/1\.1 400 /);
    assert.match(text, /^connection: close\r$/im);
    assert.match(text, /invalid_grant/);
    assert.equal(await server.ended, 0);
    assert.ok(since(begin) < 9_000, `${since(begin)} ms after the last answer: it waited for more`);
  });

  test('SIGTERM: a request that takes longer than ten seconds is cut off; exit code 0', async () => {
    const slow = await slowRequest();
    const begin = performance.now();
    server.signal('SIGTERM');
    assert.equal(await slow.text, '');
    assert.ok(since(begin) > 9_000 && since(begin) < 30_000, `${since(begin)} ms`);
    assert.equal(await server.ended, 0);
  });

  for (const [first, second, code] of [
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGINT', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
  ] as const) {
    test(`${first}, then ${second}: the process ends at once with exit code ${code}`, async () => {
      await slowRequest();
      server.signal(first);
      await until('the server to have begun to stop', refusesConnections);
      const begin = performance.now();
      server.signal(second);
      assert.equal(await server.ended, code);
      assert.ok(since(begin) < 9_000, `${since(begin)} ms: it waited for the request`);
    });
  }
});
