import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AdmissionPace } from './pace.ts';

/** A pace whose event loop works for the part of the time that a test sets. */
function pacer(limits = { atOnce: 16, waiting: 200, waitMilliseconds: 100 }) {
  const loop = { use: 0 };
  const pace = new AdmissionPace(limits, () => loop.use);
  let now = 1_000;
  const measure = (isShort: boolean) => {
    if (isShort) pace.noteShortage();
    now += 25;
    pace.measure(now);
    return pace.places;
  };
  return { pace, loop, measure };
}

test('places are added while sign-ins lack them on an event loop that has time, up to the limit, and are taken away again', () => {
  const { pace, loop, measure } = pacer();
  assert.equal(pace.places, 2);
  assert.equal(measure(false), 2, 'none is missing');
  const grown = Array.from({ length: 8 }, () => measure(true));
  assert.deepEqual(grown, [4, 6, 8, 10, 12, 14, 16, 16]);
  loop.use = 1;
  const shrunk = Array.from({ length: 8 }, () => measure(true));
  assert.deepEqual(shrunk, [14, 12, 10, 8, 6, 4, 2, 2]);
});

test('a measurement within 25 milliseconds of the last one changes nothing', () => {
  const { pace } = pacer();
  pace.noteShortage();
  pace.measure(1_000);
  pace.noteShortage();
  pace.measure(1_024);
  assert.equal(pace.places, 4);
});

test('a limit below two is kept', () => {
  const { measure } = pacer({ atOnce: 1, waiting: 200, waitMilliseconds: 100 });
  assert.equal(measure(true), 1);
});

const queues: readonly (readonly [stay: number | undefined, waiting: number, queue: number, patience: number])[] = [
  [undefined, 200, 200, 5_000],
  [10, 200, 20, 100],
  [40, 200, 5, 100],
  [400, 200, 2, 400],
  [0, 200, 200, 100],
  [10, 3, 3, 100],
  [400, 0, 0, 400],
];
for (const [stay, waiting, queue, patience] of queues)
  test(`of sign-ins that take ${stay ?? 'an unknown number of'} milliseconds ${queue} of ${waiting} may wait, for ${patience} milliseconds`, () => {
    const { pace } = pacer({ atOnce: 16, waiting, waitMilliseconds: 100 });
    if (stay !== undefined) pace.noteStay(stay);
    assert.deepEqual([pace.queue, pace.patience], [queue, patience]);
  });
