import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { openSealing } from '../../src/keys/sealing.ts';
import { openDatabase } from '../../src/storage/open.ts';
import { openStorage } from '../../src/storage/storage.ts';
import { databasesUnderTest, emptyFolder, openAt, TestClock } from './databases.ts';

const [sqlite] = databasesUnderTest();
after(() => sqlite!.end());
const record = (id: string) => ({
  model: 'M',
  id,
  tenant_id: 't',
  uid: null,
  user_code: null,
  grant_id: null,
  expires_at: null,
  consumed_at: null,
  document: '{}',
});

test('commits are durable: WAL, and synchronous is FULL after the first write', async () => {
  const database = await openDatabase({ kind: 'sqlite', folder: emptyFolder() });
  await database.insertInto('oidc_records').values(record('a')).execute();
  const pragma = async (name: string) => {
    const { rows } = await database.executeQuery<Record<string, unknown>>({
      sql: `pragma ${name}`,
      parameters: [],
      query: { kind: 'RawNode' },
    } as never);
    return Object.values(rows[0]!)[0];
  };
  assert.deepEqual([await pragma('journal_mode'), await pragma('synchronous')], ['wal', 2]);
  await database.destroy();
});

test('a file that is no database is databaseDamaged, and stays as it is', async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'cardea.db'), 'this is no database, but somebody may miss it'.repeat(100));
  await assert.rejects(openAt({ kind: 'sqlite', folder }), {
    because: { code: 'databaseDamaged', evidence: { problem: 'it is no SQLite database' } },
  });
});

test('writes that arrive together are one commit, and one that fails takes no other with it', async () => {
  const folder = emptyFolder();
  const database = await openDatabase({ kind: 'sqlite', folder });
  const ended = await Promise.allSettled(
    ['a', 'b', 'a', 'c'].map((id) => database.insertInto('oidc_records').values(record(id)).execute()),
  );
  assert.deepEqual(
    ended.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal((await database.selectFrom('oidc_records').select('id').execute()).length, 3);
  await database.destroy();
});

test('a transaction is all or nothing, and nobody reads or writes in between', async () => {
  const database = await openDatabase({ kind: 'sqlite', folder: emptyFolder() });
  const seen: number[] = [];
  const failing = database.transaction().execute(async (step) => {
    await step.insertInto('oidc_records').values(record('inside')).execute();
    await new Promise((later) => setTimeout(later, 20));
    throw new Error('thought better of it');
  });
  const reading = database
    .selectFrom('oidc_records')
    .select('id')
    .execute()
    .then((rows) => seen.push(rows.length));
  const writing = database.insertInto('oidc_records').values(record('outside')).execute();
  await assert.rejects(failing, /thought better/);
  await Promise.all([reading, writing]);
  assert.deepEqual(
    (await database.selectFrom('oidc_records').select('id').execute()).map(({ id }) => id),
    ['outside'],
  );
  assert.ok(seen[0]! <= 1);
  await database.destroy();
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
  await wrong.close();
  assert.throws(() => openSealing(folder, 'short'), {
    because: { code: 'secretKeyWrong', evidence: { source: 'CARDEA_SECRET_KEY' } },
  });
});
