import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { fault } from '#core/trace/fault.ts';
import type { Call } from '../command.ts';
import { trustOf } from './trust.ts';

describe('the CA of the server that a command connects to', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cardea-trust-'));
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'tls'));
    writeFileSync(join(folder, 'tls', 'root.pem'), 'PEM of the data folder');
    writeFileSync(join(folder, 'ca.pem'), 'PEM of --ca');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  /** What a command trusts, and what it says on standard error. */
  function trust(values: Call['values'], dataFolder: () => string | undefined) {
    const complaints: string[] = [];
    const output = { cwd: folder, say: assert.fail, complain: (text: string) => complaints.push(text) };
    const elsewhere = () => assert.fail();
    const call = { values, positionals: [], output, dataFolder, elsewhere } satisfies Partial<Call>;
    return { ca: trustOf(call as unknown as Call), complaint: complaints.join('') };
  }

  test('is that of --ca, else that of the data folder beside what Node trusts, else what Node trusts', () => {
    const rows = [
      [{ ca: 'ca.pem' }, assert.fail, 'PEM of --ca'],
      [{}, () => folder, ['PEM of the data folder', ...rootCertificates].join('\n')],
      [{}, () => join(folder, 'none'), undefined],
      [{}, () => join(folder, 'ca.pem'), undefined],
      [{}, () => undefined, undefined],
    ] as const;
    for (const [values, dataFolder, ca] of rows) assert.deepEqual(trust(values, dataFolder), { ca, complaint: '' });
  });

  test('is not taken for absent where the data folder is that of another user', () => {
    const { ca, complaint } = trust({}, () => {
      throw fault('fileUnreadable', { file: '/var/lib/cardea/cardea.json', problem: 'EACCES: permission denied' });
    });
    assert.equal(ca, undefined);
    assert.match(
      complaint,
      /cardea\.json cannot be read: this user has no permission for it.* specify the CA with --ca\.\n$/,
    );
  });

  test('is not taken for absent where this user may not read it', {
    skip: process.getuid?.() === 0 ? false : 'needs root',
  }, () => {
    chmodSync(join(folder, 'tls'), 0o700);
    process.seteuid!(4202);
    try {
      const { ca, complaint } = trust({}, () => folder);
      assert.equal(ca, undefined);
      assert.match(
        complaint,
        /root\.pem cannot be read: this user has no permission for it.* specify the CA with --ca\.\n$/,
      );
    } finally {
      process.seteuid!(0);
    }
  });
});
