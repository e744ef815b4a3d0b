import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodeOf, exitCodes } from './exit-codes.ts';

/** Scripts rely on these: a row is added, none is changed. */
const promises = [
  ['commandMisused', 2],
  ['deviceServerRefused', 3],
  ['tokenPinWrong', 10],
  ['tokenPinLocked', 11],
  ['tokenRemoved', 12],
  ['signInCertificateMissing', 13],
  ['serverUnreachable', 14],
  ['deviceNotRegistered', 15],
  ['primaryRefreshTokenMissing', 15],
  ['deviceStateExposed', 16],
  ['signInCertificateChoice', 17],
  ['hintNeeded', 17],
  ['databaseSyncFailed', 18],
  ['tokenUnreadable', 1],
] as const;
for (const [code, exit] of promises) {
  test(`the exit code of ${code} is ${exit}`, () => assert.equal(exitCodeOf(code), exit));
}

test('no exit code has two meanings, and no fault has two exit codes', () => {
  const exits = exitCodes.map(({ exit }) => exit);
  const codes = exitCodes.flatMap((row) => row.codes);
  assert.deepEqual([new Set(exits).size, new Set(codes).size], [exits.length, codes.length]);
});
