import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Silence } from './silence.ts';

const second = 1_000;

describe('a worker that may be silent for a minute', () => {
  /** What the last look finds, where the parent looks and hears at these seconds. */
  function silentAt(looks: readonly number[], signs: readonly number[]): readonly string[] {
    const silence = new Silence<string>(60 * second, 0);
    silence.hear('worker', 0);
    let result: readonly string[] = [];
    for (const at of [...new Set([...looks, ...signs])].sort((a, b) => a - b)) {
      if (signs.includes(at)) silence.hear('worker', at * second);
      if (looks.includes(at)) result = silence.find(at * second);
    }
    return result;
  }
  const untilSecond = (end: number) => Array.from({ length: Math.floor(end / 15) }, (_, look) => 15 * (look + 1));

  test('is found after a minute, at a look each quarter of it', () => {
    assert.deepEqual(silentAt(untilSecond(45), []), []);
    assert.deepEqual(silentAt(untilSecond(60), []), ['worker']);
  });

  test('is not found while it is heard', () => assert.deepEqual(silentAt(untilSecond(90), [5, 50, 85]), []));

  test('is not found right after the parent itself did not run for an hour, and is found a minute later', () => {
    const pause = [15, 3600];
    assert.deepEqual(silentAt(pause, [5]), []);
    assert.deepEqual(silentAt([...pause, 3615, 3630, 3645], [5]), []);
    assert.deepEqual(silentAt([...pause, 3615, 3630, 3645, 3660], [5]), ['worker']);
  });

  test('is not found when it has ended', () => {
    const silence = new Silence<string>(60 * second, 0);
    silence.hear('worker', 0);
    silence.forget('worker');
    for (const at of untilSecond(75)) assert.deepEqual(silence.find(at * second), []);
  });
});
