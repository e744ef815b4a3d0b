import assert from 'node:assert/strict';
import fs, { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, describe, mock, test } from 'node:test';
import { sql } from 'kysely';
import { openDatabase } from '#storage/database/open.ts';
import { isFailedSync } from '#storage/database/sqlite/faults.ts';
import { probeWrite } from '#storage/database/sqlite/probe.ts';
import { databasesUnderTest, emptyFolder, openAt } from '../databases.ts';
import { recordRow } from './record-row.ts';

const [sqlite] = databasesUnderTest();
after(() => sqlite!.end());

describe('a start after a process that did not close the database', () => {
  /** A data folder as that process left it: with a log. */
  async function leftBehind(): Promise<{ readonly folder: string; readonly log: Buffer }> {
    const [before, folder] = [emptyFolder(), emptyFolder()];
    const database = await openDatabase({ kind: 'sqlite', folder: before });
    await database.insertInto('oidc_records').values(recordRow('left')).execute();
    for (const name of ['cardea.db', 'cardea.db-wal']) copyFileSync(join(before, name), join(folder, name));
    await database.destroy();
    return { folder, log: readFileSync(join(folder, 'cardea.db-wal')) };
  }
  afterEach(() => {
    mock.restoreAll();
    syncBuiltinESMExports();
  });

  test('writes all of the log again and syncs it before anything else: the system may only remember it', async () => {
    const { folder, log } = await leftBehind();
    const chunks: Buffer[] = [];
    const syncs: number[] = [];
    const write = fs.writeSync as (...words: unknown[]) => number;
    mock.method(fs, 'writeSync', (fd: number, bytes: Buffer, from: number, length: number, at: number) => {
      if (at === Buffer.concat(chunks).length) chunks.push(Buffer.from(bytes.subarray(from, from + length)));
      return write(fd, bytes, from, length, at);
    });
    mock.method(fs, 'fdatasyncSync', () => syncs.push(Buffer.concat(chunks).length));
    syncBuiltinESMExports();
    const database = await openDatabase({ kind: 'sqlite', folder });
    assert.ok(log.length > 0 && log.equals(Buffer.concat(chunks)));
    assert.deepEqual(syncs, [log.length]);
    const rows = await database.selectFrom('oidc_records').select('id').execute();
    assert.deepEqual(rows, [{ id: 'left' }]);
    await database.destroy();
  });

  test('is refused where the disk does not take that log', async () => {
    const { folder } = await leftBehind();
    const { mock: disk } = mock.method(fs, 'fdatasyncSync', () => {
      throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'fdatasync' });
    });
    syncBuiltinESMExports();
    await assert.rejects(openDatabase({ kind: 'sqlite', folder }), {
      because: { code: 'databaseSyncFailed', evidence: { folder, problem: 'EIO' } },
    });
    disk.restore();
    syncBuiltinESMExports();
    const database = await openDatabase({ kind: 'sqlite', folder });
    assert.deepEqual(await database.selectFrom('oidc_records').select('id').execute(), [{ id: 'left' }]);
    await database.destroy();
  });
});

test('a sync of the log that fails within SQLite counts as one of ours', () => {
  const errorOf = (errcode: number) =>
    Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode });
  assert.deepEqual(
    [isFailedSync(errorOf(10 | (4 << 8))), isFailedSync(errorOf(10)), isFailedSync(errorOf(13))],
    [true, false, false],
  );
});

test('the check of health fails while the disk is full, and passes again when there is space', async () => {
  const folder = emptyFolder();
  const database = await openDatabase({ kind: 'sqlite', folder });
  const limit = async (pages: number) => void (await sql.raw(`pragma max_page_count = ${pages}`).execute(database));
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database);
  const pages = rows[0]!.page_count;
  await probeWrite(database);
  await limit(pages);
  for (const ballast of ['x'.repeat(4096), 'x'.repeat(200)])
    for (let isFull = false; !isFull; )
      isFull = await database
        .insertInto('oidc_records')
        .values({ ...recordRow(crypto.randomUUID()), document: JSON.stringify({ ballast }) })
        .execute()
        .then(
          () => false,
          () => true,
        );
  await assert.rejects(probeWrite(database), { because: { code: 'diskFull', evidence: { folder } } });
  await limit(pages + 100);
  await probeWrite(database);
  await database.destroy();
});

test('the check of health writes: a reader of the file sees its commits, and no row of it', async () => {
  const folder = emptyFolder();
  const storage = await openAt({ kind: 'sqlite', folder, sharing: 'parent' });
  const reader = new DatabaseSync(join(folder, 'cardea.db'), { readOnly: true });
  const version = () => reader.prepare('pragma data_version').get()!.data_version;
  const before = version();
  await storage.probe();
  assert.notEqual(version(), before);
  assert.deepEqual(reader.prepare('select * from opened').all(), []);
  reader.close();
  await storage.close();
});

test('a server of several processes whose lock of the folder was removed writes no more, because a second one may', async () => {
  const folder = emptyFolder();
  const parent = await openDatabase({ kind: 'sqlite', folder, sharing: 'parent' });
  const worker = await openDatabase({ kind: 'sqlite', folder, sharing: 'worker' });
  rmSync(join(folder, 'workers.lock'));
  for (const database of [worker, parent])
    await assert.rejects(probeWrite(database), {
      because: {
        code: 'databaseDamaged',
        evidence: { problem: `the file ${join(folder, 'workers.lock')} was removed or replaced` },
      },
    });
  await worker.destroy();
  await parent.destroy();
});
