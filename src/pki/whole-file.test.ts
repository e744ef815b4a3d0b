import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { makeFile, makeFolder, nearestPresent, placeFile, replaceFile } from './whole-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cardea-whole-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const contents = () => readdirSync(folder).map((name) => `${name} ${readFileSync(join(folder, name), 'utf8')}`);

/** A file system that answers every hard link so. */
const failing =
  (code: string): typeof linkSync =>
  () => {
    throw Object.assign(new Error(`${code}: link`), { code });
  };

describe('a file that cannot be written is named, and not the one beside it', () => {
  for (const [name, write] of Object.entries({ makeFile, replaceFile }))
    test(name, () => {
      const file = join(folder, 'none', 'file');
      assert.throws(() => write(file, 'new', 0o600), { message: `ENOENT: no such file or directory, open '${file}'` });
    });

  test('and a new one leaves nothing beside another one of its name', () => {
    writeFileSync(join(folder, 'file'), 'old');
    assert.throws(() => makeFile(join(folder, 'file'), 'new', 0o600), { code: 'EEXIST' });
    assert.deepEqual(contents(), ['file old']);
  });
});

describe('a finished file gets a name', () => {
  const fileSystems: readonly (readonly [name: string, link: typeof linkSync | undefined])[] = [
    ['with hard links', undefined],
    ['without hard links (exFAT)', failing('EPERM')],
    ['without hard links (SMB)', failing('EOPNOTSUPP')],
    ['that does not know them', failing('ENOSYS')],
  ];
  for (const [name, link] of fileSystems) {
    test(`on a file system ${name}`, () => {
      writeFileSync(join(folder, 'finished'), 'new', { mode: 0o600 });
      placeFile(join(folder, 'finished'), join(folder, 'file'), link);
      assert.deepEqual(contents(), ['file new']);
      assert.equal(statSync(join(folder, 'file')).mode & 0o777, 0o600);
    });
    test(`and never over another one, on a file system ${name}`, () => {
      writeFileSync(join(folder, 'finished'), 'new');
      writeFileSync(join(folder, 'file'), 'old');
      assert.throws(() => placeFile(join(folder, 'finished'), join(folder, 'file'), link), { code: 'EEXIST' });
      assert.deepEqual(contents(), ['file old', 'finished new']);
    });
  }
  test('and a full disk is no reason to do without a link', () => {
    writeFileSync(join(folder, 'finished'), 'new');
    assert.throws(() => placeFile(join(folder, 'finished'), join(folder, 'file'), failing('ENOSPC')), {
      code: 'ENOSPC',
    });
    assert.deepEqual(contents(), ['finished new']);
  });
});

describe('a file is replaced as a whole', () => {
  test('and has the rights of the new one', () => {
    writeFileSync(join(folder, 'file'), 'old', { mode: 0o644 });
    replaceFile(join(folder, 'file'), 'new', 0o600);
    assert.deepEqual(contents(), ['file new']);
    assert.equal(statSync(join(folder, 'file')).mode & 0o777, 0o600);
  });
  test('or not at all, and nothing is left beside it', () => {
    assert.throws(() => replaceFile(join(folder, 'missing', 'file'), 'new', 0o600), { code: 'ENOENT' });
    assert.deepEqual(contents(), []);
  });
});

describe('a folder is made', () => {
  test('with those above it, for its owner only, and stays as it is', () => {
    const path = join(folder, 'one', 'two');
    for (const _ of [1, 2]) makeFolder(path);
    for (const made of [path, join(folder, 'one')]) assert.equal(statSync(made).mode & 0o777, 0o700);
  });

  const hasProc = process.platform === 'linux';
  // In a process of its own: a recursive mkdir of Node does not return there.
  if (hasProc)
    test('or the error of the system is thrown, also where there is a folder in which none can be', () => {
      const module = JSON.stringify(join(import.meta.dirname, 'whole-file.ts'));
      const script = `import { makeFolder } from ${module}; makeFolder('/proc/cardea/data')`;
      const words = ['--input-type=module', '--eval', script];
      const { stderr, signal } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 30_000 });
      assert.equal(signal, null);
      assert.match(stderr, /ENOENT.*'\/proc\/cardea'/);
    });
});

test('the look for a folder above ends at the root, which a drive of Windows may not have', () => {
  assert.equal(
    nearestPresent('/a/b', (path) => path === '/a'),
    '/a',
  );
  const looks: string[] = [];
  const isThere = (path: string) => {
    assert.ok(looks.push(path) < 10, 'the look does not end');
    return false;
  };
  assert.equal(nearestPresent('/a/b', isThere), undefined);
  assert.deepEqual(looks, ['/a/b', '/a', '/']);
});
