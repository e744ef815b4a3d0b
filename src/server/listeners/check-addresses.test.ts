import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readConfig } from '../config.ts';
import { checkAddresses, checkFreePorts } from './check-addresses.ts';

describe('a socket of proxies, before the first start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-addresses-'));
  after(() => rmSync(folder, { recursive: true }));
  const dataFolder = join(folder, 'data');
  const check = (socket: string) =>
    checkAddresses(readConfig({ dataFolder, certificateProxySocket: socket }, {}, folder));

  test('can be in the data folder, which the start makes', () => check(join(dataFolder, 'proxy.sock')));

  test('can be in a folder that is there', () => check(join(folder, 'proxy.sock')));

  test('is refused in another folder that is missing', () =>
    assert.rejects(
      check(join(dataFolder, 'run', 'proxy.sock')),
      /certificateProxySocket.*there is no such file or folder/,
    ));
});

describe('a port that another process uses, before the first start', () => {
  const server = createServer();
  const listening = once(server.listen(0, '127.0.0.1'), 'listening');
  after(() => server.close());

  for (const [settings, hasDemo, refused] of [
    [(port: string) => ({ CARDEA_PORT: port, CARDEA_MANAGEMENT_PORT: '0' }), false, 'listen, port'],
    [(port: string) => ({ CARDEA_PORT: '0', CARDEA_MANAGEMENT_PORT: port }), false, 'managementListen, managementPort'],
    [
      (port: string) => ({ CARDEA_PORT: '0', CARDEA_MANAGEMENT_PORT: '0', CARDEA_DEMO_CRL_PORT: port }),
      true,
      'demoCrlPort',
    ],
    [
      (port: string) => ({ CARDEA_PORT: '0', CARDEA_MANAGEMENT_PORT: '0', CARDEA_DEMO_CRL_PORT: port }),
      false,
      undefined,
    ],
  ] as const)
    test(`is ${refused === undefined ? 'not that of a demo that is not served' : `refused as ${refused}`}`, async () => {
      await listening;
      const { port } = server.address() as AddressInfo;
      const check = checkFreePorts(readConfig({}, settings(`${port}`), tmpdir()), hasDemo);
      if (refused === undefined) return check;
      await assert.rejects(check, {
        because: { code: 'portUnavailable', evidence: { setting: refused, port, problem: 'EADDRINUSE' } },
      });
    });
});
