import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DerError } from './der.ts';
import { headerAt } from './header.ts';

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
