import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readProtected, readSettings } from './settings.ts';

/** What is at the path in place of a file that this account alone can write to, and the problem that is reported. */
const unusable: readonly (readonly [what: string, make: (path: string) => unknown, problem: RegExp])[] = [
  ['a folder', (path) => mkdirSync(path, { mode: 0o700 }), /it is not a file/],
  [
    'a socket',
    (path) =>
      new Promise<void>((done) => {
        const server = createServer().listen(path, () => {
          chmodSync(path, 0o600);
          done();
        });
        after(() => void server.close());
      }),
    /it is not a file/,
  ],
  ['a link to a file', (path) => symlinkSync(import.meta.filename, path), /other accounts can write|it is not a file/],
  ['a file that other accounts can write', (path) => writeFileSync(path, ''), /other accounts can write/],
  ['nothing', () => undefined, /ENOENT/],
];

describe('settings that decide who signs in are read from a file that is protected', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-settings-'));
  chmodSync(folder, 0o700);
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [label, make, problem] of unusable)
    test(`${label} is refused`, async () => {
      const path = join(folder, label.replaceAll(' ', '-'));
      await make(path);
      if (label.includes('write')) chmodSync(path, 0o622);
      assert.throws(() => readProtected(path), problem);
    });

  test('a file of this account is read', () => {
    const path = join(folder, 'pam.yaml');
    writeFileSync(path, 'a: 1\n', { mode: 0o600 });
    assert.equal(readProtected(path), 'a: 1\n');
  });

  test('a path in them that no file can have is refused by its name', () => {
    const path = join(folder, 'nul.yaml');
    writeFileSync(path, 'module: "/a\\0b"\n', { mode: 0o600 });
    assert.throws(() => readSettings(path), /module: it must not contain the character NUL/);
  });
});
