import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { messageOf } from '#core/trace/fault.ts';
import { readConfig } from '../config.ts';
import { folderFindings, networkFileSystem } from './folder-findings.ts';

const skip = process.getuid === undefined && 'Windows has no permissions of this form';

describe('permissions in the data folder', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-findings-'));
  after(() => rmSync(folder, { recursive: true }));
  const files = ['secret.key', 'cardea.db', 'tls/tls.json'].map((name) => join(folder, name));
  beforeEach(() => {
    mkdirSync(join(folder, 'tls'), { recursive: true });
    chmodSync(folder, 0o700);
    for (const file of files) {
      writeFileSync(file, '');
      chmodSync(file, 0o600);
    }
  });
  const messages = () => folderFindings(readConfig({ dataFolder: folder }, {}, '/')).map(messageOf);

  test('for the owner alone are right, and so is a folder without files', () => {
    assert.deepEqual(messages(), []);
    const empty = join(folder, 'empty', 'below');
    assert.deepEqual(folderFindings(readConfig({ dataFolder: empty }, {}, '/')), []);
  });

  const users = { every: 'every user of this computer', group: 'the users of its group' };
  for (const file of files)
    for (const [mode, names] of [
      [0o640, users.group],
      [0o620, users.group],
      [0o604, users.every],
      [0o666, users.every],
    ] as const)
      test(`${mode.toString(8)} of ${file.slice(folder.length + 1)} is found`, () => {
        chmodSync(file, mode);
        assert.deepEqual(messages(), [`The file ${file} is accessible to ${names} (mode ${mode.toString(8)}).`]);
      });

  test('a group that Kubernetes gave to the volume (fsGroup) is right; every user is not', () => {
    chmodSync(folder, 0o2770);
    chmodSync(files[0]!, 0o660);
    assert.deepEqual(messages(), []);
    chmodSync(files[0]!, 0o664);
    assert.deepEqual(messages(), [`The file ${files[0]} is accessible to ${users.every} (mode 664).`]);
  });
});

describe('the file system of a data folder', () => {
  for (const [type, name] of [
    [0x6969, 'NFS'],
    [0xff534d42, 'SMB'],
    [0xff534d42 | 0, 'SMB'],
    [0xfe534d42, 'SMB'],
    [0x01021997, '9P'],
    [0xef53, undefined],
    [0x01021994, undefined],
    [0x65735546, undefined],
  ] as const)
    test(`${type.toString(16)} is ${name ?? 'one of this computer'}`, () =>
      assert.equal(networkFileSystem(type), name));
});
