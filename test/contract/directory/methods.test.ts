import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { beginTry, noAttempts } from '#core/factors/lock-out.ts';
import type { PasskeyMethod, SoftwareOathMethod, TemporaryAccessPassMethod } from '#model/authentication-method.ts';
import type { Ticket } from '#model/sign-in.ts';
import { openDatabase, type Place } from '#storage/database/open.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '../databases.ts';
import { userOf } from '../user-of.ts';

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
      const deed = { activity: 'Test', actor: 'test' };
      const method = app();
      await mine.methods.add(method, 'test');
      await mine.users.remove(userId, 'test');
      await mine.users.restore(userId, 'test');
      assert.equal((await mine.methods.ofUser(userId)).length, 1);
      await mine.users.remove(userId, 'test');
      await mine.deleted.purge(userId, deed);
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

    test('of thirty tries begun together ten are let through, and the count is forgotten when it has expired', async () => {
      const expires = new Date(clock.at.getTime() + 1000);
      const begin = () =>
        mine.attempts.change('ana', expires, (attempts = noAttempts) => {
          const { isLocked, next } = beginTry(attempts, clock.at);
          return { next, answer: isLocked };
        });
      const lock = await Promise.all(Array.from({ length: 30 }, begin));
      assert.equal(lock.filter((item) => !item).length, 10);
      assert.equal(
        await otherTenant.attempts.change('ana', expires, (existing) => ({ next: undefined, answer: existing })),
        undefined,
      );
      clock.pass(1000);
      assert.equal(
        await mine.attempts.change('ana', expires, (existing) => ({ next: undefined, answer: existing })),
        undefined,
      );
    });

    const ticket = (more: Partial<Ticket> = {}): Ticket => ({
      id: crypto.randomUUID(),
      kind: 'approval',
      userId,
      state: 'open',
      document: { number: '42' },
      expires: new Date(clock.at.getTime() + 60_000),
      ...more,
    });

    test('a ticket is found by kind and id until it expires, in its tenant', async () => {
      const item = ticket();
      await mine.tickets.put(item);
      assert.deepEqual(await mine.tickets.find('approval', item.id, clock.at), item);
      assert.deepEqual(await mine.tickets.ofUser('approval', userId, clock.at), [item]);
      assert.equal(await mine.tickets.find('passkeyChallenge', item.id, clock.at), undefined);
      assert.equal(await otherTenant.tickets.find('approval', item.id, clock.at), undefined);
      assert.equal(await mine.tickets.find('approval', item.id, item.expires), undefined);
      assert.equal(await mine.tickets.take('approval', item.id, item.expires), undefined);
    });

    test('of ten who take a ticket one gets it, and of ten who move it one does', async () => {
      const [duration, moved] = [ticket(), ticket()];
      await mine.tickets.put(duration);
      await mine.tickets.put(moved);
      const ten = Array.from({ length: 10 });
      const takers = await Promise.all(ten.map(() => mine.tickets.take('approval', duration.id, clock.at)));
      assert.equal(takers.filter(Boolean).length, 1);
      const movers = await Promise.all(ten.map(() => mine.tickets.move(moved.id, 'open', 'approved', clock.at)));
      assert.equal(movers.filter(Boolean).length, 1);
      assert.equal((await mine.tickets.find('approval', moved.id, clock.at))?.state, 'approved');
    });

    test('a browser knows the user who signed in with it, no other, and not for ever', async () => {
      const expires = new Date(clock.at.getTime() + 1000);
      await mine.browsers.remember(userId, 'firefox', expires);
      await mine.browsers.remember(userId, 'firefox', expires);
      const knows = (person: string, at = clock.at) => mine.browsers.knows(person, 'firefox', at);
      assert.deepEqual(await Promise.all([knows(userId), knows('ben'), knows(userId, expires)]), [true, false, false]);
      assert.equal(await otherTenant.browsers.knows(userId, 'firefox', clock.at), false);
    });

    test('the live sessions of a user are listed with their proofs, without the grants of applications', async () => {
      const expires = new Date(clock.at.getTime() + 1000);
      const proof = { method: 'fido2', userId, at: clock.at.toISOString() } as const;
      await mine.sessions.add('browser', [proof], expires);
      await mine.sessions.add('grant of an application', [proof], expires);
      assert.deepEqual(await mine.sessions.ofUser(userId), [{ sessionUid: 'browser', proofs: [proof] }]);
      assert.deepEqual(await otherTenant.sessions.ofUser(userId), []);
      clock.pass(1000);
      assert.deepEqual(await mine.sessions.ofUser(userId), []);
    });
  });
}
