import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressOf, numberOf, topOf } from './filters.ts';

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

test('an address is compared in the spelling of the log', () => {
  const addresses = [
    '192.0.2.7',
    '::ffff:192.0.2.7',
    '::FFFF:c000:207',
    '2001:DB8:0::1',
    '0:0:0:0:0:0:0:1',
    'fe80::1%eth0',
  ];
  assert.deepEqual(
    addresses.map((ip) => addressOf({ values: { ip } })),
    ['192.0.2.7', '192.0.2.7', '192.0.2.7', '2001:db8::1', '::1', 'fe80::1'],
  );
});

test('a reason can be the number that pages show, with and without AADSTS', () => {
  const reasons = ['500171', 'AADSTS500171', 'aadsts50126', 'certificateRevoked', 'AADSTS'];
  assert.deepEqual(
    reasons.map((reason) => numberOf({ values: { reason } })),
    [500_171, 500_171, 50_126, undefined, undefined],
  );
});
