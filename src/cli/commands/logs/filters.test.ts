import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { topOf } from './filters.ts';

describe('how many rows a list may have', () => {
  for (const [value, rows] of [
    [undefined, 50],
    ['1', 1],
    ['10000', 10_000],
  ] as const)
    test(`${value ?? 'nothing'} is ${rows}`, () => assert.equal(topOf({ values: { list: value } }, 50, 'list'), rows));

  // The last ones are no integers of a database.
  for (const value of ['', '0', '-1', '1.5', '1e3', 'many', '10001', '99999999999999999999'])
    test(`"${value}" is refused, and the message names the option`, () =>
      assert.throws(() => topOf({ values: { list: value } }, 50, 'list'), {
        because: {
          code: 'commandMisused',
          evidence: { problem: `--list: "${value}" is not valid. Specify a whole number from 1 to 10000.` },
        },
      }));
});
