import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StatementSync } from 'node:sqlite';
import { test } from 'node:test';
import { sql } from 'kysely';
import { openDatabase } from '../../database/open.ts';
import { openDirectoryLists } from './directory-lists.ts';

const users = 12_345;
const everyName = { property: 'user/displayname', from: '', until: '\u{10ffff}' };

test('a list is counted, and its ids are read, by statements that answer a thousand rows at most', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-lists-'));
  const database = await openDatabase({ kind: 'sqlite', folder });
  t.after(async () => {
    await database.destroy();
    rmSync(folder, { recursive: true });
  });
  await sql`insert into directory_index (tenant_id, property, value_key, object_id)
    with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < ${sql.lit(users)})
    select 't', 'user/displayname', 'user ' || i, i from numbers`.execute(database);
  const lists = openDirectoryLists({ database, tenantId: 't' });
  const { all } = StatementSync.prototype;
  const rows: number[] = [];
  t.mock.method(StatementSync.prototype, 'all', function (this: StatementSync, ...values: Parameters<typeof all>) {
    const answer = all.apply(this, values);
    rows.push(answer.length);
    return answer;
  });
  assert.equal(await lists.count('user', everyName), users);
  const ids = await lists.ids('user', [everyName], 10_000);
  assert.deepEqual([ids.length, new Set(ids).size], [10_000, 10_000]);
  assert.ok(rows.length > 0);
  assert.ok(Math.max(...rows) <= 1000, `${rows}`);
});
