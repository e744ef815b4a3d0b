import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { testCa } from '../../pki/test-ca.ts';
import { databasesUnderTest, openAt, TestClock } from '../databases.ts';
import { databaseOf } from './old-database.ts';

for (const database of databasesUnderTest()) {
  describe(`CAs of the first release on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    test('lie in a container after the update, those of the classic store in none', async () => {
      const place = await database.emptyPlace();
      const old = await databaseOf('001-first', place);
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
