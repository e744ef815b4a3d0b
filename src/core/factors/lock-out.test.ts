import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attempts, beginTry, failTry, lockOutRules, noAttempts } from './lock-out.ts';

const start = new Date('2026-11-21T12:00:00Z');
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);

/** So many different wrong secrets at one moment. */
function failing(count: number, from: Attempts = noAttempts, at = start): Attempts {
  let kept = from;
  for (let i = 0; i < count; i++) kept = failTry(beginTry(kept, at).next, `wrong ${i}`);
  return kept;
}
const seconds = ({ lockedUntil }: Attempts, at: Date) => (lockedUntil - at.getTime()) / 1000;

test('nine failures lock nobody out, the tenth does for a minute', () => {
  assert.equal(beginTry(failing(9), start).isLocked, false);
  assert.equal(beginTry(failing(10), start).isLocked, true);
  assert.equal(beginTry(failing(10), later(59)).isLocked, true);
  assert.equal(beginTry(failing(10), later(60)).isLocked, false);
});

test('each further failure locks for twice as long, up to an hour', () => {
  let [kept, at] = [failing(10), start];
  const lasted: number[] = [];
  for (let i = 0; i < 8; i++) {
    at = new Date(kept.lockedUntil);
    kept = failing(1, kept, at);
    lasted.push(seconds(kept, at));
  }
  assert.deepEqual(lasted, [120, 240, 480, 960, 1920, 3600, 3600, 3600]);
});

test('of a hundred tries together ten are judged', () => {
  let kept = noAttempts;
  let judged = 0;
  for (let i = 0; i < 100; i++) {
    const { isLocked, next } = beginTry(kept, start);
    kept = next;
    if (!isLocked) judged++;
  }
  assert.equal(judged, lockOutRules.threshold);
});

test('a try that is refused because of the lock does not make it longer', () => {
  const kept = failing(10);
  assert.deepEqual(beginTry(kept, later(30)).next, kept);
});

test('the same wrong password again and again locks nobody out, a fourth one back counts anew', () => {
  let kept = noAttempts;
  for (let i = 0; i < 50; i++) kept = failTry(beginTry(kept, start).next, 'the old password');
  assert.equal(kept.failures, 1);
  kept = failing(3, kept);
  assert.equal(failTry(beginTry(kept, start).next, 'the old password').failures, 5);
});

test('a wrong one-time code always counts: it is known by no digest', () => {
  let kept = noAttempts;
  for (let i = 0; i < 10; i++) kept = failTry(beginTry(kept, start).next, undefined);
  assert.equal(beginTry(kept, start).isLocked, true);
});
