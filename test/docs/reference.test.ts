import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { root } from './files.ts';
import { referencePages, settings } from './reference.ts';

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
