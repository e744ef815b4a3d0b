import assert from 'node:assert/strict';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { freePort } from '../../free-port.ts';
import { claimsOf, RunningServer } from '../server.ts';

const hasLoopback6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

describe('a server that listens on IPv6', { skip: hasLoopback6 ? false : 'this computer has no address ::1' }, () => {
  let server: RunningServer;
  let managementPort: number;
  before(async () => {
    managementPort = await freePort();
    server = await RunningServer.start({
      CARDEA_LISTEN: '::',
      CARDEA_MANAGEMENT_LISTEN: '::1',
      CARDEA_MANAGEMENT_PORT: `${managementPort}`,
    });
  });
  after(() => server?.remove());

  for (const host of ['::1', '127.0.0.1'])
    test(`takes TLS connections at ${host}`, async () => {
      const socket = connect({ host, port: server.port, servername: 'localhost', ca: server.trust });
      await once(socket, 'secureConnect');
      assert.equal(socket.authorized, true);
      socket.destroy();
    });

  test('answers health at its IPv6 address', async () => {
    assert.equal((await fetch(`http://[::1]:${managementPort}/health/live`)).status, 200);
  });

  test('signs a card in, and the entry has the address of the client', async () => {
    const correlationId = crypto.randomUUID();
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { correlationId });
    assert.equal(end.kind, 'signedIn');
    assert.ok(claimsOf((end as { tokens: Record<string, unknown> }).tokens.id_token).sub);
    for (const { ipAddress } of await server.entries(correlationId)) assert.match(ipAddress, /^(::1|127\.0\.0\.1)$/);
  });
});
