import assert from 'node:assert/strict';
import fs, { existsSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, beforeEach, describe, mock, test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { CardeaError } from '#core/trace/fault.ts';
import { openSealing } from '#keys/sealing.ts';
import { ReadCache } from '#storage/cache/read-cache.ts';
import { openDatabase } from '#storage/database/open.ts';
import type { Database } from '#storage/database/schema.ts';
import { whenLost } from '#storage/database/sqlite/open-sqlite.ts';
import { softly } from '#storage/database/statements/softly.ts';
import { openStorage } from '#storage/storage.ts';
import { openApplications } from '#storage/stores/directory/applications.ts';
import { openOidcRecords } from '#storage/stores/sign-in/oidc-records.ts';
import { VisitRows } from '#storage/stores/sign-in/visit-rows.ts';
import { databasesUnderTest, emptyFolder, openAt, TestClock } from '../databases.ts';
import { recordRow } from './record-row.ts';

const [sqlite] = databasesUnderTest();
after(() => sqlite!.end());
const application = {
  displayName: 'App',
  redirectUris: [],
  postLogoutRedirectUris: [],
  isPublicClient: true,
  secretHashes: [],
  roles: [],
  homepage: undefined,
};
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

test('what undoes a statement stays in memory: nothing of the database reaches the folder for temporary files', async () => {
  const database = await openDatabase({ kind: 'sqlite', folder: emptyFolder() });
  await sql`create table wide (id integer primary key, text text unique)`.execute(database);
  await sql`with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < 400)
    insert into wide select i, i || hex(zeroblob(500)) from numbers`.execute(database);
  await sql`update wide set text = id || 'changed'`.execute(database); // more than 64 KiB of pages, and it could fail in the middle
  // The connection of one process keeps a temporary file open that it has made.
  assert.deepEqual(
    openFiles().filter((file) => file.includes('etilqs_')),
    [],
  );
  await database.destroy();
});

/** What this process has open, as Linux says; nothing elsewhere. */
function openFiles(): readonly string[] {
  const folder = '/proc/self/fd';
  if (!existsSync(folder)) return [];
  const targetOf = (name: string) => {
    try {
      return readlinkSync(join(folder, name));
    } catch {
      return ''; // that of the list itself
    }
  };
  return readdirSync(folder).map(targetOf);
}

test('a file that is not a database is databaseDamaged, and stays as it is', async () => {
  const folder = emptyFolder();
  const file = join(folder, 'cardea.db');
  const text = 'this is not a database, but a file of the user'.repeat(100);
  writeFileSync(file, text);
  await assert.rejects(openAt({ kind: 'sqlite', folder }), {
    because: { code: 'databaseDamaged', evidence: { problem: 'it is not an SQLite database' } },
  });
  assert.equal(readFileSync(file, 'utf8'), text);
});

test('a database with pages overwritten is databaseDamaged, never an empty one', async () => {
  const folder = emptyFolder();
  await (await openAt({ kind: 'sqlite', folder })).close();
  const file = join(folder, 'cardea.db');
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4096);
  writeFileSync(file, bytes);
  const opening = openAt({ kind: 'sqlite', folder }).then((storage) => storage.tenants.list());
  await assert.rejects(opening, {
    because: { code: 'databaseDamaged', evidence: { problem: 'database disk image is malformed' } },
  });
  assert.deepEqual(readFileSync(file).subarray(4096), bytes.subarray(4096));
});

test('writes that arrive together are one commit, and one that fails takes no other with it', async () => {
  const folder = emptyFolder();
  const database = await openDatabase({ kind: 'sqlite', folder });
  const end = await Promise.allSettled(
    ['a', 'b', 'a', 'c'].map((id) => database.insertInto('oidc_records').values(recordRow(id)).execute()),
  );
  assert.deepEqual(
    end.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal((await database.selectFrom('oidc_records').select('id').execute()).length, 3);
  await database.destroy();
});

test('a transaction is all or nothing, and no other reads or writes in between', async () => {
  const database = await openDatabase({ kind: 'sqlite', folder: emptyFolder() });
  const seenKeys: number[] = [];
  const failing = database.transaction().execute(async (step) => {
    await step.insertInto('oidc_records').values(recordRow('inside')).execute();
    await setTimeout(20);
    throw new Error('thought better of it');
  });
  const reading = database
    .selectFrom('oidc_records')
    .select('id')
    .execute()
    .then((rows) => seenKeys.push(rows.length));
  const writing = database.insertInto('oidc_records').values(recordRow('outside')).execute();
  await assert.rejects(failing, /thought better/);
  await Promise.all([reading, writing]);
  assert.deepEqual(
    (await database.selectFrom('oidc_records').select('id').execute()).map(({ id }) => id),
    ['outside'],
  );
  assert.ok(seenKeys[0]! <= 1);
  await database.destroy();
});

test('a commit that fails undoes its own transaction and not the one that follows', async () => {
  const database = await openDatabase({ kind: 'sqlite', folder: emptyFolder() });
  await sql`create table parents (id text primary key)`.execute(database);
  await sql`create table children (id text references parents (id) deferrable initially deferred)`.execute(database);
  const failing = database.transaction().execute(async (step) => {
    await step.insertInto('oidc_records').values(recordRow('of the failing one')).execute();
    await sql`insert into children values ('orphan')`.execute(step);
  });
  const following = database.transaction().execute(async (step) => {
    await step.insertInto('oidc_records').values(recordRow('first half')).execute();
    await setTimeout(20);
    await step.insertInto('oidc_records').values(recordRow('second half')).execute();
    throw new Error('thought better of it');
  });
  await assert.rejects(failing, /FOREIGN KEY/);
  await assert.rejects(following, /thought better/);
  assert.deepEqual(await database.selectFrom('oidc_records').select('id').execute(), []);
  await database.insertInto('oidc_records').values(recordRow('after')).execute();
  await database.destroy();
});

test('on a full disk a write is diskFull; what was acknowledged is there, what was not is not, and it goes on', async () => {
  const folder = emptyFolder();
  const database = await openDatabase({ kind: 'sqlite', folder });
  const pages = Number(await pragma(database, 'page_count'));
  await pragma(database, `max_page_count = ${pages + 12}`);
  const clock = new TestClock();
  const records = openOidcRecords(database, 't', clock, new VisitRows(database, new ReadCache(database)));
  const applications = openApplications(database, 't', clock);
  const ballast = 'x'.repeat(3000);
  const existing: string[] = [];
  const refused: { id: string; problem: unknown }[] = [];
  const order = (id: string) => (promiseSettledResult: PromiseSettledResult<unknown>) =>
    promiseSettledResult.status === 'fulfilled'
      ? existing.push(id)
      : refused.push({ id, problem: promiseSettledResult.reason });
  for (let round = 0; round < 10; round++) {
    const ids = Array.from({ length: 5 }, () => crypto.randomUUID());
    const writes = ids.map((id) => records.upsert('M', id, { ballast }, 0));
    const appId = crypto.randomUUID();
    const identifierUris = Array.from({ length: 40 }, (_, n) => `api://${appId}/${n}/${'y'.repeat(100)}`);
    const put = applications.put({ ...application, appId, identifierUris });
    const ends = await Promise.allSettled([...writes, put]);
    for (const [index, id] of [...ids, appId].entries()) order(id)(ends[index]!);
  }
  assert.ok(existing.length > 0 && refused.length > 10);
  for (const { problem } of refused) {
    assert.deepEqual((problem as { because: unknown }).because, { code: 'diskFull', evidence: { folder } });
  }
  const match = [
    ...(await database.selectFrom('oidc_records').select('id').execute()).map(({ id }) => id),
    ...(await applications.list()).map(({ appId }) => appId),
  ];
  assert.deepEqual(match.sort(), existing.sort());
  const uris = await database.selectFrom('identifier_uris').select('application_id').execute();
  assert.equal(uris.length, (await applications.list()).length * 40, 'and no half of an application');
  await pragma(database, 'max_page_count = 1000000');
  for (const { id } of refused) await records.upsert('M', id, { ballast }, 0);
  await database.destroy();
});

test('a data folder that cannot be made is dataFolderNotWritable', async () => {
  const file = join(emptyFolder(), 'a-file');
  writeFileSync(file, '');
  const folder = join(file, 'data');
  await assert.rejects(openAt({ kind: 'sqlite', folder }), {
    because: { code: 'dataFolderNotWritable', evidence: { folder, problem: 'ENOTDIR' } },
  });
});

test('the folder and what lies in it are their owner’s alone', async () => {
  const folder = join(emptyFolder(), 'data');
  const storage = await openAt({ kind: 'sqlite', folder });
  await storage.tenants.add({ id: crypto.randomUUID(), displayName: 'Woodgrove', domains: [] });
  const modes = Object.fromEntries(
    ['', ...readdirSync(folder)].map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]),
  );
  assert.deepEqual(modes, { '': '700', 'cardea.db': '600', 'cardea.db-wal': '600' });
  await storage.close();
});

test('a folder that was refused is free again: the refusal keeps nothing open', async () => {
  const folder = emptyFolder();
  const holder = await openAt({ kind: 'sqlite', folder });
  await assert.rejects(openAt({ kind: 'sqlite', folder }), {
    because: { code: 'dataFolderInUse', evidence: { folder } },
  });
  await holder.tenants.add({ id: crypto.randomUUID(), displayName: 'Woodgrove', domains: [] });
  await holder.close();
  const next = await openAt({ kind: 'sqlite', folder });
  assert.equal((await next.tenants.list()).length, 1);
  await next.close();
});

test('private keys lie sealed in the file; another secret does not open them', async () => {
  const folder = emptyFolder();
  const clock = new TestClock();
  const storage = await openStorage({ kind: 'sqlite', folder }, clock, openSealing(folder, undefined));
  await storage.forTenant('t').keyStore.add({ kid: 'k', alg: 'RS256', privateJwk: { d: 'a-secret-number' } }, clock.at);
  await storage.close();
  const file = new DatabaseSync(join(folder, 'cardea.db'), { readOnly: true });
  const [row] = file.prepare('select * from signing_keys').all();
  file.close();
  assert.ok(!JSON.stringify(row).includes('a-secret-number'));
  const secret = Buffer.alloc(32, 7).toString('base64url');
  const wrong = await openStorage({ kind: 'sqlite', folder }, clock, openSealing(folder, secret));
  await assert.rejects(wrong.forTenant('t').keyStore.list(), {
    because: { code: 'secretKeyWrong', evidence: { source: 'CARDEA_SECRET_KEY' } },
  });
  await assert.rejects(
    wrong.checkSecretKey(),
    (problem: { because?: { code: string } }) => problem.because?.code === 'secretKeyWrong',
  );
  await wrong.resetSecretKey();
  await wrong.checkSecretKey();
  assert.deepEqual(await wrong.forTenant('t').keyStore.list(), []);
  await wrong.close();
  assert.throws(() => openSealing(folder, 'short'), {
    because: { code: 'secretKeyMalformed', evidence: { source: 'CARDEA_SECRET_KEY' } },
  });
});
