import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enterQueue } from './queue-wait.ts';

/** Enters a queue whose turn comes when `turn` is called. */
function scene(enter: (begin: () => void) => void) {
  const log: string[] = [];
  enterQueue(
    'source',
    enter,
    () => log.push('served'),
    (queue, milliseconds) => log.push(`${queue} ${milliseconds}`),
  );
  return log;
}

test('what waits is reported with its queue and milliseconds, before it is served', (t) => {
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  let turn: () => void = () => undefined;
  const log = scene((begin) => {
    turn = begin;
  });
  now += 40;
  assert.deepEqual(log, []);
  turn();
  assert.deepEqual(log, ['source 40', 'served']);
});

test('what is served at once is not reported', () =>
  assert.deepEqual(
    scene((begin) => begin()),
    ['served'],
  ));

test('what is never served is not reported', () =>
  assert.deepEqual(
    scene(() => undefined),
    [],
  ));
