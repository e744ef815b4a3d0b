import assert from 'node:assert/strict';
import fs, { copyFileSync, readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, mock, test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { CardeaError } from '#core/trace/fault.ts';
import { recordRow } from '#test/contract/database/record-row.ts';
import { databasesUnderTest, emptyFolder } from '#test/contract/databases.ts';
import { openDatabase } from '../open.ts';
import type { Database } from '../schema.ts';
import { softly } from '../statements/softly.ts';
import { whenLost } from './open-sqlite.ts';

const [sqlite] = databasesUnderTest();
after(() => sqlite!.end());

/** The first value of the first row. */
async function pragma(database: Database, statement: string): Promise<unknown> {
  const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${statement}`).execute(database);
  return Object.values(rows[0] ?? {})[0];
}

describe('a commit on SQLite', () => {
  /** The disk: syncs that have begun, each with how to end it. */
  let syncs: ((problem?: Error) => void)[] = [];
  let database: Database;
  const insert = (name: string) => database.insertInto('oidc_records').values(recordRow(name)).execute();
  const soft = () => softly(database.deleteFrom('known_browsers'), database).execute();
  /** Whether it has been answered by the time that everything which waits for no disk is done. */
  const isAnswered = (answer: Promise<unknown>) =>
    Promise.race([answer.then(() => true), setTimeout(50).then(() => false)]);

  beforeEach(async () => {
    database = await openDatabase({ kind: 'sqlite', folder: emptyFolder() });
    await insert('before');
    syncs = [];
    mock.method(fs, 'fdatasync', (_: number, callback: (problem: Error | null) => void) => {
      syncs.push((problem) => callback(problem ?? null));
    });
    syncBuiltinESMExports();
  });
  afterEach(async () => {
    mock.restoreAll();
    syncBuiltinESMExports();
    await database.destroy();
  });

  test('is answered when the write-ahead log is on disk; others read it before', async () => {
    const answer = insert('a');
    assert.equal(await isAnswered(answer), false);
    const { rows } = await sql<{ count: number }>`select count(*) as count from oidc_records`.execute(database);
    assert.deepEqual([rows[0]?.count, syncs.length], [2, 1]);
    syncs[0]!();
    await answer;
  });

  test('of a transaction is answered when the log is on disk, and others write before', async () => {
    const answer = database.transaction().execute((turn) => turn.deleteFrom('oidc_records').execute());
    assert.equal(await isAnswered(answer), false);
    const later = insert('b');
    assert.equal(await isAnswered(later), false);
    syncs[0]!();
    await answer;
    assert.equal(await isAnswered(later), false, 'that sync began before its commit');
    syncs[1]!();
    await later;
  });

  test('that comes while the disk is busy shares the next sync with others', async () => {
    const first = insert('a');
    assert.equal(await isAnswered(first), false);
    const laterAnswers = [insert('b'), setImmediate().then(() => insert('c')), setTimeout(5).then(() => insert('d'))];
    assert.equal(await isAnswered(Promise.race(laterAnswers)), false);
    syncs[0]!();
    await first;
    assert.equal(await isAnswered(Promise.race(laterAnswers)), false);
    assert.equal(syncs.length, 2);
    syncs[1]!();
    await Promise.all(laterAnswers);
  });

  test('that may be lost with the power waits for no disk, unless it is made together with another', async () => {
    await soft();
    assert.equal(syncs.length, 0);
    const both = Promise.all([soft(), insert('a')]);
    assert.equal(await isAnswered(both), false);
    syncs[0]!();
    await both;
  });

  for (const code of ['EIO', 'ENOSPC'])
    test(`that the disk refuses with ${code} is refused, and every later one, because the system may have dropped it`, async () => {
      const isRefusal = (problem: unknown) =>
        problem instanceof CardeaError && problem.because.code === 'databaseSyncFailed';
      const losses: unknown[] = [];
      whenLost(database, (problem) => losses.push(problem));
      const answers = [insert('a'), insert('b')];
      assert.equal(await isAnswered(Promise.race(answers)), false);
      syncs[0]!(Object.assign(new Error(code), { code, syscall: 'fdatasync' }));
      for (const answer of answers) await assert.rejects(answer, isRefusal);
      await assert.rejects(insert('c'), isRefusal);
      await assert.rejects(
        database.transaction().execute((turn) => turn.deleteFrom('oidc_records').execute()),
        isRefusal,
      );
      await assert.rejects(soft(), isRefusal);
      assert.deepEqual([losses.length, losses.every(isRefusal), syncs.length], [1, true, 1]);
    });

  test('is in a write-ahead log that SQLite itself syncs before it copies pages of it', async () => {
    assert.deepEqual([await pragma(database, 'journal_mode'), await pragma(database, 'synchronous')], ['wal', 1]);
  });
});

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
