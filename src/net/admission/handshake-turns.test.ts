import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { HandshakeTurns } from './handshake-turns.ts';

test('one handshake begins at once', () => {
  const turns = new HandshakeTurns();
  let isBegun = false;
  turns.enter(() => {
    isBegun = true;
  });
  assert.ok(isBegun);
});

test('of many handshakes two begin in each turn of the event loop, in their order', async () => {
  const turns = new HandshakeTurns();
  const begun: number[] = [];
  for (let number = 0; number < 7; number++) turns.enter(() => begun.push(number));
  const counts = [begun.length];
  while (turns.waiting > 0) {
    await setImmediate();
    counts.push(begun.length);
  }
  assert.deepEqual(counts, [2, 4, 6, 7]);
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6]);
});

test('a handshake that comes in a later turn waits for those before it', async () => {
  const turns = new HandshakeTurns();
  const begun: string[] = [];
  for (const name of ['first', 'second', 'third', 'fourth', 'fifth']) turns.enter(() => begun.push(name));
  await setImmediate();
  turns.enter(() => begun.push('late'));
  assert.deepEqual(begun, ['first', 'second', 'third', 'fourth']);
  await setImmediate();
  assert.deepEqual(begun, ['first', 'second', 'third', 'fourth', 'fifth', 'late']);
});
