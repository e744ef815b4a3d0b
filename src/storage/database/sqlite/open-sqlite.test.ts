import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { sql } from 'kysely';
import { databasesUnderTest, emptyFolder, openAt, TestClock } from '#test/contract/databases.ts';
import { ReadCache } from '../../cache/read-cache.ts';
import { openApplications } from '../../stores/directory/applications.ts';
import { openOidcRecords } from '../../stores/sign-in/oidc-records.ts';
import { VisitRows } from '../../stores/sign-in/visit-rows.ts';
import { openDatabase, schemaAt } from '../open.ts';
import type { Database } from '../schema.ts';

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

test('on a full disk a write is diskFull; what was acknowledged is there, what was not is not, and it continues', async () => {
  const folder = emptyFolder();
  const database = await openDatabase({ kind: 'sqlite', folder });
  const pages = Number(await pragma(database, 'page_count'));
  await pragma(database, `max_page_count = ${pages + 12}`);
  const store = { database, tenantId: 't', clock: new TestClock() };
  const records = openOidcRecords(store, new VisitRows(database, new ReadCache(database)));
  const applications = openApplications(store);
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
  const storedIds = [
    ...(await database.selectFrom('oidc_records').select('id').execute()).map(({ id }) => id),
    ...(await applications.list()).map(({ appId }) => appId),
  ];
  assert.deepEqual(storedIds.sort(), existing.sort());
  const uris = await database.selectFrom('identifier_uris').select('application_id').execute();
  assert.equal(uris.length, (await applications.list()).length * 40, 'and no half of an application');
  await pragma(database, 'max_page_count = 1000000');
  for (const { id } of refused) await records.upsert('M', id, { ballast }, 0);
  await database.destroy();
});

test('a data folder below a file is dataFolderUnusable', async () => {
  const file = join(emptyFolder(), 'a-file');
  writeFileSync(file, '');
  const folder = join(file, 'data');
  await assert.rejects(openAt({ kind: 'sqlite', folder }), {
    because: { code: 'dataFolderUnusable', evidence: { path: file, problem: 'is not a folder' } },
  });
});

describe('a data folder whose database is lost', () => {
  const refusal = (folder: string, state: string) => ({
    because: { code: 'databaseLost', evidence: { folder, state } },
  });

  test('has a database file without an octet', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'cardea.db'), '');
    await assert.rejects(schemaAt({ kind: 'sqlite', folder }), refusal(folder, 'empty'));
  });

  for (const remnant of ['crls', 'cardea.db-wal'])
    test(`has ${remnant} and no database file`, async () => {
      const folder = emptyFolder();
      mkdirSync(join(folder, remnant));
      await assert.rejects(schemaAt({ kind: 'sqlite', folder }), refusal(folder, 'missing'));
    });

  test('is not one with the secret, the settings and the TLS keys of a first start', async () => {
    const folder = emptyFolder();
    for (const name of ['secret.key', 'cardea.json']) writeFileSync(join(folder, name), '');
    mkdirSync(join(folder, 'tls'));
    assert.equal((await schemaAt({ kind: 'sqlite', folder }))?.applied, 0);
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
