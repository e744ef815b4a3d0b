import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { auditLine, signInLine } from '#server/events/log-line.ts';
import { root } from './files.ts';

const page = readFileSync(join(root, 'docs', 'admin', 'monitoring.md'), 'utf8');

for (const [event, shape] of [
  ['signIn', signInLine],
  ['audit', auditLine],
] as const)
  test(`docs/admin/monitoring.md names every field of a line of ${event}, and no other`, () => {
    const [, fields = ''] = new RegExp(`^\\| \`${event}\` \\| (.*) \\|$`, 'm').exec(page) ?? [];
    const fieldNames = [...fields.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
    assert.deepEqual(
      fieldNames.sort(),
      Object.keys(shape.shape)
        .filter((name) => name !== 'event')
        .sort(),
    );
  });
