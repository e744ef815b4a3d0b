import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { type Try, tried } from './tries.ts';

const ana = '11111111-0000-4000-8000-000000000001';
const browser = 'a browser that Ana signed in with';

describe('wrong secrets are counted (smart lock-out)', () => {
  let woodgrove: OneTenant;
  before(async () => {
    woodgrove = await openTenant();
    const { ports, clock } = woodgrove;
    await ports.browsers.remember(ana, browser, new Date(clock.at.getTime() + 86_400_000));
  });
  after(() => woodgrove.end());

  let name = 0;
  let address = 0;
  /** Tries of one name from one address: each test has its own. */
  function guesser(change: Partial<Try> = {}) {
    const request: Try = {
      secret: 'password',
      username: `user${++name}@woodgrove.test`,
      userId: ana,
      browser: undefined,
      ipAddress: `192.0.2.${++address}`,
      ...change,
    };
    let typed = 0;
    let comparisons = 0;
    return {
      /** How often a secret was compared. */
      comparisons: () => comparisons,
      async type(next: Partial<Try> = {}, isRight = false) {
        const guess = { ...request, typed: `guess ${++typed}`, ...next };
        const result = await tried(guess, { ports: woodgrove.ports, at: woodgrove.clock.at }, async () => {
          comparisons += 1;
          return isRight;
        });
        if (result.outcome === 'passed') return result.value ? 'right' : 'wrong';
        const { code, evidence } = result.because as { code: string; evidence: { place: string } };
        return `${code} ${evidence.place}`;
      },
      async wrong(count: number, next: Partial<Try> = {}) {
        const answers: string[] = [];
        for (let i = 0; i < count; i++) answers.push(await this.type(next));
        return new Set(answers);
      },
    };
  }
  const locked = 'triesExhausted unfamiliar';

  test('after ten wrong ones the right one is not compared, and after a minute it is', async () => {
    const guess = guesser();
    assert.deepEqual(await guess.wrong(10), new Set(['wrong']));
    assert.equal(await guess.type({}, true), locked);
    assert.equal(guess.comparisons(), 10);
    woodgrove.clock.pass(61_000);
    assert.equal(await guess.type({}, true), 'right');
  });

  test('the right one ends the count', async () => {
    const guess = guesser();
    await guess.wrong(9);
    assert.equal(await guess.type({}, true), 'right');
    assert.deepEqual(await guess.wrong(10), new Set(['wrong']));
  });

  test('a name of no user locks like any other, in every spelling', async () => {
    const guess = guesser({ userId: undefined, username: 'unknown@woodgrove.test' });
    await guess.wrong(10);
    assert.equal(await guess.type({ username: 'UNKNOWN@Woodgrove.test' }), locked);
  });

  test('one secret does not lock another', async () => {
    const guess = guesser();
    await guess.wrong(10);
    assert.equal(await guess.type({ secret: 'one-time code' }, true), 'right');
  });

  test('strangers do not lock a user out of a browser that the user signed in with', async () => {
    const guess = guesser();
    await guess.wrong(10);
    assert.equal(await guess.type({ browser }, true), 'right');
    await guess.wrong(10, { browser });
    assert.equal(await guess.type({ browser }, true), 'triesExhausted familiar');
  });

  test('a program that repeats one old password uses up neither the tries of its user nor those of its address', async () => {
    const guess = guesser();
    assert.deepEqual(await guess.wrong(120, { typed: 'old' }), new Set(['wrong']));
    assert.equal(await guess.type({}, true), 'right');
  });

  test('what was wrong against the same hash is answered without hashing; against a new one it is compared', async () => {
    const guess = guesser();
    await guess.wrong(5, { typed: 'old', storedHash: 'hash 1' });
    assert.equal(guess.comparisons(), 1);
    assert.equal(await guess.type({ typed: 'old', storedHash: 'hash 2' }, true), 'right');
  });

  for (const { what, one, other, ends } of [
    { what: 'an IPv4 address', one: '198.51.100.1', other: '198.51.100.2', ends: false },
    { what: 'a /64 of IPv6', one: '2001:db8:1:1::1', other: '2001:db8:1:1:ffff::2', ends: true },
    { what: 'a /64 of IPv6, not its neighbour', one: '2001:db8:2:1::1', other: '2001:db8:2:2::1', ends: false },
  ])
    test(`after a hundred wrong ones of any names from ${what}, a guess from ${other} is ${ends ? 'refused' : 'compared'}`, async () => {
      for (let i = 0; i < 20; i++) await guesser({ ipAddress: one }).wrong(5);
      assert.equal(await guesser({ ipAddress: one }).type({}, true), 'triesExhausted source');
      const answer = await guesser({ ipAddress: other }).type({}, true);
      assert.equal(answer, ends ? 'triesExhausted source' : 'right');
      woodgrove.clock.pass(600_000);
      assert.equal(await guesser({ ipAddress: one }).type({}, true), 'right');
    });
});
