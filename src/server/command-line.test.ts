import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { housekeeping } from '#cli/shell/housekeeping.ts';
import { runCardea } from './command-line.ts';

async function cardea(...words: string[]) {
  let [out, err] = ['', ''];
  const code = await runCardea(words, {
    cwd: process.cwd(),
    say: (text) => {
      out += text;
    },
    complain: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

describe('the command line without an installation', () => {
  test('--version is the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const { code, out } = await cardea('--version');
    assert.deepEqual([code, out.trim().split(' ').at(-1)], [0, version]);
  });

  test('--help has the whole summary of every command', async () => {
    const { code, out } = await cardea('--help');
    assert.equal(code, 0);
    const [, list = ''] = out.split('Commands:\n');
    const names = [...list.matchAll(/^ {2}([a-z][a-z-]*(?: [a-z][a-z-]*){0,2}) /gm)].map(([, name]) => name!);
    assert.ok(names.length > 20, names.join(', '));
    for (const name of names) {
      const help = await cardea(...name.split(' '), '--help');
      assert.equal(help.code, 0, `${name}: ${help.err}`);
      const [, summary = ''] = help.out.split('\n\n');
      assert.ok(oneLine(out).includes(oneLine(summary)), `the summary of ${name} is cut: ${summary}`);
    }
  });

  const helps = [
    { name: 'no words at all', words: [], has: 'ca add <FILE>' },
    { name: 'help', words: ['help'], has: 'ca add <FILE>' },
    { name: '--help of a group', words: ['ca', '--help'], has: 'ca restore <ID>' },
    { name: 'help of a group', words: ['help', 'ca'], has: 'ca restore <ID>' },
    { name: '--help of a command', words: ['ca', 'add', '--help'], has: '--delta-crl-url <URL>' },
    { name: 'a group without a command', words: ['ca'], has: 'ca restore <ID>' },
  ];
  for (const { name, words, has } of helps) {
    test(`${name} prints help`, async () => {
      const { code, out, err } = await cardea(...words);
      assert.deepEqual([code, err], [0, '']);
      assert.ok(out.includes(has), out);
    });
  }

  const misuses = [
    { words: ['cq'], says: "Unknown command 'cq'. Did you mean ca?" },
    { words: ['sign-in', 'lst'], says: "Unknown command 'lst'. Did you mean list?" },
    { words: ['sign-in', 'list', 'x'], says: "Too many arguments for 'list'. Expected 0 arguments but got 1." },
    { words: ['ca', 'lst'], says: "Unknown command 'lst'. Did you mean list?" },
    { words: ['serve', '--prot', '1'], says: "Unknown option '--prot'. Did you mean --port?" },
    { words: ['ca', 'list', '--json=yes'], says: "Unknown option '--json=yes'." },
    { words: ['ca', 'list', '-x'], says: "Unknown option '-x'." },
    {
      words: ['group', 'show', '-night shift'],
      says: "Unknown option '-night shift'. Write -- before an argument that starts with a dash.",
    },
    { words: ['ca', 'add'], says: "Missing required argument 'FILE'." },
    { words: ['ca', 'list', 'x'], says: "Too many arguments for 'list'. Expected 0 arguments but got 1." },
    { words: ['ca', 'list', '--tenant'], says: "Option '--tenant <DOMAIN>' argument missing." },
    {
      words: ['ca', 'list', '--tenant', '--store=pki'],
      says: "Option '--tenant <DOMAIN>' argument '--store=pki' is invalid. To specify a value that starts with a dash, write --tenant=VALUE.",
    },
    { words: ['ca', 'list', '--version'], says: "Unknown option '--version'." },
  ];
  for (const { words, says } of misuses) {
    test(`${words.join(' ')}: ${says}`, async () => {
      const { code, out, err } = await cardea(...words);
      assert.deepEqual([code, out, err.split('\n')[0]], [2, '', `cardea: ${says}`]);
    });
  }

  test('misuse with --json is one JSON document', async () => {
    const { code, out } = await cardea('ca', 'lst', '--json');
    assert.deepEqual([code, (JSON.parse(out) as { error: { code: string } }).error.code], [2, 'commandMisused']);
  });

  test('keys reset without --confirm is misuse', async () => {
    const { code, err } = await cardea('keys', 'reset');
    assert.equal(code, 2);
    assert.match(err, /--confirm is required/);
  });

  /** Still to be rewritten. */
  const pending = /^device /;
  for (const command of housekeeping.filter(({ usage }) => !pending.test(usage))) {
    test(`the help of ${command.usage} is written in sentences`, () => {
      const texts = [command.summary, ...Object.values(command.options).map(({ help }) => help)];
      const badTexts = texts.filter((text) => !/^(?:\S*[A-Z]|certificateUserIds|first:).*\.$/s.test(text));
      assert.deepEqual(badTexts, []);
    });
  }
});
