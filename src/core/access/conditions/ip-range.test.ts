import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInRange, parseAddress } from './ip-range.ts';

const ranges = [
  ['192.0.2.255', '192.0.2.0/24', true],
  ['192.0.3.0', '192.0.2.0/24', false],
  ['10.1.2.3', '0.0.0.0/0', true],
  ['192.0.2.1', '192.0.2.1/32', true],
  ['::ffff:192.0.2.1', '192.0.2.0/24', true],
  ['2001:db8:0:0:0:0:0:1', '2001:db8::/32', true],
  ['2001:db9::1', '2001:db8::/32', false],
  ['fe80::1%eth0', 'fe80::/10', true],
  ['192.0.2.1', '::/0', true],
  ['2001:db8::1', '0.0.0.0/0', false],
  ['192.0.2.1', '192.0.2.0/33', false],
  ['192.0.2.1', '192.0.2.0', false],
] as const;
for (const [address, range, inside] of ranges) {
  test(`${address} is ${inside ? '' : 'not '}in ${range}`, () => assert.equal(isInRange(address, range), inside));
}

for (const text of [
  '',
  '1.2.3',
  '1.2.3.256',
  '01.2.3.4',
  '1.2.3.4.5',
  '1::2::3',
  '::12345',
  ':::',
  '1:2:3:4:5:6:7',
  'g::',
  '1:2:3:4:5:6:7:8::',
]) {
  test(`"${text}" is no address`, () => assert.equal(parseAddress(text), undefined));
}
