import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { secretFilesOf } from './secret-files.ts';

test('a backup seals what is there: a link to nothing does not end it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-secrets-'));
  try {
    mkdirSync(join(folder, 'tls'));
    writeFileSync(join(folder, 'tls', 'tls.json'), '{}');
    for (const name of ['demo', join('tls', 'old.pem')]) symlinkSync(join(folder, 'none'), join(folder, name));
    assert.deepEqual(secretFilesOf(folder, undefined), { 'tls/tls.json': Buffer.from('{}').toString('base64') });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
