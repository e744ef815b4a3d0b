import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { recordRow } from '#test/contract/database/record-row.ts';
import { databasesUnderTest, emptyFolder, openAt } from '#test/contract/databases.ts';
import { openDatabase } from '../open.ts';
import { probeWrite } from './probe.ts';

const [sqlite] = databasesUnderTest();
after(() => sqlite!.end());

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
