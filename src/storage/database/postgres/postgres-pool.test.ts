import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { sql } from 'kysely';
import { databasesUnderTest, openAt } from '#test/contract/databases.ts';
import { openDatabase, type Place } from '../open.ts';

const [, postgres] = databasesUnderTest();

const unavailable = (problem: { because?: { code: string; evidence: { host: string } } }) => {
  assert.deepEqual([problem.because?.code, problem.because?.evidence.host], ['databaseUnavailable', 'localhost']);
  return true;
};

describe('a PostgreSQL server', { skip: postgres!.missing ?? false }, () => {
  after(() => postgres!.end());

  test('that goes away is an answer to those who ask; when it is back, so is everything it acknowledged', async () => {
    const place = await postgres!.emptyPlace();
    const storage = await openAt(place);
    const add = (id: string) =>
      storage.tenants.add({
        id,
        displayName: id,
        domains: [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true }],
      });
    const before = crypto.randomUUID();
    await add(before);
    // Connections in the middle of a transaction, of a question, and idle ones.
    let running = true;
    const ends: unknown[] = [];
    const acknowledgements: string[] = [before];
    const visitor = async () => {
      while (running) {
        const id = crypto.randomUUID();
        await add(id).then(
          () => acknowledgements.push(id),
          (problem) => ends.push(problem),
        );
        await new Promise((next) => setImmediate(next));
      }
    };
    const visitors = Array.from({ length: 8 }, visitor);
    while (acknowledgements.length < 50) await new Promise((next) => setImmediate(next));
    postgres!.server!.kill();
    while (ends.length < 20) await new Promise((next) => setImmediate(next));
    running = false;
    await Promise.all(visitors);
    for (const problem of ends) unavailable(problem as never);
    await assert.rejects(storage.tenants.list(), unavailable);
    await assert.rejects(openAt(place), unavailable);

    await postgres!.server!.start();
    for (const id of acknowledgements) assert.equal((await storage.tenants.find(`${id}.test`))?.id, id);
    await add(crypto.randomUUID());
    await storage.close();
  });

  test('that has no such database, or no server at its address, is databaseUnavailable; the password is not shown', async () => {
    const { url } = (await postgres!.emptyPlace()) as { url: string };
    const empty = new URL(url);
    empty.pathname = '/nothing';
    await assert.rejects(openAt({ kind: 'postgres', url: empty.href }), unavailable);
    const nobody = 'postgres://someone:a-password@127.0.0.1:1/cardea';
    await assert.rejects(openAt({ kind: 'postgres', url: nobody }), (problem: Error & { because: unknown }) => {
      assert.deepEqual(problem.because, {
        code: 'databaseUnavailable',
        evidence: { host: '127.0.0.1:1', problem: 'connect ECONNREFUSED 127.0.0.1:1' },
      });
      return true;
    });
  });

  test('that is read-only on a connection, as a former primary is, gets the next write on another connection', async () => {
    const place = await postgres!.emptyPlace();
    const database = await openDatabase(place);
    await sql`set default_transaction_read_only = on`.execute(database); // of this connection, which is the only one
    const write = () => database.deleteFrom('known_browsers').where('tenant_id', '=', 't').execute();
    await assert.rejects(write(), unavailable);
    await write();
    await database.destroy();
  });

  for (const isUnprepared of [false, true]) {
    const how = isUnprepared ? 'not prepared, as a pooler wants it' : 'prepared';
    test(`whose statements are ${how} serves on while another server changes a table`, async () => {
      const place = { ...((await postgres!.emptyPlace()) as Extract<Place, { kind: 'postgres' }>), isUnprepared };
      const database = await openDatabase(place);
      const otherDatabase = await openDatabase(place);
      const read = () => database.selectFrom('known_browsers').selectAll().where('tenant_id', '=', 't').execute();
      for (let turn = 0; turn < 40; turn++) await read();
      const { rows } = await database.transaction().execute(async (step) => {
        for (let turn = 0; turn < 10; turn++)
          await step.selectFrom('known_browsers').selectAll().where('tenant_id', '=', 't').execute();
        return sql<{ name: string }>`select name from pg_prepared_statements where name like 'cardea%'`.execute(step);
      });
      assert.equal(rows.length > 0, !isUnprepared, JSON.stringify(rows));
      await otherDatabase.schema.alterTable('known_browsers').addColumn('more', 'text').execute();
      await otherDatabase
        .insertInto('known_browsers')
        .values({ tenant_id: 't', user_id: 'u', browser: 'b', expires_at: 1 })
        .execute();
      for (let turn = 0; turn < 10; turn++) assert.equal((await read()).length, 1);
      await database.destroy();
      await otherDatabase.destroy();
    });
  }
});
