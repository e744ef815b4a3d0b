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
