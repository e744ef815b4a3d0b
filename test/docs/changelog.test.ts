import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { releases } from '../upgrade/release.ts';

const root = join(import.meta.dirname, '..', '..');
const headings = [...readFileSync(join(root, 'CHANGELOG.md'), 'utf8').matchAll(/^## (.*)$/gm)].map(([, text]) => text!);

test('CHANGELOG.md begins with what is unreleased, as Keep a Changelog has it', () => {
  assert.equal(headings[0], 'Unreleased');
  assert.equal(headings.filter((heading) => heading === 'Unreleased').length, 1);
});

test('each version that is kept, and that of package.json, has a heading with its date', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const dated = headings.flatMap((heading) => /^(\S+) - \d{4}-\d{2}-\d{2}$/.exec(heading)?.[1] ?? []);
  assert.deepEqual(
    [...releases, version].filter((name) => !dated.includes(name)),
    [],
  );
});
