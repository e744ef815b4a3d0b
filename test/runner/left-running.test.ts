import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const isRunning = (id: number) => {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
};

for (const [name, more, words] of [
  ['a process that it started is ended', '', /^ended what the tests left running:\nsleep 600$/m],
  ['a port that it left open does not keep it', `createServer().listen(0);`, /^the tests left open: .*TCPServerWrap/m],
] as const)
  test(`a test file whose hook fails ends by itself: ${name}`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-left-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'failing.test.mjs');
    writeFileSync(
      file,
      `import { spawn } from 'node:child_process';
       import { createServer } from 'node:net';
       import { before, describe, test } from 'node:test';
       describe('a suite', () => {
         before(() => {
           console.log('sleeper', spawn('sleep', ['600']).pid);
           ${more}
           throw new Error('the hook failed');
         });
         test('a test', () => {});
       });`,
    );
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const preload = join(import.meta.dirname, 'left-running.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', preload, file], {
      encoding: 'utf8',
      env: { ...env, CARDEA_TEST_GRACE: '200' },
    });
    assert.equal(status, 1, stdout);
    assert.match(stdout, /✖ a suite/);
    assert.match(stderr, words);
    assert.equal(isRunning(Number(/sleeper (\d+)/.exec(stdout)?.[1])), false);
  });
