import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { localFiles, type MakeContent } from '#cli/input/files.ts';
import { filesOfClient } from '#cli/remote/files-of-client.ts';
import { OfferedFiles } from '#cli/remote/offered-files.ts';
import { CardeaError } from '#core/trace/fault.ts';
import { writeBackup } from './write-backup.ts';

describe('a backup that cannot be written', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cardea-backup-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const ways = {
    'by the process of the command': () => localFiles(folder),
    'by the server': () => {
      const offeredFiles = new OfferedFiles(['backup', 'x.cardea'], folder);
      return filesOfClient(async (request) => offeredFiles.answer(request), folder);
    },
  };
  const tebibytes = 8;
  const mebibytes = tebibytes * 1024 ** 2;
  const needs = {
    'by the process of the command': `the copy needs ${mebibytes + 64}`,
    'by the server': `the copy of the server and the file need ${2 * mebibytes + 64}`,
  };
  for (const [way, filesOf] of Object.entries(ways)) {
    const problemOf = async (copyTo: (file: string) => Promise<void>): Promise<string> => {
      const file = join(folder, 'x.cardea');
      const request = {
        file,
        passphrase: undefined,
        write: (make: MakeContent) => filesOf().write(file, make),
      };
      return writeBackup(request, { dataFolder: folder, copyTo }).then(
        () => 'written',
        (problem: CardeaError) => {
          assert.ok(problem instanceof CardeaError);
          return `${problem.because.code} ${problem.message}`;
        },
      );
    };

    test(`${way} is refused before the copy where the disk would be full after it`, async () => {
      const database = openSync(join(folder, 'cardea.db'), 'wx');
      ftruncateSync(database, tebibytes * 1024 ** 4); // sparse: it takes no space
      closeSync(database);
      let copies = 0;
      const problem = await problemOf(async () => {
        copies += 1;
      });
      assert.match(problem, /^backupNotWritten .*x\.cardea was not written: the disk has \d+ MiB left, and /);
      assert.ok(problem.includes(` MiB left, and ${needs[way as keyof typeof needs]}.`), problem);
      assert.equal(copies, 0);
      assert.deepEqual(readdirSync(folder), ['cardea.db']);
    });

    test(`${way} is reported with the name that was asked for`, async () => {
      const problem = await problemOf((place) => Promise.reject(new Error(`EIO: i/o error, write '${place}'`)));
      assert.match(problem, /^backupNotWritten .*x\.cardea was not written/);
      assert.doesNotMatch(problem, /partial|outgoing/);
      assert.deepEqual(readdirSync(folder), []);
    });
  }
});
