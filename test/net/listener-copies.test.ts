import assert from 'node:assert/strict';
import { type ChildProcess, fork, type SendHandle } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type ListenOptions, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { helloListener } from '#http/front/hello-listener.ts';
import { listenAlone } from '#http/front/port.ts';
import { HandshakeTurns } from '#net/admission/handshake-turns.ts';
import { AddressSet } from '#net/limits/address-set.ts';
import { SourceLimiter } from '#net/limits/source-limiter.ts';
import { type CopyMessage, copies, sendCopies } from '#server/workers/listener-copies.ts';

/** Connections that come while the event loop of the child stands still. */
const crowd = 40;

describe('connections that a process accepts in a turn of its event loop', () => {
  async function countsOf(word: string): Promise<readonly number[]> {
    const child = fork(join(import.meta.dirname, 'accepting-child.ts'), [`${crowd}`, word]);
    try {
      child.on('message', (message: CopyMessage, handle?: SendHandle) => {
        if (message.kind === 'copy') sendCopies(child as Parameters<typeof sendCopies>[0], message, handle);
      });
      const [ready, end] = [
        messageOf<{ port: number }>(child, 'ready'),
        messageOf<{ counts: number[] }>(child, 'counts'),
      ];
      const { port } = await ready;
      child.send({ until: Date.now() + 300 });
      const sockets = Array.from({ length: crowd }, () => connect(port, '127.0.0.1').on('error', () => undefined));
      const { counts } = await end;
      for (const socket of sockets) socket.destroy();
      return counts;
    } finally {
      child.kill();
    }
  }

  test('are one with one descriptor of the socket', async () => {
    assert.equal(Math.max(...(await countsOf('one'))), 1);
  });

  test('are one for each copy and the descriptor itself', {
    skip: process.platform === 'win32' && 'Windows',
  }, async () => {
    const counts = await countsOf('copies');
    assert.equal(Math.max(...counts), copies + 1);
    assert.equal(counts.length, Math.ceil(crowd / (copies + 1)));
  });

  test('are one for each socket of a port that the process has alone', {
    skip: process.platform !== 'linux' && 'only Linux spreads connections over the sockets of a port',
  }, async () => {
    const counts = await countsOf('sockets');
    assert.ok(Math.max(...counts) > 4, `${counts}`);
    assert.ok(counts.length < crowd / 3, `${counts}`);
  });
});

test('a port with several sockets is not shared with another program', async () => {
  const servers: Server[] = [createServer(), createServer()];
  const listen = (options: ListenOptions) => void servers.push(createServer().listen(options));
  const endpoint = { port: 0, host: '127.0.0.1' };
  try {
    const port = await listenAlone(servers[0]!, endpoint, listen);
    await assert.rejects(listenAlone(servers[1]!, { ...endpoint, port }, listen), { code: 'EADDRINUSE' });
  } finally {
    for (const server of servers) server.close();
  }
});

test('of two servers that start in the same moment one has the port', {
  skip: process.platform !== 'linux' && 'only Linux shares a port between processes',
}, async () => {
  const endpoint = { port: await freePort(), host: '127.0.0.1' };
  const [slow, fast]: readonly Server[] = [createServer(), createServer()];
  const servers = [slow!, fast!];
  const further = (options: ListenOptions) => void servers.push(createServer().listen(options));
  // The slow one has found the port free, and does not listen before the fast one has started.
  const listen = slow!.listen.bind(slow!) as (options: ListenOptions, done: () => void) => Server;
  const hasProbed = Promise.withResolvers<() => void>();
  slow!.listen = ((options: ListenOptions, done: () => void) => {
    hasProbed.resolve(() => void listen(options, done));
    return slow!;
  }) as Server['listen'];
  try {
    const port = listenAlone(slow!, endpoint, further);
    const proceed = await hasProbed.promise;
    const refusal = assert.rejects(listenAlone(fast!, endpoint, further), { code: 'EADDRINUSE' });
    await Promise.race([refusal, setTimeout(100)]);
    proceed();
    assert.equal(await port, endpoint.port);
    await refusal;
  } finally {
    for (const server of servers) server.close();
  }
});

test('another user who keeps the lock of a port does not keep a server from starting', {
  skip: process.platform !== 'linux' && 'only Linux shares a port between processes',
}, async () => {
  const port = await freePort();
  const servers: Server[] = [createServer(), createServer()];
  const [keeper, server] = servers;
  keeper!.listen({ path: `\0cardea 127.0.0.1 ${port}` });
  await once(keeper!, 'listening');
  const further = (options: ListenOptions) => void servers.push(createServer().listen(options));
  try {
    assert.equal(await listenAlone(server!, { port, host: '127.0.0.1' }, further), port);
  } finally {
    for (const server of servers) server.close();
  }
});

/** A port that no socket has at this moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('a further socket that cannot be opened is reported as a problem of the server', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const report = Promise.withResolvers<NodeJS.ErrnoException>();
  const listener = helloListener({
    limiter: new SourceLimiter(),
    balancers: new AddressSet([]),
    mostConnections: 1,
    helloMilliseconds: 1,
    turns: new HandshakeTurns(),
    hostOf: () => undefined,
    onTlsError: (problem) => report.reject(problem),
    onSocketProblem: (problem) => report.resolve(problem),
  });
  try {
    listener.listen({ port, host: '127.0.0.1', reusePort: true });
    assert.equal((await report.promise).code, 'EADDRINUSE');
  } finally {
    other.close();
  }
});

/** The first message of this kind; to be asked for before it can come. */
const messageOf = <T>(child: ChildProcess, kind: string): Promise<T> =>
  new Promise((resolve, reject) => {
    child.on('message', (message: { kind: string }) => message.kind === kind && resolve(message as T));
    child.once('exit', () => reject(new Error('the child ended')));
  });
