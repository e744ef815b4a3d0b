import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DerError } from './der.ts';
import { headerAt, outerEnd, outerHeader } from './header.ts';

const headers = [
  { name: 'a short length', hex: '0403', header: { tag: 4, start: 2, length: 3 } },
  { name: 'a long length', hex: '30820102', header: { tag: 0x30, start: 4, length: 258 } },
  { name: 'a long length with leading zeros', hex: '0484 00000003', header: { tag: 4, start: 6, length: 3 } },
  { name: 'the indefinite form', hex: '3080', header: { tag: 0x30, start: 2, length: undefined } },
  { name: 'no octets', hex: '', header: undefined },
  { name: 'a tag alone', hex: '30', header: undefined },
  { name: 'a length that is cut off', hex: '308201', header: undefined },
] as const;

describe('the header of an element of BER (X.690 §8.1.2, §8.1.3)', () => {
  for (const { name, hex, header } of headers)
    test(name, () => assert.deepEqual(headerAt(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 0, 'it'), header));
  for (const hex of ['1f8101', '0487 00000000000001'])
    test(`${hex} is refused`, () => {
      assert.throws(() => headerAt(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 0, 'it'), DerError);
    });
});

describe('where a file ends by its own length', () => {
  for (const [name, hex, end] of [
    ['where the file ends', '3003 020101', 5],
    ['before the file ends', '3003 020101 0d0a', 5],
    ['behind the end of a file that was cut', '30820102 02', 262],
    ['nowhere in the indefinite form', '3080 020101 0000', undefined],
    ['nowhere where the length is cut off', '308201', undefined],
    ['nowhere where the length has too many octets', '3087 00000000000001', undefined],
    ['nowhere in an empty file', '', undefined],
  ] as const)
    test(name, () => assert.equal(outerEnd(Buffer.from(hex.replaceAll(' ', ''), 'hex')), end));

  test('a tag of several octets begins no header that is read', () =>
    assert.equal(outerHeader(Uint8Array.of(0x1f, 0x81, 1)), undefined));
});
