import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CardeaError } from '#core/trace/fault.ts';
import { type Command, everywhere } from './command.ts';
import { helpOf, readCommandLine } from './program.ts';

const command: Command = {
  usage: 'thing set NAME [PLACE]',
  summary: 'Sets a thing.',
  takes: [1, 2],
  choices: ['a', '--note'],
  options: {
    note: { type: 'string', value: 'TEXT', conflicts: ['hint'], help: 'A note.' },
    'redirect-uri': { type: 'string', multiple: true, value: 'URI', help: 'An address.' },
    hint: { type: 'boolean', help: 'With a hint.' },
    place: { type: 'string', value: 'PLACE', help: 'A place.' },
    'no-place': { type: 'boolean', help: 'Without a place.' },
    'no-hint': { type: 'boolean', help: 'Without a hint.' },
    'no-demo': { type: 'boolean', help: 'Without a demo.' },
    color: { type: 'string', value: 'COLOR', choices: ['red', 'green', 'blue'], help: 'Its color (default: red).' },
  },
  run: async () => 0,
};
const output = { cwd: '.', say: () => undefined, complain: () => undefined };
const read = (...words: string[]) => {
  const line = readCommandLine(['thing', 'set', ...words], [command], { version: '1', footer: '' }, output);
  assert.ok('command' in line);
  const values = Object.fromEntries(Object.entries(line.values).filter(([, value]) => value !== undefined));
  return { values, positionals: line.positionals };
};

describe('a declared command is read as it was declared', () => {
  const rows = [
    { name: 'nothing but its argument', words: ['a'], values: {}, positionals: ['a'] },
    {
      name: 'options after and between arguments',
      words: ['a', '--json', 'b'],
      values: { json: true },
      positionals: ['a', 'b'],
    },
    { name: 'a value after a space', words: ['a', '--note', 'x y'], values: { note: 'x y' }, positionals: ['a'] },
    { name: 'an empty value', words: ['a', '--note', ''], values: { note: '' }, positionals: ['a'] },
    {
      name: 'a value that starts with a dash',
      words: ['a', '--note=--x'],
      values: { note: '--x' },
      positionals: ['a'],
    },
    { name: 'a dash by itself', words: ['a', '--note', '-'], values: { note: '-' }, positionals: ['a'] },
    {
      name: 'every value of an option that may be repeated',
      words: ['a', '--redirect-uri', 'x', '--redirect-uri=y'],
      values: { 'redirect-uri': ['x', 'y'] },
      positionals: ['a'],
    },
    { name: 'an option', words: ['a', '--hint'], values: { hint: true }, positionals: ['a'] },
    { name: 'its negation', words: ['a', '--no-hint'], values: { 'no-hint': true }, positionals: ['a'] },
    {
      name: 'a negation without an option',
      words: ['a', '--no-demo'],
      values: { 'no-demo': true },
      positionals: ['a'],
    },
    { name: 'words after --', words: ['--', '--note', 'b'], values: {}, positionals: ['--note', 'b'] },
  ];
  for (const { name, words, values, positionals } of rows)
    test(name, () => assert.deepEqual(read(...words), { values, positionals }));

  for (const [words, problem] of [
    [
      ['--note', '1', '--note', '2'],
      /'--note <TEXT>' argument '2' is invalid\. The option can be specified only once\./,
    ],
    [['--hint', '--no-hint'], /^Specify --hint or --no-hint, not both\.$/],
    [['--no-place', '--place=x'], /^Specify --place or --no-place, not both\.$/],
    [['--note=1', '--note=1'], /The option can be specified only once\./],
    [['--color', 'Red'], /--color: "Red" is not valid\. Specify red, green or blue\./],
    [['--color='], /--color: "" is not valid\. Specify red, green or blue\./],
    [['--note', '1', '--hint'], /'--note <TEXT>' cannot be used with option '--hint'/],
  ] as const)
    test(`${words.join(' ')} is misuse`, () =>
      assert.throws(
        () => read('a', ...words),
        ({ because }: CardeaError) =>
          because.code === 'commandMisused' && problem.test((because.evidence as { problem: string }).problem),
      ));

  test('an argument that is not one of its choices is misuse', () =>
    assert.throws(() => read('c', 'b'), /NAME: "c" is not valid\. Specify a or --note\./));
  test('help lists the values that an option can have', () =>
    assert.match(helpOf(command), /--color <COLOR>\s+Its color: red, green or blue \(default: red\)\./));
  test('every option that all commands have has its help', () => {
    for (const { help } of Object.values(everywhere)) assert.match(help, /^[A-Z].*\.$/);
  });
});

describe('help and the version', () => {
  const said = (...words: string[]) => {
    let text = '';
    const recorder = { ...output, say: (part: string) => (text += part) };
    const line = readCommandLine(words, [command], { version: 'cardea 1', footer: '' }, recorder);
    return { text, exit: 'exit' in line ? line.exit : undefined };
  };
  for (const words of [
    [],
    ['help'],
    ['-h'],
    ['--help'],
    ['thing'],
    ['thing', '-h'],
    ['thing', 'help'],
    ['thing', 'set', '-h'],
  ])
    test(`"${words.join(' ')}" prints help, and is no mistake`, () => {
      const { text, exit } = said(...words);
      assert.deepEqual([exit, /^Usage: cardea/.test(text)], [0, true], text);
    });
  const helpRows: readonly (readonly [words: readonly string[], usage: RegExp])[] = [
    [['help', 'thing'], /^Usage: cardea thing \[options\] \[command\]/],
    [['help', 'thing', 'set'], /^Usage: cardea thing set \[options\] <NAME>/],
    [['help', 'thing', 'set', 'a', 'b', 'c'], /^Usage: cardea thing set /],
  ];
  for (const [words, usage] of helpRows)
    test(`"${words.join(' ')}" prints the help of what the words name`, () => {
      const { text, exit } = said(...words);
      assert.equal(exit, 0);
      assert.match(text, usage);
    });
  for (const word of ['version', '--version', '-v'])
    test(`"${word}" prints the version`, () => assert.deepEqual(said(word), { text: 'cardea 1\n', exit: 0 }));

  const synonyms: readonly (readonly [words: readonly string[], problem: RegExp])[] = [
    [['thing', 'update', 'a'], /Unknown command "thing update"\. Did you mean "thing set"\?/],
    [['thing', 'edit'], /Did you mean "thing set"\?/],
    [['thing', 'delete', 'a'], /^Unknown command 'delete'$/],
    [['help', 'thing', 'update'], /Unknown command "thing update"\. Did you mean "thing set"\?/],
    [['help', 'thin'], /^Unknown command 'thin'. Did you mean thing\?$/],
    [['update'], /Unknown command 'update'/],
  ];
  for (const [words, problem] of synonyms)
    test(`"${words.join(' ')}" is refused with the command of the same meaning, if there is one`, () =>
      assert.throws(
        () => said(...words),
        ({ because }: CardeaError) => problem.test((because.evidence as { problem: string }).problem),
      ));

  test('options of a group are misuse, and the message names its commands', () =>
    assert.throws(
      () => said('thing', '--data', '/srv/cardea'),
      /Specify one of the commands of "thing" before its options: set\./,
    ));
});
