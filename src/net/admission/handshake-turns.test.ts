import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HandshakeTurns } from './handshake-turns.ts';

/** Turns beside an event loop that works for the part of the time that a test sets. `pass` lets milliseconds pass, one by one. */
function scene(t: TestContext, use: number) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  const loop = { use };
  const turns = new HandshakeTurns(() => loop.use);
  const begun: number[] = [];
  let count = 0;
  const come = (visitors: number) => {
    for (let visitor = 0; visitor < visitors; visitor++) {
      const number = count++;
      turns.enter(() => begun.push(number));
    }
  };
  const pass = (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed++) {
      now++;
      t.mock.timers.tick(1);
    }
  };
  return { loop, turns, begun, come, pass };
}

for (const use of [0, 1])
  test(`one handshake begins at once on an event loop that works for ${use} of the time`, (t) => {
    const { begun, come } = scene(t, use);
    come(1);
    assert.deepEqual(begun, [0]);
  });

test('of many handshakes at most two begin in each millisecond of an event loop that has time, in their order', (t) => {
  const { turns, begun, come, pass } = scene(t, 0);
  come(7);
  const counts = [begun.length];
  for (let millisecond = 0; millisecond < 4; millisecond++) {
    pass(1);
    counts.push(begun.length);
  }
  assert.deepEqual(counts, [1, 3, 5, 7, 7]);
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6]);
  assert.equal(turns.waiting, 0);
});

test('on a busy event loop one handshake begins every four milliseconds, and the others wait', (t) => {
  const { turns, begun, come, pass } = scene(t, 1);
  come(400);
  pass(40);
  assert.deepEqual([begun.length, turns.waiting], [11, 389]);
});

test('handshakes that waited begin sooner when the event loop has time again', (t) => {
  const { loop, begun, come, pass } = scene(t, 1);
  come(9);
  pass(4);
  assert.equal(begun.length, 2);
  loop.use = 0.5;
  pass(3);
  assert.equal(begun.length, 8);
});

test('one that comes later waits for those before it, and its clock does not begin again', (t) => {
  const { begun, come, pass } = scene(t, 1);
  come(1);
  pass(3);
  come(2);
  assert.deepEqual(begun, [0]);
  pass(1);
  assert.deepEqual(begun, [0, 1]);
  pass(4);
  assert.deepEqual(begun, [0, 1, 2]);
});
