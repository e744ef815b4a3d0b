import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bytesOf } from './files.ts';

test('a file is read up to its size, and a pipe, a device and a folder are refused before they are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-files-'));
  try {
    writeFileSync(join(folder, 'text'), 'abc');
    assert.equal(Buffer.from(bytesOf('text', folder)).toString(), 'abc');
    const bytes = bytesOf('text', folder); // is read further in a thread
    assert.equal(structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] }).length, 3);
    truncateSync(join(folder, 'text'), 32 * 1024 * 1024 + 1); // a hole, which takes no disk
    assert.throws(() => bytesOf('text', folder), /at most 33554432 are read/);
    assert.equal(bytesOf('text', folder, Number.POSITIVE_INFINITY).length, 32 * 1024 * 1024 + 1);
    assert.throws(() => bytesOf('.', folder), /it is a folder/);
    assert.throws(() => bytesOf('missing', folder), /no such file/);
    if (process.platform !== 'win32') assert.throws(() => bytesOf('/dev/null', folder), /a pipe or a device/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
