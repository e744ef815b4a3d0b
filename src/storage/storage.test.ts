import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { defaultX509CertificateConfiguration } from '#core/binding/policy.ts';
import { openAt } from '#test/contract/databases.ts';
import { flowOf, recordOf } from '#test/contract/documents.ts';
import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { Storage, TenantStorage } from './storage.ts';

const minute = 60_000;

describeOnEachDatabase('the database at rest', ({ clock, database, place, reopen, storage: currentStorage }) => {
  let storage: Storage;
  let mine: TenantStorage;
  beforeEach(async () => {
    storage = currentStorage();
    ({ mine } = await twoTenants(currentStorage()));
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
    storage = currentStorage();
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

  test('no object has NUL in its name', async () => {
    const nul = 'x\u0000';
    const { tenants, crlBytes } = storage;
    const { applications, oidcRecords, flows, handoffs, sessions, signInLog, directory, users, groups } = mine;
    const answers = await Promise.all([
      tenants.find(nul),
      crlBytes.read(nul),
      crlBytes.head(nul),
      storage.tenantOfRecord('AuthorizationCode', nul),
      applications.find(nul),
      applications.findByIdentifierUri(nul),
      oidcRecords.find('AuthorizationCode', nul),
      oidcRecords.findByUid('Session', nul),
      oidcRecords.findByUserCode('DeviceCode', nul),
      oidcRecords.revokeByGrantId(nul),
      flows.find(nul, clock.at),
      flows.findByInteraction(nul, clock.at),
      handoffs.take(nul, clock.at),
      sessions.end(nul),
      signInLog.find(nul),
      directory.user(nul),
      directory.passwordHash(nul),
      users.find(nul),
      groups.find(nul),
    ]);
    assert.deepEqual(new Set(answers), new Set([undefined]));
    for (const done of [oidcRecords.consume, oidcRecords.destroy])
      assert.equal(await done('AuthorizationCode', nul), false);
    assert.deepEqual(await sessions.proofs(nul), []);
    assert.deepEqual(await signInLog.list({ top: 1, correlationId: nul }), []);
    assert.deepEqual(await storage.findSignIns(nul), []);
    const question = { property: 'certificateUserIds', value: `X509:<PN>${nul}` } as const;
    assert.deepEqual(await directory.answer([question]), [{ question, users: [] }]);
  });
});
