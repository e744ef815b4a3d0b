import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { type RawBuilder, sql } from 'kysely';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { statementsOf } from '#test/contract/statements-of.ts';
import { checksums } from '../../migrations/checks/checksums.ts';
import { openDatabase, type Place } from '../open.ts';

const last = Object.keys(checksums).sort().at(-1)!;
const time = new TestClock().at.toISOString();

for (const database of databasesUnderTest()) {
  describe(`the check of the schema on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    /** A database of this program, changed by a statement. */
    async function changed(statement: RawBuilder<unknown>): Promise<Place> {
      const place = await database.place();
      await (await openAt(place)).close();
      const direct = await openDatabase(place);
      await statement.execute(direct);
      await direct.destroy();
      return place;
    }
    const refusedWith = (code: string, evidence: object) => (problem: { because?: unknown }) => {
      assert.deepEqual(problem.because, { code, evidence });
      return true;
    };

    test('a database of this version is opened without a look at the columns of its tables', async () => {
      const place = await database.place();
      await (await openAt(place)).close();
      const statements = await statementsOf(async () => (await openAt(place)).close());
      assert.ok(statements.some((text) => text.includes('kysely_migration')));
      assert.deepEqual(
        statements.filter((text) => /pragma_table_info|pg_attribute/i.test(text)),
        [],
      );
    });

    test('a migration of a later version is databaseNewer', async () => {
      const place = await changed(sql`insert into kysely_migration (name, timestamp) values ('999-later', ${time})`);
      await assert.rejects(openAt(place), refusedWith('databaseNewer', { migration: '999-later', last }));
    });

    test('a migration in between that this program does not have is databaseSchemaChanged', async () => {
      const place = await changed(sql`insert into kysely_migration (name, timestamp) values ('004-foreign', ${time})`);
      const problem = 'this version of Cardea does not contain it';
      await assert.rejects(openAt(place), refusedWith('databaseSchemaChanged', { migration: '004-foreign', problem }));
    });

    test('another checksum is databaseSchemaChanged', async () => {
      const place = await changed(
        sql`update installation_facts set value = 'another' where name = 'migration 002-directory-objects'`,
      );
      const evidence = { migration: '002-directory-objects', problem: 'it was applied with another checksum' };
      await assert.rejects(openAt(place), refusedWith('databaseSchemaChanged', evidence));
    });

    test('a migration without its record, in the middle or at the end, is databaseSchemaChanged and never applied again', async () => {
      const middle = await changed(sql`delete from kysely_migration where name = '003-trust'`);
      const gap = { migration: '003-trust', problem: 'it was not applied, but later migrations were' };
      await assert.rejects(openAt(middle), refusedWith('databaseSchemaChanged', gap));
      const end = await changed(sql`delete from kysely_migration where name = ${last}`);
      const lost = { migration: last, problem: 'the record that it was applied is missing' };
      await assert.rejects(openAt(end), refusedWith('databaseSchemaChanged', lost));
    });

    test('a database from before checksums is opened, and has them from then on', async () => {
      const place = await changed(sql`drop table installation_facts`);
      const storage = await openAt(place);
      await storage.checkSecretKey();
      await storage.close();
      const direct = await openDatabase(place);
      const { rows } = await sql<{ name: string }>`select name from installation_facts order by name`.execute(direct);
      await direct.destroy();
      const names = Object.keys(checksums).map((name) => `migration ${name}`);
      assert.deepEqual(rows.map(({ name }) => name).sort(), [...names, 'secret key'].sort());
    });
  });
}
