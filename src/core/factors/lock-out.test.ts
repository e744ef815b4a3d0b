import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attempts, beginTry, failTry, lockOutRules, noAttempts } from './lock-out.ts';

const start = new Date('2026-11-21T12:00:00Z');
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);

/** So many different wrong secrets at one moment. */
function failing(count: number, from: Attempts = noAttempts, at = start): Attempts {
  let existing = from;
  for (let i = 0; i < count; i++) existing = failTry(beginTry(existing, at).next, `wrong ${i}`);
  return existing;
}
const seconds = ({ lockedUntil }: Attempts, at: Date) => (lockedUntil - at.getTime()) / 1000;

test('nine failures do not lock an account, the tenth does for a minute', () => {
  assert.equal(beginTry(failing(9), start).isLocked, false);
  assert.equal(beginTry(failing(10), start).isLocked, true);
  assert.equal(beginTry(failing(10), later(59)).isLocked, true);
  assert.equal(beginTry(failing(10), later(60)).isLocked, false);
});

test('each further failure locks for twice as long, up to an hour', () => {
  let [existing, at] = [failing(10), start];
  const lasted: number[] = [];
  for (let i = 0; i < 8; i++) {
    at = new Date(existing.lockedUntil);
    existing = failing(1, existing, at);
    lasted.push(seconds(existing, at));
  }
  assert.deepEqual(lasted, [120, 240, 480, 960, 1920, 3600, 3600, 3600]);
});

test('of a hundred tries together ten are evaluated', () => {
  let existing = noAttempts;
  let verdict = 0;
  for (let i = 0; i < 100; i++) {
    const { isLocked, next } = beginTry(existing, start);
    existing = next;
    if (!isLocked) verdict++;
  }
  assert.equal(verdict, lockOutRules.threshold);
});

test('a try that is refused because of the lock does not make it longer', () => {
  const existing = failing(10);
  assert.deepEqual(beginTry(existing, later(30)).next, existing);
});

test('the same wrong password again and again does not lock, a fourth one back counts again', () => {
  let existing = noAttempts;
  for (let i = 0; i < 50; i++) existing = failTry(beginTry(existing, start).next, 'the old password');
  assert.equal(existing.failures, 1);
  existing = failing(3, existing);
  assert.equal(failTry(beginTry(existing, start).next, 'the old password').failures, 5);
});

test('a wrong one-time code always counts: it is known by no digest', () => {
  let existing = noAttempts;
  for (let i = 0; i < 10; i++) existing = failTry(beginTry(existing, start).next, undefined);
  assert.equal(beginTry(existing, start).isLocked, true);
});
