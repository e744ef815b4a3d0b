import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readRegularFile, requireRegularFile } from './regular-file.ts';

describe('a file that is read', { skip: process.platform === 'win32' && 'Windows has no pipes in folders' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-regular-'));
  const [file, large, pipe, socket] = ['file', 'large', 'pipe', 'socket'].map((name) => join(folder, name)) as [
    ...[file: string, large: string, pipe: string, socket: string],
  ];
  const server = createServer();
  before(() => once(server.listen(socket), 'listening'));
  after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(file, 'octets');
  writeFileSync(large, 'x'.repeat(100_000));
  truncateSync(large, 200_000);
  execFileSync('mkfifo', [pipe]);
  mkdirSync(join(folder, 'folder'));

  for (const path of [file, large])
    test(`is read whole: ${path.slice(folder.length + 1)}`, () =>
      assert.deepEqual(readRegularFile(path), readFileSync(path)));

  const kinds: readonly (readonly [name: string, path: string, problem: RegExp])[] = [
    ['a pipe that nothing writes into', pipe, /it is a pipe or a device/],
    ['a device', '/dev/null', /it is a pipe or a device/],
    ['a socket', socket, /it is a pipe or a device/],
    ['a folder', join(folder, 'folder'), /it is a folder/],
    ['a file that is not there', join(folder, 'none'), /ENOENT/],
  ];
  const refusal = (problem: RegExp) => (error: NodeJS.ErrnoException) =>
    problem.test(error.message) && error.syscall !== undefined;
  for (const [name, path, problem] of kinds)
    test(`is refused where it is ${name}, also where something else reads it`, () => {
      assert.throws(() => readRegularFile(path, 100), refusal(problem));
      assert.throws(() => requireRegularFile(path), refusal(problem));
    });

  test('is refused where it is too large', () =>
    assert.throws(() => readRegularFile(file, 5), refusal(/it has 6 bytes, and at most 5 are read/)));

  test('has at most as many octets as are read where the system says that it has none', {
    skip: process.platform !== 'linux' && 'only Linux has files of the kernel',
  }, async () => {
    const child = spawn('cat', { env: { ...process.env, PADDING: 'x'.repeat(100_000) } });
    await once(child, 'spawn');
    try {
      const environment = `/proc/${child.pid}/environ`;
      assert.match(String(readRegularFile(environment)), /x{100000}/);
      assert.throws(() => readRegularFile(environment, 100_000), refusal(/it has more than 100000 bytes/));
    } finally {
      child.kill();
    }
  });
});
