import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { type RawBuilder, sql } from 'kysely';
import { databasesUnderTest } from '#test/contract/databases.ts';
import { statementsOf } from '#test/contract/statements-of.ts';
import { refusedWith } from '#test/refused-with.ts';
import { checksums } from '../../migrations/checks/checksums.ts';
import { openDatabase } from '../open.ts';
import { checkTables } from './check-tables.ts';

for (const database of databasesUnderTest())
  describe(`the check of tables on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    /** What the check answers, before and after a change to an open database. */
    async function changed(statement: RawBuilder<unknown>): Promise<{ found: () => Promise<unknown> }> {
      const open = await openDatabase(await database.place());
      assert.equal(await checkTables(open), undefined);
      await statement.execute(open);
      return { found: () => checkTables(open).finally(() => open.destroy()) };
    }

    test('passes on a new database with three statements', async () => {
      const open = await openDatabase(await database.place());
      const statements = await statementsOf(() => checkTables(open));
      assert.equal(statements.length, 3, statements.join('\n'));
      await open.destroy();
    });

    test('refuses a table that is missing', async () => {
      const { found } = await changed(sql`alter table users rename to users_x`);
      await assert.rejects(found(), refusedWith('databaseDamaged'));
    });

    test('refuses a migration whose record is missing', async () => {
      const last = Object.keys(checksums).sort().at(-1)!;
      const { found } = await changed(sql`delete from kysely_migration where name = ${last}`);
      await assert.rejects(found(), refusedWith('databaseSchemaChanged'));
    });

    test('names the migration of a later version, and refuses nothing', async () => {
      const { found } = await changed(sql`insert into kysely_migration (name, timestamp) values ('999-later', 'x')`);
      assert.equal(await found(), '999-later');
    });
  });
