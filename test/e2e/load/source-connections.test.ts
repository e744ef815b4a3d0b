import assert from 'node:assert/strict';
import { request } from 'node:https';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { until } from '../../until.ts';
import { RunningServer } from '../server.ts';

/** Over real TCP and TLS: 127.0.0.2 and so on are sources of their own. */
describe('connections and handshakes of one source', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start({
      CARDEA_SOURCE_CONNECTIONS: '5',
      CARDEA_SOURCE_HANDSHAKES_PER_TEN_SECONDS: '20',
    });
  });
  after(() => server.remove());

  /** Whether a handshake succeeds; the connection is closed again. */
  const handshake = (localAddress: string) =>
    new Promise<boolean>((resolve) => {
      const place = { host: '127.0.0.1', port: server.port, localAddress, servername: 'localhost' };
      const socket = connectTls({ ...place, rejectUnauthorized: false }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false)).on('close', () => resolve(false));
    });

  test('a sixth connection at once is closed; another source connects; a place is free again after a close', async () => {
    const localAddress = '127.0.0.2';
    const open = await Promise.all(
      Array.from(
        { length: 5 },
        () =>
          new Promise<ReturnType<typeof connect>>((resolve) => {
            const socket = connect({ host: '127.0.0.1', port: server.port, localAddress }, () => resolve(socket));
            socket.on('error', () => undefined);
          }),
      ),
    );
    // The server accepts from several sockets, so that the sixth can come before one of the five.
    await until('the sixth is closed', async () => !(await handshake(localAddress)));
    assert.equal(await handshake('127.0.0.3'), true);
    for (const socket of open) socket.destroy();
    await until('a free place', () => handshake(localAddress));
  });

  test('more handshakes than a source may begin are closed; another source is served', async () => {
    const results = [];
    for (let i = 0; i < 30; i++) results.push(await handshake('127.0.0.4'));
    assert.ok(results.slice(0, 5).every(Boolean));
    assert.ok(results.includes(false));
    assert.equal(await handshake('127.0.0.5'), true);
  });

  for (const [path, length] of [
    ['/v1.0/$batch', 3_000_000],
    ['/v1.0/users', 90_000],
  ] as const)
    test(`Graph refuses ${path} without a token before its body came`, async () => {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'content-length': length, authorization: 'Bearer x.y.z' };
        const place = { host: '127.0.0.1', port: server.port, servername: 'localhost', localAddress: '127.0.0.6' };
        const options = { ...place, path, method: 'POST', headers, rejectUnauthorized: false, agent: false };
        const message = request(options, (answer) => {
          resolve(answer.statusCode);
          message.destroy();
        });
        message.on('error', reject).write('{');
      });
      assert.equal(status, 401);
    });
});
