import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Kysely } from 'kysely';
import type { Database, Schema } from '../schema.ts';
import { sqliteDialect } from '../sqlite/dialect.ts';
import { hotStatement } from './hot-statement.ts';

const options = { faultOf: (problem: unknown) => problem, checkFile: () => undefined };

function openFacts(): Database {
  const file = new DatabaseSync(':memory:');
  file.exec('create table tickets (tenant_id text, id text, created_at integer)');
  return new Kysely<Schema>({ dialect: sqliteDialect(file, options) });
}

test('the text of a hot statement is built once for a database, and every execution has its own values', async () => {
  let builds = 0;
  type Ticket = { readonly tenant_id: string; readonly id: string; readonly created_at: number };
  const insert = hotStatement((database, { tenant_id, id, created_at }: Ticket) => {
    builds++;
    return database.insertInto('tickets').values({ tenant_id, id, created_at } as never);
  });
  const find = hotStatement((database, { from }: { readonly from: number }) =>
    database
      .selectFrom('tickets')
      .select('id')
      .where('tenant_id', '=', 't')
      .where('created_at', '>=', from)
      .orderBy('id'),
  );
  const [first, second] = [openFacts(), openFacts()];
  for (const created_at of [1, 2, 3]) await insert(first, { tenant_id: 't', id: `id ${created_at}`, created_at });
  assert.equal(builds, 1);
  const { numAffectedRows } = await insert(second, { tenant_id: 't', id: 'other', created_at: 9 });
  assert.deepEqual([builds, numAffectedRows], [2, 1n]);
  assert.deepEqual((await find(first, { from: 2 })).rows, [{ id: 'id 2' }, { id: 'id 3' }]);
  assert.deepEqual((await find(first, { from: 3 })).rows, [{ id: 'id 3' }]);
  assert.deepEqual((await find(second, { from: 0 })).rows, [{ id: 'other' }]);
  for (const database of [first, second]) await database.destroy();
});
