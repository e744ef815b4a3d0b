import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { longestFirst, readDurations, writeDurations } from './order.ts';
import type { Outcome, Outcomes } from './reporter.ts';

describe('the order of test files', () => {
  const files = ['src/a', 'src/b', 'test/browsers/c', 'test/docs/d'];
  const cases = [
    { name: 'without durations the slow folders come first', earlier: {}, order: [2, 3, 0, 1] },
    {
      name: 'the longest file comes first',
      earlier: Object.fromEntries(files.map((f, i) => [f, i])),
      order: [3, 2, 1, 0],
    },
    { name: 'a new file comes first', earlier: { 'src/a': 9, 'src/b': 2 }, order: [2, 3, 0, 1] },
  ];
  for (const { name, earlier, order } of cases)
    test(name, () =>
      assert.deepEqual(
        longestFirst(files, earlier),
        order.map((index) => files[index]),
      ),
    );

  test('durations are kept from run to run, and a file that cannot be read counts as none', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-order-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'below', 'durations.json');
    assert.deepEqual(readDurations(file), {});
    const outcome: Outcome = { passed: 1, failures: [], skipped: [] };
    const outcomes: Outcomes = new Map([
      ['a', { ...outcome, seconds: 1.26 }],
      ['Biome finds nothing', outcome],
    ]);
    writeDurations(file, { b: 2 }, outcomes);
    assert.deepEqual(readDurations(file), { a: 1.3, b: 2 });
    writeFileSync(file, '{"a": 1');
    assert.deepEqual(readDurations(file), {});
  });
});
