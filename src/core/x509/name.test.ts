import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bmpString, integer, oid, printableString, sequence, setOf, utf8String } from '#pki/build/der-writer.ts';
import { type NameInput, nameDer } from '#pki/build/fields/names.ts';
import { DerError } from '../asn1/der.ts';
import { isName, isWithin, nameFromDer, nameToString, sameName } from './name.ts';

const name = (input: NameInput) => nameFromDer(nameDer(input));
const cn = (value: Uint8Array) => name([[{ type: 'CN', value }]]);

describe('two names are the same (RFC 5280 §7.1)', () => {
  const cases: readonly [what: string, one: ReturnType<typeof name>, other: ReturnType<typeof name>, same: boolean][] =
    [
      ['itself', name('DC=com,CN=Ana'), name('DC=com,CN=Ana'), true],
      ['in another case', name('CN=Ana'), name('CN=ANA'), true],
      ['with other blanks', name('CN=Ana  Maria'), name([[{ type: 'CN', value: ' Ana Maria ' }]]), true],
      ['in another string type', cn(utf8String('Ana')), cn(printableString('Ana')), true],
      ['in BMP', cn(bmpString('Änne')), cn(utf8String('änne')), true],
      ['composed otherwise', cn(utf8String('\u00e9')), cn(utf8String('e\u0301')), true],
      ...[
        '\u00ad',
        '\u200b',
        '\u200d',
        '\u2060',
        '\ufeff',
        '\u034f',
        '\ufe0f',
        '\u180b',
        '\u0000',
        '\u007f',
        '\u{e0041}',
      ].map((item): [string, ReturnType<typeof name>, ReturnType<typeof name>, boolean] => [
        `with ${JSON.stringify(item)}, which maps to nothing`,
        cn(utf8String(`A${item}na`)),
        cn(utf8String('Ana')),
        true,
      ]),
      ['with a no-break space', cn(utf8String('Ana\u00a0Maria')), cn(utf8String('Ana Maria')), true],
      ['with a tab', cn(utf8String('Ana\tMaria')), cn(utf8String('Ana Maria')), true],
      ['in full width', cn(utf8String('Ａｎａ')), cn(utf8String('ana')), true],
      ['with a ligature', cn(utf8String('ﬁn')), cn(utf8String('FIN')), true],
      ['with a sign that is decomposed to a capital', cn(utf8String('20℃')), cn(utf8String('20°c')), true],
      ['with a sharp s', cn(utf8String('Straße')), cn(utf8String('STRASSE')), true],
      ['with a final sigma', cn(utf8String('ΟΔΟΣ')), cn(utf8String('οδος')), true],
      ['in T61String', cn(Uint8Array.of(0x14, 3, 0x41, 0x6e, 0x61)), cn(utf8String('ana')), true],
      ['with another accent', cn(utf8String('Aná')), cn(utf8String('Ana')), false],
      ['with a Cyrillic letter', cn(utf8String('Аna')), cn(utf8String('Ana')), false],
      ['with a dotless i', cn(utf8String('ı')), cn(utf8String('i')), false],
      ['with a private character', cn(utf8String('Ana\ue000')), cn(utf8String('ana\ue000')), false],
      ['of a type without a decoder', cn(Uint8Array.of(0x19, 1, 0x41)), cn(utf8String('#190141')), false],
      ['an octet string', cn(Uint8Array.of(4, 1, 0x41)), cn(utf8String('#040141')), false],
      [
        'a PrintableString with an asterisk too many',
        cn(Uint8Array.of(0x13, 1, 0x21)),
        cn(utf8String('#130121')),
        false,
      ],
      ['in another order', name('DC=com,CN=Ana'), name('CN=Ana,DC=com'), false],
      ['with another type', name('CN=Ana'), name('OU=Ana'), false],
      ['with one more', name('CN=Ana'), name('CN=Ana,OU=x'), false],
      ['with its parts in one RDN', name('CN=Ana+OU=x'), name('CN=Ana,OU=x'), false],
      ['with a comma in a value', name('CN=a\\,OU=b'), name('CN=a,OU=b'), false],
    ];
  for (const [label, firstName, secondName, same] of cases)
    test(`${label}: ${same}`, () => {
      assert.equal(sameName(firstName, secondName), same);
      assert.equal(sameName(secondName, firstName), same);
      assert.equal(isName(firstName.der, secondName), same);
    });
  test('a name is within itself and what begins it, not within what it begins', () => {
    const [outer, inner] = [name('DC=com,DC=contoso'), name('DC=com,DC=contoso,CN=Ana')];
    assert.deepEqual([isWithin(inner, outer), isWithin(outer, outer), isWithin(outer, inner)], [true, true, false]);
  });

  test('the same octets are not read', () => {
    const der = Uint8Array.of(0xff);
    assert.equal(isName(der, { der: Uint8Array.from(der), rdns: [] }), true);
  });
});

describe('a name is shown in encoding order (specification §5.5)', () => {
  const cases: readonly [input: NameInput, text: string][] = [
    ['DC=com,DC=contoso,OU=UserAccounts,CN=mfatest', 'DC=com,DC=contoso,OU=UserAccounts,CN=mfatest'],
    ['CN=Smith\\, Ana', 'CN="Smith, Ana"'],
    ['CN=the "best"', 'CN="the ""best"""'],
    ['CN=Ana+SERIALNUMBER=7', 'SERIALNUMBER=7+CN=Ana'], // DER sorts a SET
    [[[{ type: '1.2.3.4', value: 'x' }]], '1.2.3.4=x'],
    [[[{ type: 'CN', value: 'a\u202eb\n' }]], 'CN=a\\u202eb\\u000a'],
    ['', ''],
  ];
  for (const [input, text] of cases) test(text || 'an empty name', () => assert.equal(nameToString(name(input)), text));
});

/** DER of a name with one common name of this value. */
const nameWith = (value: Uint8Array) => sequence(setOf(sequence(oid('2.5.4.3'), value)));

describe('a name that cannot be read', () => {
  const attributes = Array.from({ length: 257 }, () => [{ type: 'CN', value: 'x' }]);
  for (const [label, der] of [
    ['more attributes than any name has', nameDer(attributes)],
    ['something left over', Uint8Array.of(...nameDer('CN=x'), 0)],
    ['a broken UTF8String', nameWith(Uint8Array.of(0x0c, 1, 0xff))],
    ['a BMPString of odd length', nameWith(Uint8Array.of(0x1e, 1, 0x41))],
  ] as const)
    test(`${label} is refused`, () => assert.throws(() => nameFromDer(der), DerError));
  test('a value that is not text is kept as the hex of its DER', () =>
    assert.equal(cn(integer(5n)).rdns[0]?.[0]?.value, '#020105'));
});
