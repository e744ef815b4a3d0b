import assert from 'node:assert/strict';
import { test } from 'node:test';
import { derOf, lengthOctets } from './write-der.ts';

const hex = (octets: Iterable<number>): string => Buffer.from([...octets]).toString('hex');

for (const [length, expectedValue] of [
  [127, '7f'],
  [128, '8180'],
  [255, '81ff'],
  [256, '820100'],
  [65536, '83010000'],
  [5_000_000_000, '85012a05f200'],
] as const)
  test(`a length of ${length} takes its shortest form`, () => assert.equal(hex(lengthOctets(length)), expectedValue));

test('an element has its tag, its length and all of its contents', () => {
  assert.equal(hex(derOf(0x30)), '3000');
  assert.equal(hex(derOf(0x04, Uint8Array.of(1, 2), Uint8Array.of(3))), '0403010203');
  const long = derOf(0x04, new Uint8Array(200));
  assert.deepEqual([long.length, hex(long.subarray(0, 3))], [203, '0481c8']);
});
