import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { defaultX509CertificateConfiguration } from '#core/binding/policy.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { openAt } from '../databases.ts';
import { describeOnEachDatabase, twoTenants } from '../each-database.ts';
import { userOf } from '../user-of.ts';
import { flowOf, recordOf } from './documents.ts';

const minute = 60_000;

describeOnEachDatabase('the database at rest', ({ clock, database, place, reopen, storage: opened }) => {
  let storage: Storage;
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    storage = opened();
    ({ mine, otherTenant } = await twoTenants(opened()));
  });

  test('a private key lies sealed in the database and opens for its own tenant and key id only', async () => {
    const key = { kid: 'k1', alg: 'RS256', privateJwk: { d: 'secret' } } as const;
    await mine.keyStore.add(key, clock.at);
    assert.deepEqual(await mine.keyStore.list(), [{ ...key, createdDateTime: clock.at, signsFromDateTime: undefined }]);
    assert.deepEqual(await otherTenant.keyStore.list(), []);
  });

  test('pruning removes what has expired and old entries, and nothing else', async () => {
    const [flow, old, recent] = [flowOf(clock), recordOf(clock, -2 * 24 * 60 * minute), recordOf(clock, 0)];
    await mine.flows.put(flow);
    for (const record of [old, recent]) await mine.signInLog.append(record);
    await mine.oidcRecords.upsert('Grant', 'forever', { a: 1 }, 0);
    const quarter = 15 * minute; // rows of visits leave at the end of one
    await storage.prune(new Date(flow.expires.getTime() + quarter), {
      signInsSince: new Date(clock.at.getTime() - minute),
    });
    assert.equal(await mine.flows.find(flow.id, clock.at), undefined);
    assert.deepEqual(await mine.signInLog.list({ top: 10 }), [recent]);
    assert.deepEqual(await mine.oidcRecords.find('Grant', 'forever'), { a: 1 });
  });

  test('closing and opening loses nothing and migrates nothing twice', async () => {
    const ana = userOf('ana@woodgrove.test');
    await mine.users.add(ana, 'test');
    const tenants = await storage.tenants.list();
    await reopen();
    storage = opened();
    assert.deepEqual(await storage.tenants.list(), tenants);
  });

  test('another process sees an edit with its next question, or is refused the folder', {
    skip: database.isShared ? false : undefined,
  }, async () => {
    if (!database.isShared) {
      await assert.rejects(openAt(place(), clock), {
        because: { code: 'dataFolderInUse', evidence: { folder: (place() as { folder: string }).folder } },
      });
      return;
    }
    const second = await openAt(place(), clock);
    const [tenant] = await storage.tenants.list();
    await storage.forTenant(tenant!.id).policies.current();
    await second
      .forTenant(tenant!.id)
      .policy.setX509({ ...defaultX509CertificateConfiguration, state: 'enabled' }, 'test');
    assert.equal((await storage.forTenant(tenant!.id).policies.current()).x509.state, 'enabled');
    await second.close();
  });
});
