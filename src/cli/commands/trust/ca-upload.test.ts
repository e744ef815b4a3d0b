import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { CardeaError } from '#core/trace/fault.ts';
import type { Call } from '../../command.ts';
import { localFiles } from '../../input/files.ts';
import { caUpload } from './ca-upload.ts';

describe('--sha256 of a file is checked before anything is opened', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'cardea-upload-'));
  after(() => rmSync(cwd, { recursive: true }));
  writeFileSync(join(cwd, 'cas.pem'), 'content');
  const hash = createHash('sha256').update('content').digest('hex');
  const upload = (sha256: string) =>
    caUpload.run({
      values: { sha256, 'dry-run': true },
      positionals: ['cas.pem'],
      output: { cwd, say: () => undefined, complain: () => undefined },
      files: localFiles(cwd),
      open: () => Promise.reject(new Error('opened')),
      dataFolder: () => undefined,
      elsewhere: async () => ({ exit: 1, out: '' }),
    } satisfies Call);

  for (const [name, value, code] of [
    ['another hash', 'ab'.repeat(32), 'uploadHashMismatch'],
    ['no hash', 'ab', 'uploadHashMalformed'],
  ] as const)
    test(`${name} is refused`, () =>
      assert.rejects(
        async () => upload(value),
        (problem: CardeaError) => problem.because?.code === code,
      ));

  for (const value of [hash, hash.toUpperCase()])
    test(`${value.slice(0, 8)} is the hash of the file`, () =>
      assert.rejects(async () => upload(value), /^Error: opened$/));
});
