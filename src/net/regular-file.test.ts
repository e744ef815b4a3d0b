import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readRegularFile } from './regular-file.ts';

describe('a file that is read', { skip: process.platform === 'win32' && 'Windows has no pipes in folders' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-regular-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const [file, pipe] = [join(folder, 'file'), join(folder, 'pipe')];
  writeFileSync(file, 'octets');
  execFileSync('mkfifo', [pipe]);
  mkdirSync(join(folder, 'folder'));

  test('is read whole', () => assert.equal(String(readRegularFile(file)), 'octets'));

  const rows: readonly (readonly [name: string, path: string, most: number, problem: RegExp])[] = [
    ['a pipe that nothing writes into', pipe, 100, /it is a pipe or a device/],
    ['a device without an end', '/dev/zero', 100, /it is a pipe or a device/],
    ['a folder', join(folder, 'folder'), 100, /EISDIR/],
    ['a file that is too large', file, 5, /it has 6 bytes, and at most 5 are read/],
    ['a file that is not there', join(folder, 'none'), 100, /ENOENT/],
  ];
  for (const [name, path, most, problem] of rows)
    test(`is refused where it is ${name}`, () =>
      assert.throws(
        () => readRegularFile(path, most),
        (error: NodeJS.ErrnoException) => problem.test(error.message) && error.syscall !== undefined,
      ));
});
