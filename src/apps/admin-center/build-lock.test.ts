import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { patience } from '#test/until.ts';
import { signPatience, takeBuildLock } from './build-lock.ts';

describe('the lock of the build of the admin center', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-lock-'));
  const file = join(folder, 'lock');
  beforeEach(() => rmSync(file, { force: true }));
  after(() => rmSync(folder, { recursive: true }));

  // A lock of the future is not taken for its age: only the process decides.
  /** The id of a process that has ended. */
  const ended = () => spawnSync(process.execPath, ['--version']).pid;
  const abandoned: readonly { readonly name: string; readonly holder: () => number | ''; readonly age: number }[] = [
    { name: 'a process that was killed', holder: ended, age: -signPatience * 2 },
    { name: 'a process of an earlier start with the same id', holder: () => process.pid, age: -signPatience * 2 },
    { name: 'a process whose id another one has by now', holder: () => process.ppid, age: signPatience + 1_000 },
    { name: 'a process that was killed before it wrote its id', holder: () => '', age: signPatience + 1_000 },
  ];
  for (const { name, holder, age } of abandoned)
    test(`${name} loses it`, { timeout: patience }, async () => {
      const seen = new Date(Date.now() - age);
      writeFileSync(file, `${holder()}`);
      utimesSync(file, seen, seen);
      const release = await takeBuildLock(file);
      assert.equal(readFileSync(file, 'utf8'), `${process.pid}`);
      release();
      assert.deepEqual(readdirSync(folder), []);
    });

  for (const [state, text] of [
    ['builds', `${process.ppid}`],
    ['is about to write its id', ''],
  ] as const)
    test(`a process that ${state} keeps it until it has finished`, async () => {
      writeFileSync(file, text);
      let isTaken = false;
      const lock = takeBuildLock(file).then((release) => {
        isTaken = true;
        return release;
      });
      // The second attempt comes after a pause: until then, the file belongs to the other process.
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual([isTaken, readFileSync(file, 'utf8')], [false, text]);
      rmSync(file);
      (await lock)();
      assert.equal(existsSync(file), false);
    });
});
