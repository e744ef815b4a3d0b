import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { firstPartyApplications } from '#admin/applications/first-party.ts';
import { makeDemoTenant } from '#cli/demo.ts';
import { makeWoodgrove } from '#pki/demo/woodgrove.ts';
import type { Place } from '#storage/database/open.ts';
import type { Storage } from '#storage/storage.ts';
import { refusedWith } from '../refused-with.ts';
import { databasesUnderTest, openAt, TestClock } from './databases.ts';
import { statementsOf } from './statements-of.ts';

const clock = new TestClock();
const pki = makeWoodgrove({ at: clock.at, crlBaseUrl: 'http://localhost:1' });
const firstParty = firstPartyApplications('https://login.woodgrove.test');

const makeDemo = (storage: Storage, applications = firstParty) =>
  makeDemoTenant(pki, {
    tenants: storage.tenants,
    clock,
    firstParty: applications,
    adminOf: async (tenantId) => storage.forTenant(tenantId),
  });

/** Runs one statement on a database that no program of ours has open. */
async function directly(place: Place, statement: string): Promise<readonly Record<string, unknown>[]> {
  if (place.kind === 'sqlite') {
    const file = new DatabaseSync(join(place.folder, 'cardea.db'));
    const rows = file.prepare(statement).all();
    file.close();
    return rows;
  }
  const client = new pg.Client({ connectionString: place.url });
  await client.connect();
  const { rows } = await client.query(statement);
  await client.end();
  return rows;
}

for (const database of databasesUnderTest()) {
  describe(`the first start on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    const tables =
      database.name === 'SQLite'
        ? `select name from sqlite_master where type = 'table'`
        : `select tablename as name from pg_tables where schemaname = 'public'`;

    test('a migration that fails leaves no table of any migration, and the next start applies all of them', async () => {
      const place = await database.emptyPlace();
      await directly(place, 'create table deleted_objects (id text)'); // a later table of the second migration
      await assert.rejects(openAt(place, clock), refusedWith('databaseDamaged'));
      const names = (await directly(place, tables)).map(({ name }) => `${name}`);
      assert.equal(names.includes('users'), false, names.join(' '));
      await directly(place, 'drop table deleted_objects');
      const storage = await openAt(place, clock);
      assert.deepEqual(await storage.tenants.list(), []);
      await storage.close();
    });

    test('the demo tenant is made whole or not at all', async () => {
      const storage = await openAt(await database.emptyPlace(), clock);
      const [application] = firstParty;
      const unfit = { ...application!, appId: undefined as never };
      await assert.rejects(makeDemo(storage, [...firstParty, unfit]));
      assert.deepEqual(await storage.tenants.list(), []);
      assert.equal(await makeDemo(storage), true);
      const [tenant] = await storage.tenants.list();
      const ports = storage.forTenant(tenant!.id);
      assert.equal(await ports.users.count(), pki.users.length);
      await storage.close();
    });
  });
}

describe('what waits for the disk', () => {
  const [sqlite] = databasesUnderTest();
  after(() => sqlite!.end());

  test('a new database with the demo tenant is made in at most fifteen commits', async () => {
    const place = await sqlite!.emptyPlace();
    const texts = await statementsOf(async () => {
      const storage = await openAt(place, clock);
      await makeDemo(storage);
      await storage.close();
    });
    const commits = texts.filter((text) => text === 'commit').length;
    assert.ok(commits <= 15, `${commits} commits`);
  });
});
