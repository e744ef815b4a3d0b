import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailedSync } from './faults.ts';

test('a sync of the log that fails within SQLite counts as one of ours', () => {
  const errorOf = (errcode: number) =>
    Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode });
  assert.deepEqual(
    [isFailedSync(errorOf(10 | (4 << 8))), isFailedSync(errorOf(10)), isFailedSync(errorOf(13))],
    [true, false, false],
  );
});
