import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectGarbage, tidyAtRest } from './rest.ts';

const cases = [
  {
    name: 'a process that rests from the beginning is tidied with the first look',
    workloads: [0],
    collections: 1,
    looks: 1,
  },
  { name: 'a process at work is tidied as soon as it rests', workloads: [1, 0.5, 0.1], collections: 1, looks: 3 },
  {
    name: 'a process that stays at work is left to V8',
    workloads: Array<number>(200).fill(0.9),
    collections: 0,
    looks: 120,
  },
];
for (const { name, workloads, collections, looks } of cases)
  test(name, (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const count = { collections: 0, looks: 0 };
    tidyAtRest({ pause: 10, workload: () => workloads[count.looks++] ?? 0, collect: () => count.collections++ });
    t.mock.timers.tick(10 * 200);
    assert.deepEqual(count, { collections, looks });
  });

test('a process that ends before it rests is not tidied', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const stop = tidyAtRest({ pause: 10, workload: () => 0, collect: () => assert.fail('collected') });
  stop();
  t.mock.timers.tick(100);
});

test('garbage is collected once, and no program can ask for that afterwards', async () => {
  const isCollected = async () => {
    const garbage = new WeakRef(Array.from({ length: 1000 }, () => ({})));
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    return garbage.deref() === undefined;
  };
  assert.equal(await isCollected(), true);
  assert.equal('gc' in globalThis, false);
  assert.equal(await isCollected(), false, 'a later server of the process has loaded nothing');
});
