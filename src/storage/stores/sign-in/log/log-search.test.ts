import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { type KyselyPlugin, type RootOperationNode, sql } from 'kysely';
import { openDatabase, type Place } from '#storage/database/open.ts';
import { deletedBefore } from '#storage/database/removal/prune.ts';
import type { Database } from '#storage/database/schema.ts';
import { databasesUnderTest } from '#test/contract/databases.ts';
import { findSignIns } from './sign-ins.ts';

/** The last query that went to the database. */
class LastQuery implements KyselyPlugin {
  node: RootOperationNode | undefined;
  transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => {
    this.node = node;
    return node;
  };
  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => result;
}

/** How the database, which is closed, would find the rows of a query. PostgreSQL reads a small table whole unless that is forbidden. */
async function planOf(place: Place, database: Database, node: RootOperationNode): Promise<string> {
  const query = database.getExecutor().compileQuery(node as never, { queryId: 'plan' });
  const values = query.parameters.map((value) => (typeof value === 'number' ? `${value}` : `'${value}'`));
  const text = query.sql.replace(/\?|\$\d+/g, () => values.shift()!);
  if (place.kind === 'sqlite') {
    await database.destroy(); // it holds the file alone
    const file = new DatabaseSync(join(place.folder, 'cardea.db'), { readOnly: true });
    const plan = file.prepare(`explain query plan ${text}`).all();
    file.close();
    return JSON.stringify(plan);
  }
  const { rows } = await database.connection().execute(async (connection) => {
    await sql`set enable_seqscan = off`.execute(connection);
    return sql.raw(`explain ${text}`).execute(connection);
  });
  await database.destroy();
  return JSON.stringify(rows);
}

for (const database of databasesUnderTest())
  describe(`rows of all tenants on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    test('is searched for an id or a correlation id by indexes, however long it is', async () => {
      const place = await database.place();
      const direct = await openDatabase(place);
      const last = new LastQuery();
      assert.deepEqual(await findSignIns(direct.withPlugin(last), crypto.randomUUID()), []);
      const plan = await planOf(place, direct, last.node!);
      assert.match(plan, /sign_ins/);
      assert.doesNotMatch(plan, /Seq Scan on (repeated_)?sign_ins|SCAN (repeated_)?sign_ins/);
    });

    test('what was deleted longest ago is found by an index, however much is deleted', async () => {
      const place = await database.place();
      const direct = await openDatabase(place);
      const last = new LastQuery();
      assert.deepEqual(await deletedBefore(direct.withPlugin(last), 0), []);
      assert.match(await planOf(place, direct, last.node!), /deleted_objects_by_time/);
    });
  });
