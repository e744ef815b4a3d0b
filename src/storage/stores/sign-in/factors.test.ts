import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { beginTry, noAttempts } from '#core/factors/lock-out.ts';
import type { Ticket } from '#model/sign-in.ts';
import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import type { TenantStorage } from '../../storage.ts';

const userId = crypto.randomUUID();

describeOnEachDatabase('what lives around a second factor', ({ clock, storage: currentStorage }) => {
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    ({ mine, otherTenant } = await twoTenants(currentStorage()));
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
});
