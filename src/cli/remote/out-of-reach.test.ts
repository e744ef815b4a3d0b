import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { pathOutOfReach } from './out-of-reach.ts';

/** The user of the server has a group that no file names: root cannot know his groups. */
const serverUser = 4202;
const skipWithoutRoot = process.getuid?.() === 0 ? false : 'needs root';
const skipOnWindows = process.platform === 'win32' ? 'needs modes of folders, which Windows does not have' : false;

describe('a path that root opens for a server of another user', { skip: skipOnWindows }, () => {
  let top: string;
  beforeEach(() => {
    top = mkdtempSync(join(tmpdir(), 'cardea-reach-'));
  });
  afterEach(() => rmSync(top, { recursive: true }));
  const resolvedPath = (path: string) => pathOutOfReach(path, { uids: new Set([serverUser]) });
  /** A file in a folder with this mode. */
  const fileIn = (mode: number, owners: { readonly folder?: number; readonly file?: number } = {}) => {
    const folder = join(top, 'folder');
    mkdirSync(folder);
    writeFileSync(join(folder, 'file'), '');
    if (owners.folder !== undefined) chownSync(folder, owners.folder, 0);
    if (owners.file !== undefined) chownSync(join(folder, 'file'), owners.file, 0);
    chmodSync(folder, mode); // after chown(2), which may clear bits
    return join(folder, 'file');
  };

  const rows = [
    { name: 'a folder that its owner alone can change', mode: 0o755, isOpened: true },
    { name: 'a folder that a group can change', mode: 0o775, isOpened: false },
    { name: 'a folder that a group can change and others cannot read', mode: 0o770, isOpened: false },
    { name: 'a folder that everyone but its group can change', mode: 0o757, isOpened: false },
    { name: 'a folder like /tmp, with the file of another owner', mode: 0o1777, isOpened: true },
    { name: 'a folder of a group with the sticky bit, with the file of another owner', mode: 0o1775, isOpened: true },
  ] as const;
  for (const { name, mode, isOpened } of rows)
    test(`${isOpened ? 'is opened' : 'is refused'} in ${name}`, () => {
      const file = fileIn(mode);
      if (isOpened) assert.equal(resolvedPath(file), file);
      else assert.throws(() => resolvedPath(file), /the user of the server can replace files in .*folder/);
    });

  const rowsOfRoot = [
    { name: 'a folder of the user of the server', mode: 0o755, owners: { folder: serverUser } },
    { name: 'a folder of this user with the sticky bit', mode: 0o1755, owners: { folder: serverUser } },
    { name: 'a folder like /tmp, with a file of this user', mode: 0o1777, owners: { file: serverUser } },
    {
      name: 'a folder of a group with the sticky bit, with a file of this user',
      mode: 0o1775,
      owners: { file: serverUser },
    },
  ] as const;
  for (const { name, mode, owners } of rowsOfRoot)
    test(`is refused in ${name}`, { skip: skipWithoutRoot }, () => {
      const file = fileIn(mode, owners);
      assert.throws(() => resolvedPath(file), /the user of the server can replace files in .*folder/);
    });

  test('is refused where a link leads to such a folder', () => {
    const file = fileIn(0o775);
    symlinkSync(file, join(top, 'link'));
    assert.throws(() => resolvedPath(join(top, 'link')), /can replace files in .*folder/);
  });
});
