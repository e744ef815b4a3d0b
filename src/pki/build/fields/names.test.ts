import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printableString, utf8String } from '../der-writer.ts';
import { nameDer } from './names.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const equalNames = [
  { name: 'text without an equals sign is a common name', one: 'Woodgrove Root', other: 'CN=Woodgrove Root' },
  { name: 'a keyword in lower case', one: 'cn=x,dc=test', other: 'CN=x,DC=test' },
  { name: 'a dotted type', one: '2.5.4.3=x', other: 'CN=x' },
  { name: 'an escaped comma stays in the value', one: 'CN=a\\,b', other: [[{ type: 'CN', value: 'a,b' }]] },
  {
    name: 'a plus joins a multi-valued name',
    one: 'CN=x+OU=y',
    other: [
      [
        { type: 'OU', value: 'y' },
        { type: 'CN', value: 'x' },
      ],
    ],
  },
  { name: 'text is UTF8String', one: 'CN=x', other: [[{ type: 'CN', value: utf8String('x') }]] },
  { name: 'a country is PrintableString', one: 'C=NL', other: [[{ type: 'C', value: printableString('NL') }]] },
] as const;
for (const { name, one: firstName, other: secondName } of equalNames)
  test(name, () => assert.equal(hex(nameDer(firstName)), hex(nameDer(secondName))));

test('names come in encoding order, as written', () => {
  assert.notEqual(hex(nameDer('DC=test,CN=x')), hex(nameDer('CN=x,DC=test')));
  assert.equal(hex(nameDer('')), '3000');
});

test('a text that is not an attribute is refused, not guessed', () => {
  assert.throws(() => nameDer('CN=x,what'), /"what" is not attribute=value/);
  assert.throws(() => nameDer('WHAT=x'), /"WHAT" is not an attribute type/);
});
