import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCommandLine } from '#cli/program.ts';
import { x509ConfigurationBody } from '#schema/x509-configuration.ts';
import { root } from './files.ts';
import { commands, referencePages, settings } from './reference.ts';

test('docs/settings.md has a row for every setting', () => {
  const fileSync = readFileSync(join(root, 'docs', 'settings.md'), 'utf8');
  const absent = settings().filter(({ name }) => !fileSync.includes(`\`${name}\``));
  assert.deepEqual(absent, [], 'add a row to the table in docs/settings.md');
});

describe('the generated pages of docs/reference are current', () => {
  for (const [file, text] of referencePages())
    test(file, () => {
      const path = join(root, 'docs', 'reference', file);
      const output = existsSync(path) ? readFileSync(path, 'utf8') : '';
      assert.ok(output === text, `docs/reference/${file} is not current: run npm run docs and commit the result`);
    });
});

test('every option beyond Entra has a row in docs/tenant-files.md', () => {
  const text = readFileSync(join(root, 'docs', 'tenant-files.md'), 'utf8');
  const options = Object.keys(x509ConfigurationBody.shape.beyondEntra.unwrap().unwrap().shape);
  assert.ok(options.length >= 6);
  assert.deepEqual(
    options.filter((name) => !text.includes(`\n| \`${name}\` | `)),
    [],
  );
});

test('help has the whole summary of every command, in the help of the command, of its group and of the program', () => {
  const plain = (text: string) => text.replaceAll(/\s+/g, ' ');
  const helpOf = (...words: readonly string[]) => {
    let text = '';
    const output = { cwd: '.', say: (part: string) => (text += part), complain: () => undefined };
    readCommandLine([...words, '--help'], commands, { version: '1', footer: '' }, output);
    return plain(text);
  };
  const ofProgram = helpOf();
  for (const { usage, summary } of commands) {
    const words = usage.split(' ').filter((word) => /^[a-z][a-z-]*$/.test(word));
    for (const text of [helpOf(...words), helpOf(words[0]!), ofProgram])
      assert.ok(text.includes(plain(summary)), `${usage}: ${text.slice(0, 400)}`);
  }
});
