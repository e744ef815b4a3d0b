import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { migrations } from '../list.ts';
import { checksums } from './checksums.ts';

const folder = dirname(import.meta.dirname);
const files = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^m\d{3}-.*\.ts$/.test(basename(file)))
    .sort((first, second) => (basename(first) < basename(second) ? -1 : 1))
    .map((file) => [basename(file).slice(1, -3), readFileSync(join(folder, file), 'utf8')]),
);

/** A migration without imports, comments and white space: where its types are, how it is formatted and explained may change. */
const codeOf = (text: string): string =>
  text
    .replace(/^import[^;]*;$/gm, '')
    .replace(/\/\*\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/\s+/g, '');
const checksumOf = (text: string): string => createHash('sha256').update(codeOf(text)).digest('hex').slice(0, 16);

for (const [name, text] of files) {
  test(`the migration ${name} is as it was released`, () => {
    assert.equal(
      checksums[name],
      checksumOf(text),
      `A released migration is never edited. For a new one, add to checksums.ts:\n  '${name}': '${checksumOf(text)}',`,
    );
  });
}

test('every migration is in the list, in the order of its number, and has a checksum', () => {
  assert.deepEqual(Object.keys(migrations), [...files.keys()]);
  assert.deepEqual(Object.keys(checksums).sort(), [...files.keys()]);
});

test('migrations after 012 are numbered without gaps', () => {
  const numbers = [...files.keys()].map((name) => Number(name.slice(0, 3))).filter((number) => number > 12);
  assert.deepEqual(
    numbers,
    numbers.map((_, i) => 13 + i),
    'Rename the files so that 013 follows 012 and no number is left out.',
  );
});

test('a comment or a line break does not change a checksum; another statement does', () => {
  const text = 'await make();\n';
  assert.equal(checksumOf(`/** Why. */\n${text}// how\n`), checksumOf(text));
  assert.notEqual(checksumOf(text), checksumOf('await makeAll();\n'));
});
