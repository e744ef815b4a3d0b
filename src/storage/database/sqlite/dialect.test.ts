import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { recordRow } from '#test/contract/database/record-row.ts';
import { databasesUnderTest, emptyFolder } from '#test/contract/databases.ts';
import { openDatabase } from '../open.ts';

const [sqlite] = databasesUnderTest();
after(() => sqlite!.end());

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
