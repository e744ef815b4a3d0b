import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexOf, isHex, plainHex } from './hex.ts';

for (const written of ['ABCD01', 'abcd01', 'ab:cd:01', 'AB-CD-01', 'ab cd\t01'])
  test(`${JSON.stringify(written)} is compared as the octets that it names`, () =>
    assert.equal(plainHex(written), hexOf(Uint8Array.of(0xab, 0xcd, 0x01))));

test('characters that separate nothing remain, so that no other text becomes hex', () =>
  assert.equal(plainHex('xab.cd'), 'XAB.CD'));

test('the octets of a part are those of the part alone, and no octets are an empty text', () => {
  assert.equal(hexOf(Uint8Array.of(1, 2, 3).subarray(1)), '0203');
  assert.equal(hexOf(undefined), '');
});

for (const [text, accepted] of [
  ['ab-01', true],
  ['ab:01', true],
  ['ab 01', true],
  ['a:b01', false],
  ['ab0', false],
  ['', false],
  ['ab'.repeat(129), false],
] as const)
  test(`${JSON.stringify(text.slice(0, 12))} of ${text.length} characters ${accepted ? 'is' : 'is not'} hex`, () =>
    assert.equal(isHex(text), accepted));
