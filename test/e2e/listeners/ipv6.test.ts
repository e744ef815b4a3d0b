import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { freePort } from '../../free-port.ts';
import { claimsOf, noSettings, RunningServer, runCardea } from '../server.ts';

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

  const health = (environment: Record<string, string>) =>
    promisify(execFile)(process.execPath, ['bin/health.mjs'], { env: environment });

  test('is found healthy by the health check of the container image, by variables and by cardea.json', async () => {
    const byVariables = { CARDEA_MANAGEMENT_LISTEN: '::1', CARDEA_MANAGEMENT_PORT: `${managementPort}` };
    assert.match((await health(byVariables)).stdout, /"status":"pass"/);
    const folder = mkdtempSync(join(tmpdir(), 'cardea-health-'));
    try {
      const settings = { managementListen: '::1', managementPort: managementPort as unknown };
      writeFileSync(join(folder, 'cardea.json'), JSON.stringify(settings));
      assert.match((await health({ CARDEA_DATA: folder })).stdout, /"status":"pass"/);
      writeFileSync(join(folder, 'cardea.json'), JSON.stringify({ ...settings, managementPort: await freePort() }));
      await assert.rejects(health({ CARDEA_DATA: folder }), /The server does not answer: connect ECONNREFUSED ::1:/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('is greeted with an address that can be opened', () => {
    assert.ok(server.output.includes(`http://[::1]:${managementPort}/health/ready`), server.output);
  });

  test('is asked by a command at its IPv6 address without a warning of Node', async () => {
    const card = join(server.folder, 'demo', 'cards', 'ana.p12');
    const words = ['sign-in', '--user', 'ana@woodgrove.test', '--card', card, '--url', `https://[::1]:${server.port}`];
    const { err } = await runCardea([...words, '--data', server.folder], noSettings());
    assert.doesNotMatch(err, /DeprecationWarning/);
  });

  test('signs a card in, and the entry has the address of the client', async () => {
    const correlationId = crypto.randomUUID();
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { correlationId });
    assert.equal(end.kind, 'signedIn');
    assert.ok(claimsOf((end as { tokens: Record<string, unknown> }).tokens.id_token).sub);
    for (const { ipAddress } of await server.entries(correlationId)) assert.match(ipAddress, /^(::1|127\.0\.0\.1)$/);
  });
});
