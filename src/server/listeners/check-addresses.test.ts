import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readConfig } from '../config.ts';
import { checkAddresses } from './check-addresses.ts';

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
