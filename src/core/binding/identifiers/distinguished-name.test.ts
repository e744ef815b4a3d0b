import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameOf } from '../testing/specimens.ts';
import { nameKeys, parseName, windowsName } from './distinguished-name.ts';

const cn = '2.5.4.3';
const read: readonly (readonly [name: string, text: string, values: readonly (readonly string[])[] | undefined])[] = [
  ['plain parts', 'CN=a,O=b', [['a'], ['b']]],
  ['blanks around parts and labels', '  CN = a , O= b  ', [['a'], ['b']]],
  ['semicolons as RFC 1779 had them', 'CN=a;O=b', [['a'], ['b']]],
  ['a quoted comma', 'CN="a,b",O=c', [['a,b'], ['c']]],
  ['doubled quotes, as Windows writes them', 'CN="the ""best"""', [['the "best"']]],
  ['a quote after a backslash, as RFC 1779 has it', 'CN="the \\"best\\""', [['the "best"']]],
  ['an escaped comma (RFC 4514)', 'CN=a\\,b', [['a,b']]],
  ['escaped UTF-8 (RFC 4514)', 'CN=J\\c3\\bcrgen', [['Jürgen']]],
  ['an escaped blank at the end', 'CN=a\\ ', [['a ']]],
  ['several attributes in one part', 'CN=a+OU=b,O=c', [['a', 'b'], ['c']]],
  ['OIDs as labels', 'OID.1.2.3=x,2.5.4.3=y', [['x'], ['y']]],
  ['labels in any case', 'cn=a,Ou=b', [['a'], ['b']]],
  ['an empty value', 'CN=', [['']]],
  ['not a display name', 'Woodgrove CA', undefined],
  ['not an unknown label', 'XX=a', undefined],
  ['not an empty text', '', undefined],
  ['not a comma at the end', 'CN=a,', undefined],
  ['not an unclosed quote', 'CN="a', undefined],
  ['not text after a quote', 'CN="a"b', undefined],
  ['not a quote inside', 'CN=a"b', undefined],
  ['not a lone backslash at the end', 'CN=a\\', undefined],
];
for (const [name, text, values] of read) {
  test(`reads ${name}`, () =>
    assert.deepEqual(
      parseName(text)?.rdns.map((rdn) => rdn.map(({ value }) => value)),
      values,
    ));
}

const awkward = ['a', 'a,b', 'a+b', '"', '""', ' a', 'a ', 'a=b', '<S>', '#ff', 'a;b', "O'Neil", '', 'Jürgen'];
for (const value of awkward) {
  test(`what Windows spelling writes for ${JSON.stringify(value)} reads back as it was`, () => {
    const name = nameOf(['CN', value], ['O', 'x']);
    assert.deepEqual(parseName(windowsName(name) ?? '')?.rdns, name.rdns);
  });
}

test('two different names never have one spelling', () => {
  const names = awkward.flatMap((a) => awkward.map((b) => nameOf(['CN', a], ['O', b])));
  assert.equal(new Set(names.map(windowsName)).size, names.length);
});

test('names compare without case and inner blanks, part by part (RFC 5280 §7.1)', () => {
  const [key] = nameKeys(nameOf(['CN', 'Woodgrove  CA']));
  assert.equal(nameKeys(nameOf(['CN', ' woodgrove ca '])).includes(key), true);
  assert.notEqual(nameKeys(nameOf(['OU', 'Woodgrove CA']))[0], key);
  assert.notEqual(nameKeys({ rdns: [[{ type: cn, value: 'a,b' }]] })[0], nameKeys(nameOf(['CN', 'a'], ['CN', 'b']))[0]);
});

test('a hostile text is answered at once', () => {
  for (const piece of ['\\', '"', '+', 'CN=a\\,', '='])
    assert.equal(parseName(`CN=${piece.repeat(4000 / piece.length)}\u0000"x`), undefined);
});
