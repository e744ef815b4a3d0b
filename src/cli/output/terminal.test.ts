import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answer, type Output } from '../command.ts';
import { runCommand } from '../run.ts';
import { table } from './table.ts';
import { escapeForTerminal, escapeWithinLine } from './terminal.ts';

const hostile = [
  '\x00',
  '\x07',
  '\b',
  '\t',
  '\r',
  '\x1b[2J',
  '\x1b]0;title\x07',
  '\x7f',
  '\x85',
  '\x9b2J',
  '\u061c',
  '\u200e',
  '\u200f',
  '\u202a',
  '\u202e',
  '\u2028',
  '\u2029',
  '\u2066',
  '\u2069',
  '\ufeff',
  '\ud800',
  '\u{e0041}',
  '\u00ad',
  '\u200b',
  '\u2060',
  '\u3164',
  '\u180e',
];
const controls = /(?!\n)[\p{C}\u2028\u2029\u3164\u180e]/u;

describe('text for a terminal', () => {
  for (const text of hostile) {
    test(`${JSON.stringify(escapeForTerminal(text))} holds no control character and is the same JSON`, () => {
      const view = escapeForTerminal(text);
      assert.doesNotMatch(view, controls);
      assert.equal(escapeForTerminal(view), view);
      assert.deepEqual(JSON.parse(escapeForTerminal(JSON.stringify({ text }))), { text });
    });
  }

  test('letters of every script stay, also joined emoji and Persian', () => {
    const text = 'Zoë Åström 王 محمد می‌خواهم 👩‍💻\n';
    assert.equal(escapeForTerminal(text), text);
  });

  test('a table cell is one line', () => {
    assert.equal(table([['name'], ['a\nforged row\x1b[2J']]).split('\n').length, 3);
    assert.equal(escapeWithinLine('a\nb'), 'a\\nb');
  });

  test('a command escapes what it says and what it complains of', async () => {
    const heard: string[] = [];
    const output: Output = { cwd: '.', say: (text) => heard.push(text), complain: (text) => heard.push(text) };
    const view = {
      usage: 'hostile',
      summary: '',
      options: {},
      takes: [0, 1] as const,
      local: true,
      async run(call: Parameters<typeof answer>[0]) {
        answer(call, hostile, [['name'], [hostile.join('')]]);
        call.output.complain(hostile.join(''));
        return 0;
      },
    };
    const cliHost = {
      commands: [view],
      open: () => Promise.reject(new Error('not opened')),
      askServer: async () => undefined,
      dataFolderOf: () => '/none',
    };
    for (const words of [['hostile'], ['hostile', '--json'], ['hostile', '--\x1b[2J'], ['\x1b[2J\u202e']])
      await runCommand(words, output, cliHost);
    assert.ok(heard.length >= 6);
    for (const text of heard) assert.doesNotMatch(text, controls);
  });
});
