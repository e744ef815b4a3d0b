import assert from 'node:assert/strict';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { batchesOf, isOnDatabases, quickTests, readDurations, slowFiles, writeDurations } from './order.ts';
import type { Outcome, Outcomes } from './reporter.ts';

describe('the batches of test files', () => {
  const files = ['src/a', 'src/b', 'test/browsers/c', 'test/docs/d', 'src/e'];
  const cases = [
    {
      name: 'without durations the slow folders come first, and the tests of modules share a process',
      earlier: {},
      processes: 2,
      batches: [[2], [3], [0, 1, 4]],
    },
    {
      name: 'the longest batch comes first, and a long file has its own',
      earlier: { 'src/a': 5, 'src/b': 7, 'src/e': 5, 'test/browsers/c': 50, 'test/docs/d': 5 },
      processes: 2,
      batches: [[2], [0, 1], [4], [3]],
    },
    {
      name: 'each process has a batch',
      earlier: Object.fromEntries(files.map((file) => [file, 1])),
      processes: 5,
      batches: [[0], [1], [4], [2], [3]],
    },
  ];
  for (const { name, earlier, processes, batches } of cases)
    test(name, () =>
      assert.deepEqual(
        batchesOf(files, earlier, processes),
        batches.map((batch) => batch.map((index) => files[index])),
      ),
    );

  test('of files that no run has timed, the slowest known come first', () => {
    const [first, second] = Object.entries(slowFiles).toSorted(([, a], [, b]) => b - a);
    const batches = batchesOf(['test/a', second![0], 'test/b', first![0]], {}, 4);
    assert.deepEqual(batches.slice(0, 2), [[first![0]], [second![0]]]);
    for (const file of Object.keys(slowFiles))
      assert.ok(existsSync(resolve(import.meta.dirname, '..', '..', file)), file);
  });

  test('batches of the tests of single modules, which run last, are short, but for those that start PostgreSQL', () => {
    const modules = Array.from({ length: 200 }, (_, i) => `src/${i}`);
    const most = (name: string) =>
      Math.max(
        ...batchesOf(
          modules.map((file) => name + file.slice(4)),
          {},
          1,
        ).map((batch) => batch.length),
      );
    assert.deepEqual([most('src/core/'), most('src/storage/'), most('test/e2e/')], [30, 40, 15]);
  });

  test('modules of which a file runs on both databases share longer batches, but for one', () => {
    const root = resolve(import.meta.dirname, '..', '..');
    const onDatabases = globSync('src/**/*.test.ts', { cwd: root }).filter((file) =>
      isOnDatabases(readFileSync(join(root, file), 'utf8')),
    );
    const modules = new Set(onDatabases.map((file) => file.split('/')[1]));
    assert.deepEqual([...modules].toSorted(), ['admin', 'keys', 'storage']);
  });

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

test('every path of --quick is there', () => {
  const root = join(import.meta.dirname, '..', '..');
  assert.deepEqual(
    quickTests.filter((path) => !existsSync(join(root, path))),
    [],
  );
});
