import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { table } from './table.ts';

/** Columns that a terminal gives to each of these names. */
const names = [
  { name: 'Zoë', columns: 3 },
  { name: 'Zoe\u0308', columns: 3 },
  { name: '王小明', columns: 6 },
  { name: '김철수', columns: 6 },
  { name: 'か\u3099', columns: 2 },
  { name: 'ที่', columns: 1 },
  { name: 'می\u200cخواهم', columns: 7 },
  { name: '👩\u200d💻', columns: 2 },
  { name: '', columns: 0 },
  { name: 'a\nforged row\x1b[2J', columns: 22 },
];
const escapedName = (name: string): string => name.replace('\n', '\\n').replace('\x1b', '\\u001b');

describe('a table for people', () => {
  const rows = [['name', 'id'], ...names.map(({ name }, index) => [name, `${index}`])];
  const widest = 22;

  test('a pipe gets plain columns: two spaces between them, no borders', () => {
    const lines = names.map(
      ({ name, columns }, index) => `${escapedName(name)}${' '.repeat(widest - columns)}  ${index}`,
    );
    assert.deepEqual(table(rows).split('\n'), [`name${' '.repeat(widest - 4)}  id`, ...lines, '']);
  });

  test('a terminal gets borders', () => {
    const lines = table(rows, true).split('\n');
    assert.deepEqual(
      lines.slice(3, -2),
      names.map(({ name, columns }, index) => `│ ${escapedName(name)}${' '.repeat(widest - columns)} │ ${index}  │`),
    );
    assert.deepEqual([lines[0]![0], lines[2]![0], lines.at(-2)![0]], ['┌', '├', '└']);
  });

  for (const isTerminal of [false, true]) {
    test(`columns are equally wide in a long table ${isTerminal ? 'with' : 'without'} borders`, () => {
      const long = Array.from({ length: 173 }, (_, index) => [`${'x'.repeat(index % 60)}é`, `n${index}`]);
      const lines = table([['name', 'id'], ...long], isTerminal)
        .trimEnd()
        .split('\n');
      const body = isTerminal ? lines.slice(3, -1) : lines.slice(1);
      assert.equal(body.length, long.length);
      const starts = body.map((line, index) => line.lastIndexOf(`n${index}`));
      assert.deepEqual(new Set(starts).size, 1);
    });
  }

  test('a heading without rows is a table, too', () => {
    assert.equal(table([['name', 'id']]), 'name  id\n');
    assert.equal(
      table([['name', 'id']], true)
        .trimEnd()
        .split('\n').length,
      3,
    );
  });
});
