import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusedWith } from '#test/refused-with.ts';
import { TenantTurns } from './tenant-turns.ts';

test('changes of one tenant begin one after the other, and those of another one at once', async () => {
  const turns = new TenantTurns();
  const order: string[] = [];
  const { promise: first, resolve: endFirst } = Promise.withResolvers<void>();
  const all = Promise.all([
    turns.take('a', async () => {
      order.push('a1 begins');
      await first;
      order.push('a1 ends');
    }),
    turns.take('a', async () => order.push('a2')),
    turns.take('b', async () => order.push('b1')),
  ]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(order, ['a1 begins', 'b1']);
  endFirst();
  await all;
  assert.deepEqual(order, ['a1 begins', 'b1', 'a1 ends', 'a2']);
});

test('a change that fails gives its turn to the next one', async () => {
  const turns = new TenantTurns();
  const failure = turns.take('a', () => Promise.reject(new Error('no')));
  const next = turns.take('a', async () => 'made');
  await assert.rejects(failure, /no/);
  assert.equal(await next, 'made');
});

test('a change that waited too long is refused, and those after it still wait for the first', async () => {
  const turns = new TenantTurns(20);
  const { promise: first, resolve: endFirst } = Promise.withResolvers<void>();
  const order: string[] = [];
  const begun = turns.take('a', async () => {
    await first;
    order.push('first');
  });
  await assert.rejects(
    turns.take('a', async () => order.push('second')),
    refusedWith('changesTooSlow'),
  );
  const third = turns.take('a', async () => order.push('third'));
  endFirst();
  await Promise.all([begun, third]);
  assert.deepEqual(order, ['first', 'third']);
});
