import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { Kysely, Migrator, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Place } from '#storage/database/open.ts';
import { sqliteDialect } from '#storage/database/sqlite-dialect.ts';
import { first } from '#storage/migrations/m001-first.ts';
import { testCa } from '../pki/test-ca.ts';
import { databasesUnderTest, openAt, TestClock } from './databases.ts';

/** A database of the first release, before there were containers. */
async function firstRelease(place: Place): Promise<Kysely<Record<string, Record<string, unknown>>>> {
  const dialect =
    place.kind === 'sqlite'
      ? sqliteDialect(new DatabaseSync(join(place.folder, 'cardea.db')), {
          faultOf: (problem) => problem,
          checkFile: () => undefined,
        })
      : new PostgresDialect({ pool: new pg.Pool({ connectionString: place.url }) });
  const database = new Kysely<Record<string, Record<string, unknown>>>({ dialect });
  const provider = { getMigrations: async () => ({ '001-first': first }) };
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest();
  assert.equal(error, undefined);
  return database;
}

for (const database of databasesUnderTest()) {
  describe(`CAs of the first release on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    test('lie in a container after the update, those of the classic store in none', async () => {
      const place = await database.place();
      const old = await firstRelease(place);
      const [item, two] = [crypto.randomUUID(), crypto.randomUUID()];
      const row = (tenant_id: string, store: string, id: string, created_at: number) => ({
        tenant_id,
        id,
        thumbprint: id,
        certificate: Buffer.from(testCa(`CN=${id}`).der).toString('base64'),
        display_name: id,
        authority_type: 'root',
        crl_url: null,
        delta_crl_url: null,
        is_issuer_hint_enabled: 1,
        store,
        settings: null,
        created_at,
      });
      const rows = [row(item, 'pki', 'a', 1000), row(item, 'pki', 'b', 2000), row(item, 'classic', 'c', 3000)];
      await old
        .insertInto('authorities')
        .values([...rows, row(two, 'pki', 'd', 500)])
        .execute();
      await old.destroy();
      const storage = await openAt(place, new TestClock());
      for (const [tenant, count] of [
        [item, 2],
        [two, 1],
      ] as const) {
        const { containers, authorities } = await storage.forTenant(tenant).trustStore.state();
        assert.deepEqual(
          containers.map(({ displayName, createdDateTime }) => [displayName, createdDateTime.getTime()]),
          [['Trusted CAs', tenant === item ? 1000 : 500]],
        );
        const inside = authorities.filter(({ containerId }) => containerId === containers[0]!.id);
        assert.equal(inside.length, count);
        assert.ok(authorities.every(({ store, containerId }) => (store === 'pki') === (containerId !== undefined)));
      }
      await storage.close();
    });
  });
}
