import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Call } from '../../command.ts';
import { contextOf } from './context.ts';

test('a device trusts the CA of --ca, else that of its registration, else that of a data folder on this computer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-context-'));
  try {
    mkdirSync(join(folder, 'tls'));
    writeFileSync(join(folder, 'tls', 'root.pem'), 'PEM of the data folder');
    writeFileSync(join(folder, 'option.pem'), 'PEM of --ca');
    const trust = (values: Call['values']) => {
      const output = { cwd: folder, say: assert.fail, complain: assert.fail };
      const call = { values: { ...values, state: 'state' }, positionals: [], output, dataFolder: () => folder };
      return contextOf(call as unknown as Call).network.ca;
    };
    assert.match(trust({}) ?? '', /^PEM of the data folder\n/);
    mkdirSync(join(folder, 'state'), { mode: 0o700, recursive: true });
    writeFileSync(join(folder, 'state', 'ca.pem'), 'PEM of the registration', { mode: 0o600 });
    assert.equal(trust({}), 'PEM of the registration');
    assert.equal(trust({ ca: 'option.pem' }), 'PEM of --ca');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
