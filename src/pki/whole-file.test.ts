import assert from 'node:assert/strict';
import { type linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { placeFile, replaceFile } from './whole-file.ts';

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
