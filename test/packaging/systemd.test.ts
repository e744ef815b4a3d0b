import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { exposureLimit, isInstalled } from './tools.ts';

const folder = resolve(import.meta.dirname, '..', '..', 'packaging', 'systemd');
const unit = join(folder, 'cardea.service');
const skip = isInstalled('systemd-analyze') ? false : 'systemd-analyze is missing: apt-get install systemd';

/** What a service manager and the kernel hold, by the manual systemd.exec(5) and systemd.service(5). */
const directives: Readonly<Record<string, string>> = {
  Type: 'notify',
  NotifyAccess: 'all',
  WatchdogSec: '60',
  Restart: 'on-failure',
  User: 'cardea',
  UMask: '0077',
  CapabilityBoundingSet: 'CAP_NET_BIND_SERVICE',
  NoNewPrivileges: 'yes',
  ProtectSystem: 'strict',
  ProtectHome: 'yes',
  PrivateTmp: 'yes',
  PrivateDevices: 'yes',
  RestrictAddressFamilies: 'AF_INET AF_INET6 AF_UNIX',
  RestrictNamespaces: 'yes',
  RestrictSUIDSGID: 'yes',
  SystemCallArchitectures: 'native',
};

test('the systemd unit notifies, has a watchdog, and takes from the service what it does not need', () => {
  const lines = new Set(readFileSync(unit, 'utf8').split('\n'));
  const missing = Object.entries(directives).map(([name, value]) => `${name}=${value}`);
  assert.deepEqual(
    missing.filter((line) => !lines.has(line)),
    [],
  );
});

describe('the systemd unit', { skip }, () => {
  test('is read by systemd without a warning', () => {
    const place = mkdtempSync(join(tmpdir(), 'cardea-unit-'));
    try {
      // The command of the unit is not on this computer.
      writeFileSync(
        join(place, 'cardea.service'),
        readFileSync(unit, 'utf8').replaceAll('/usr/bin/cardea', '/bin/true'),
      );
      const { status, stderr, stdout } = spawnSync(
        'systemd-analyze',
        ['verify', '--man=no', join(place, 'cardea.service')],
        { encoding: 'utf8' },
      );
      assert.equal(status, 0, stderr);
      const warnings = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('cardea.service'));
      assert.deepEqual(warnings, []);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });

  test(`is exposed by at most ${exposureLimit / 10} of 10 (systemd-analyze security)`, () => {
    const words = ['security', '--offline=yes', `--threshold=${exposureLimit}`, unit];
    const { status, stdout } = spawnSync('systemd-analyze', words, { encoding: 'utf8' });
    assert.equal(status, 0, stdout.split('\n').slice(-3).join('\n'));
  });
});
