import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { openDatabase } from '../../database/open.ts';
import { prune } from '../../database/removal/prune.ts';

const day = 86_400_000;
const at = new TestClock().at;
const keyOf = (name: string) => `http://crl.test/${name}.crl#${'0'.repeat(32)}`;

for (const database of databasesUnderTest())
  describe(`CRLs of removed CAs, on ${database.name}`, { skip: database.missing ?? false }, () => {
    after(() => database.end());

    test('leave a month after their last download, unless a CA that is there or can be restored names their address', async () => {
      const place = await database.place();
      const storage = await openAt(place);
      const [tenantId, otherId] = [crypto.randomUUID(), crypto.randomUUID()];
      for (const id of [tenantId, otherId]) await storage.tenants.add({ id, displayName: id, domains: [] });
      const names = ['base', 'delta', 'further', 'restorable', 'of-another-tenant', 'unused', 'downloaded-lately'];
      for (const name of names) {
        const fetchedAt = new Date(at.getTime() - (name === 'downloaded-lately' ? 29 : 31) * day);
        const list = { url: keyOf(name), fetchedAt, etag: undefined, lastModified: undefined, highestNumber: '7' };
        await storage.crlBytes.write({ ...list, der: new Uint8Array([1]) });
      }
      await storage.close();
      const direct = await openDatabase(place);
      const url = (name: string) => `http://crl.test/${name}.crl`;
      const authority = (tenant_id: string, urls: { crl_url?: string; delta_crl_url?: string; settings?: string }) =>
        direct
          .insertInto('authorities')
          .values({
            ...{ tenant_id, id: crypto.randomUUID(), thumbprint: '', certificate: '', display_name: '' },
            ...{ authority_type: 'root', is_issuer_hint_enabled: 0, store: 'pki', created_at: 0, position: 0 },
            ...{ crl_url: null, delta_crl_url: null, settings: null, container_id: null, ...urls },
          })
          .execute();
      const settings = JSON.stringify({ furtherCrlUrls: [url('further')] });
      await authority(tenantId, { crl_url: url('base'), delta_crl_url: url('delta'), settings });
      await authority(otherId, { crl_url: url('of-another-tenant') });
      const document = JSON.stringify({ certificateRevocationListUrl: url('restorable') });
      const deletion = { tenant_id: tenantId, id: crypto.randomUUID(), deleted_at: at.getTime() - day, document };
      await direct
        .insertInto('deleted_objects')
        .values({ ...deletion, kind: 'certificateAuthorityDetail' })
        .execute();

      const later = new Date(at.getTime() + day / 12); // chunks that no CRL has stay an hour, for one that is being written
      const retention = { signInsSince: new Date(at.getTime() - 30 * day), changesSince: undefined };
      await prune(direct, later, retention);
      const left = await direct.selectFrom('crls').select(['url', 'highest_number']).orderBy('url').execute();
      const expected = names.filter((name) => name !== 'unused').map((name) => [keyOf(name), '7']);
      assert.deepEqual(
        left.map((row) => [row.url, row.highest_number]),
        expected.sort(),
      );
      const chunks = await direct.selectFrom('crl_chunks').select('url').execute();
      assert.ok(!chunks.some((row) => row.url === keyOf('unused')));
      await direct.destroy();
    });
  });
