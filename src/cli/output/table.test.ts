import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mostRows, table } from './table.ts';

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
    const lines = table(rows, { isTerminal: true }).split('\n');
    assert.deepEqual(
      lines.slice(3, -2),
      names.map(({ name, columns }, index) => `│ ${escapedName(name)}${' '.repeat(widest - columns)} │ ${index}  │`),
    );
    assert.deepEqual([lines[0]![0], lines[2]![0], lines.at(-2)![0]], ['┌', '├', '└']);
  });

  for (const isTerminal of [false, true]) {
    test(`columns are equally wide in a long table ${isTerminal ? 'with' : 'without'} borders`, () => {
      const long = Array.from({ length: 173 }, (_, index) => [`${'x'.repeat(index % 60)}é`, `n${index}`]);
      const lines = table([['name', 'id'], ...long], { isTerminal })
        .trimEnd()
        .split('\n');
      const body = isTerminal ? lines.slice(3, -1) : lines.slice(1);
      assert.equal(body.length, long.length);
      const starts = body.map((line, index) => line.lastIndexOf(`n${index}`));
      assert.deepEqual(new Set(starts).size, 1);
    });
  }

  describe('a terminal with too few columns', () => {
    const list = [
      ['name', 'thumbprint'],
      ['王小明', 'a'.repeat(20)],
      ['Zoe\u0308', 'b'],
    ];
    for (const [columns, first] of [
      [33, '┌────────┬──────────────────────┐'],
      [32, 'name    thumbprint'],
      [28, 'name    thumbprint'],
      [27, 'name        王小明'],
    ] as const)
      test(`has ${first} first in ${columns} columns`, () =>
        assert.equal(table(list, { isTerminal: true, columns }).split('\n')[0], first));
    test('has a line for each cell', () =>
      assert.equal(
        table(list, { isTerminal: true, columns: 20 }),
        `name        王小明\nthumbprint  ${'a'.repeat(20)}\n\nname        Zoe\u0308\nthumbprint  b\n`,
      ));
    test('has a heading without rows', () =>
      assert.equal(table([list[0]!], { isTerminal: true, columns: 3 }), 'name  thumbprint\n'));
    test('does not change what a file gets', () =>
      assert.match(table(list, { isTerminal: false, columns: 20 }), /^name {4}thumbprint\n/));
  });

  test('a heading without rows is a table, too', () => {
    assert.equal(table([['name', 'id']]), 'name  id\n');
    assert.equal(
      table([['name', 'id']], { isTerminal: true })
        .trimEnd()
        .split('\n').length,
      3,
    );
  });
});

describe('a list in the serving process lays out a bounded number of rows', () => {
  const list = (count: number) => [['user', 'name'], ...Array.from({ length: count }, (_, n) => [`u${n}`, 'Name'])];
  for (const { count, rows, rest } of [
    { count: mostRows, rows: mostRows, rest: undefined },
    { count: mostRows + 1, rows: mostRows, rest: `Rows not shown: 1. --json prints all ${mostRows + 1}.` },
    { count: 20_000, rows: mostRows, rest: 'Rows not shown: 19000. --json prints all 20000.' },
  ])
    test(`of ${count} rows ${rows} are laid out, and the last line says ${rest ? 'how to get the rest' : 'nothing'}`, () => {
      for (const isTerminal of [false, true]) {
        const lines = table(list(count), { isTerminal }).trimEnd().split('\n');
        assert.equal(lines.filter((line) => /u\d+/.test(line)).length, rows);
        assert.equal(/^Rows not/.test(lines.at(-1)!) ? lines.at(-1) : undefined, rest);
      }
    });

  test('the processor time does not grow with the list', () => {
    const secondsOf = (count: number) => {
      const rows = list(count);
      const began = process.cpuUsage();
      table(rows);
      return process.cpuUsage(began).user / 1e6;
    };
    secondsOf(mostRows);
    const [bounded, long] = [secondsOf(mostRows), secondsOf(100_000)];
    assert.ok(long < bounded * 4 + 0.1, `${bounded} s for ${mostRows} rows, ${long} s for 100,000`);
  });
});
