import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { PasskeyMethod, SoftwareOathMethod, TemporaryAccessPassMethod } from '#model/authentication-method.ts';
import { openDatabase, type Place } from '#storage/database/open.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { userOf } from '#test/contract/user-of.ts';

for (const database of databasesUnderTest()) {
  describe(`second factors on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let place: Place;
    let storage: Storage;
    let mine: TenantStorage;
    let otherTenant: TenantStorage;
    let userId: string;

    before(async () => {
      place = await database.place();
      storage = await openAt(place, clock);
    });
    beforeEach(async () => {
      const [item, two] = [crypto.randomUUID(), crypto.randomUUID()];
      for (const id of [item, two]) await storage.tenants.add({ id, displayName: id, domains: [] });
      [mine, otherTenant] = [storage.forTenant(item), storage.forTenant(two)];
      const ana = userOf(`ana@${item}`, { displayName: 'Ana' });
      userId = ana.id;
      await mine.users.add(ana, 'test');
    });
    after(async () => {
      await storage?.close();
      database.end();
    });

    const common = () => ({ id: crypto.randomUUID(), userId, displayName: 'mine', createdDateTime: clock.at });
    const app = (): SoftwareOathMethod => ({ ...common(), kind: 'softwareOath', secret: 'c2VjcmV0LW9mLWFuYQ' });
    const passkey = (): PasskeyMethod => ({
      ...common(),
      kind: 'fido2',
      credentialId: crypto.randomUUID(),
      publicKey: 'cose',
      aaguid: 'model',
      transports: ['usb'],
    });
    const pass = (): TemporaryAccessPassMethod => ({
      ...common(),
      kind: 'temporaryAccessPass',
      passHash: 'phc',
      startDateTime: clock.at,
      lifetimeInMinutes: 60,
      isUsableOnce: true,
    });

    test('what was registered comes back as it was, in order, for its user and tenant alone', async () => {
      const items = [app(), { ...passkey(), createdDateTime: new Date(clock.at.getTime() + 1) }] as const;
      for (const method of items) await mine.methods.add(method, 'test');
      assert.deepEqual(
        await mine.methods.ofUser(userId),
        items.map((method) => ({ ...method, counter: 0 })),
      );
      assert.deepEqual(await otherTenant.methods.ofUser(userId), []);
      assert.deepEqual(await mine.methods.passkey(items[1].credentialId), { ...items[1], counter: 0 });
      assert.equal(await otherTenant.methods.passkey(items[1].credentialId), undefined);
    });

    test('a secret lies sealed in the database, and no audit row tells it', async () => {
      await mine.methods.add(app(), 'test');
      const audits = JSON.stringify(await mine.audits.list({ top: 10 }));
      assert.equal(audits.includes('c2VjcmV0'), false);
      assert.match(audits, /Register security info/);
      if (database.isShared) {
        const raw = await openDatabase(place);
        const rows = await raw.selectFrom('methods').selectAll().where('user_id', '=', userId).execute();
        await raw.destroy();
        assert.equal(rows.length, 1);
        assert.equal(JSON.stringify(rows).includes('c2VjcmV0'), false);
      }
    });

    test('no method is registered for an unknown user, and a method is removed once', async () => {
      await assert.rejects(mine.methods.add({ ...app(), userId: 'nobody' }, 'test'), {
        because: { code: 'nothingFound', evidence: { kind: 'user', wanted: 'nobody' } },
      });
      const method = app();
      await mine.methods.add(method, 'test');
      assert.equal(await otherTenant.methods.remove(userId, method.id, 'test'), false);
      assert.equal(await mine.methods.remove('another user', method.id, 'test'), false);
      clock.pass(1);
      const removal = await Promise.all([1, 2, 3].map(() => mine.methods.remove(userId, method.id, 'test')));
      assert.equal(removal.filter(Boolean).length, 1);
      assert.equal((await mine.audits.list({ top: 1 }))[0]?.activity, 'Delete security info');
    });

    test('what a user registered comes back with the user, and goes for good with them', async () => {
      const auditEntry = { activity: 'Test', actor: 'test' };
      const method = app();
      await mine.methods.add(method, 'test');
      await mine.users.remove(userId, 'test');
      await mine.users.restore(userId, 'test');
      assert.equal((await mine.methods.ofUser(userId)).length, 1);
      await mine.users.remove(userId, 'test');
      await mine.deleted.purge(userId, auditEntry);
      assert.deepEqual(await mine.methods.ofUser(userId), []);
    });

    test('a new Temporary Access Pass replaces the old one and nothing else', async () => {
      const [existing, newest] = [app(), pass()];
      for (const method of [existing, pass(), newest]) await mine.methods.add(method, 'test');
      const ids = (await mine.methods.ofUser(userId)).map(({ id }) => id);
      assert.deepEqual(ids.toSorted(), [existing.id, newest.id].toSorted());
    });

    test('a counter goes up only, and of ten who spend the same number one does (RFC 6238 §5.2)', async () => {
      const method = app();
      await mine.methods.add(method, 'test');
      const spentCode = await Promise.all(Array.from({ length: 10 }, () => mine.methods.spend(method.id, 7)));
      assert.equal(spentCode.filter(Boolean).length, 1);
      assert.equal(await mine.methods.spend(method.id, 6), false);
      assert.equal(await otherTenant.methods.spend(method.id, 8), false);
      assert.equal(await mine.methods.spend(method.id, 8), true);
      assert.equal((await mine.methods.ofUser(userId))[0]?.counter, 8);
    });
  });
}
