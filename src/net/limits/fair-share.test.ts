import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FairShare } from './fair-share.ts';

describe('the processor is shared between sources', () => {
  /** Enters requests and notes which were served, in order. */
  function sharing(places: number) {
    const share = new FairShare(places);
    const order: string[] = [];
    const enter = (source: string, name: string) => share.enter(source, () => void order.push(name));
    return { share, order, enter };
  }

  test('of many requests of one source no more than its places are served before one of another', () => {
    const { order, enter } = sharing(2);
    for (let n = 0; n < 32; n++) enter('flood', `f${n}`);
    enter('person', 'p');
    assert.deepEqual(order, ['f0', 'f1', 'p']);
  });

  test('the others follow one by one as those before them end, and nothing is left behind', () => {
    const { share, order, enter } = sharing(2);
    const ends = Array.from({ length: 5 }, (_, n) => enter('flood', `f${n}`));
    for (const [n, end] of ends.entries()) {
      end();
      assert.equal(order.length, Math.min(5, n + 3));
    }
    assert.deepEqual(order, ['f0', 'f1', 'f2', 'f3', 'f4']);
    assert.equal(share.size, 0);
  });

  test('a request that is given up while it waits is not served, and an end that is reported twice counts once', () => {
    const { order, enter } = sharing(1);
    const first = enter('flood', 'f0');
    const second = enter('flood', 'f1');
    enter('flood', 'f2');
    enter('flood', 'f3');
    second();
    first();
    first();
    assert.deepEqual(order, ['f0', 'f2']);
  });

  test('a request that waits for something else gives its place up, and its end frees no other', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { share, order, enter } = sharing(1);
    const slow = enter('office', 'slow');
    enter('office', 'next');
    enter('office', 'last');
    t.mock.timers.tick(250);
    assert.deepEqual(order, ['slow', 'next']);
    slow();
    assert.deepEqual(order, ['slow', 'next']);
    for (let n = 0; n < 2; n++) t.mock.timers.tick(250);
    assert.deepEqual(order, ['slow', 'next', 'last']);
    assert.equal(share.size, 0);
  });
});
