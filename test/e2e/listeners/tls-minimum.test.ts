import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { connect, type SecureVersion } from 'node:tls';
import { RunningServer } from '../server.ts';

describe('tlsMinimumVersion 1.3', () => {
  let server: RunningServer;
  before(async () => {
    server = await RunningServer.start({ CARDEA_TLS_MINIMUM_VERSION: '1.3' });
  });
  after(() => server.remove());

  /** The version that a handshake came to; undefined where it failed. */
  async function versionOf(servername: string, maxVersion: SecureVersion): Promise<string | null | undefined> {
    const socket = connect({ port: server.port, host: '127.0.0.1', servername, maxVersion, ca: server.trust });
    try {
      await once(socket, 'secureConnect');
      return socket.getProtocol();
    } catch {
      return undefined;
    } finally {
      socket.destroy();
    }
  }

  for (const host of ['localhost', 'certauth.localhost'])
    test(`${host} speaks TLS 1.3 and no older version`, async () => {
      assert.equal(await versionOf(host, 'TLSv1.3'), 'TLSv1.3');
      assert.equal(await versionOf(host, 'TLSv1.2'), undefined);
    });
});
