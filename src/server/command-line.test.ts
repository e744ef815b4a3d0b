import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
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

describe('the command line without an installation', () => {
  test('--version is the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const { code, out } = await cardea('--version');
    assert.deepEqual([code, out.trim().split(' ').at(-1)], [0, version]);
  });

  test('--help has the whole summary of every command', async () => {
    const { code, out } = await cardea('--help');
    assert.equal(code, 0);
    const names = [...out.matchAll(/^ {2}cardea ([a-z][a-z-]*(?: [a-z][a-z-]*)?)/gm)].map(([, name]) => name!);
    assert.ok(names.length > 20, names.join(', '));
    for (const name of names) {
      const help = await cardea(...name.split(' '), '--help');
      assert.equal(help.code, 0, `${name}: ${help.err}`);
      const [, summary = ''] = help.out.split('\n\n');
      assert.ok(out.includes(summary.replaceAll('\n', ' ')), `the summary of ${name} is cut: ${summary}`);
    }
  });

  test('keys reset without --confirm is misuse', async () => {
    const { code, err } = await cardea('keys', 'reset');
    assert.equal(code, 2);
    assert.match(err, /Give --confirm/);
  });
});
