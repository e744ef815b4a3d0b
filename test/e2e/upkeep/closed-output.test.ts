import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { test } from 'node:test';

const cardea = resolve(import.meta.dirname, '../../../bin/cardea.mjs');

for (const words of [['--help'], ['ca', 'add', '--help'], ['nonsense']])
  test(`cardea ${words.join(' ')} ends quietly when its reader goes away, as with head`, async () => {
    const child = spawn(process.execPath, [cardea, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let complaint = '';
    child.stderr.on('data', (chunk) => (complaint += String(chunk)));
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    assert.equal(signal, null);
    assert.ok(code === 0 || words[0] === 'nonsense', `exit code ${code}`);
    assert.doesNotMatch(complaint, /EPIPE|at .*\(|node:internal/);
  });
