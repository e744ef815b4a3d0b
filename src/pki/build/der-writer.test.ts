import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as der from './der-writer.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const integers = [
  [0n, '020100'],
  [127n, '02017f'],
  [128n, '02020080'],
  [256n, '02020100'],
  [-1n, '0201ff'],
  [-128n, '020180'],
  [-129n, '0202ff7f'],
  [0x00ff_ffff_ffff_ffffn, '020800ffffffffffffff'],
] as const;
for (const [value, expectedValue] of integers)
  test(`the integer ${value} is ${expectedValue}`, () => assert.equal(hex(der.integer(value)), expectedValue));

const oids = [
  ['2.5.29.19', '0603551d13'],
  ['1.2.840.113549.1.1.11', '06092a864886f70d01010b'],
  ['2.999.1', '0603883701'],
] as const;
for (const [dotted, expectedValue] of oids)
  test(`${dotted} is ${expectedValue}`, () => assert.equal(hex(der.oid(dotted)), expectedValue));

test('named bits drop trailing zeros and say how many bits are unused', () => {
  assert.equal(hex(der.namedBits([0])), '03020780');
  assert.equal(hex(der.namedBits([5, 6])), '03020106');
  assert.equal(hex(der.namedBits([8])), '0303070080');
  assert.equal(hex(der.namedBits([])), '030100');
});

test('the elements of a set come in the order of their encodings', () => {
  assert.equal(hex(der.setOf(der.integer(2), der.integer(1))), '3106020101020102');
});

test('times are UTCTime until 2049 and GeneralizedTime outside of 1950 to 2049', () => {
  assert.equal(hex(der.time(new Date('2049-12-31T23:59:59.999Z'))), hex(der.tlv(0x17, Buffer.from('491231235959Z'))));
  assert.equal(hex(der.time(new Date('2050-01-01T00:00:00Z'))), hex(der.tlv(0x18, Buffer.from('20500101000000Z'))));
  assert.equal(hex(der.time(new Date('1949-12-31T00:00:00Z'))), hex(der.tlv(0x18, Buffer.from('19491231000000Z'))));
});
