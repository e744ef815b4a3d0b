import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { CardeaError } from '#core/trace/fault.ts';
import { authoritiesOf, passwordOf } from './secret.ts';

describe('a file that the settings of a domain name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-sync-secret-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const domain = { domain: 'corp.woodgrove.test' } as Parameters<typeof passwordOf>[0];

  for (const [name, file, problem] of [
    ['a folder', folder, 'it is a folder'],
    ['a file that is not there', join(folder, 'none'), 'there is no such file or folder'],
    ...(process.platform === 'win32' ? [] : [['a device', '/dev/null', 'it is a pipe or a device'] as const]),
  ] as const)
    test(`is refused in words where it is ${name}`, () => {
      for (const read of [
        () => passwordOf({ ...domain, passwordFile: file }, {}),
        () => authoritiesOf({ ...domain, caFile: file }),
      ])
        assert.throws(read, ({ because: { code, evidence } }: CardeaError) => {
          assert.deepEqual([code, (evidence as { problem: string }).problem], ['syncSecretMissing', problem]);
          return true;
        });
    });
});
