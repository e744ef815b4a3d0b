import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DerError, DerReader } from './der.ts';
import { tags } from './tags.ts';
import { dottedOid, textOf } from './values.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const reader = (hex: string): DerReader => new DerReader(bytes(hex), 'test');
const ascii = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
const tlv = (tag: number, content: string): string =>
  `${tag.toString(16).padStart(2, '0')}${(content.length / 2).toString(16).padStart(2, '0')}${content}`;

describe('lengths are definite and in their shortest form (X.690 §10.1)', () => {
  const cases = [
    { name: 'nothing at all', hex: '', problem: 'nothing left to read' },
    { name: 'a tag without a length', hex: '04', problem: 'no length' },
    { name: 'an indefinite length', hex: '0480 00 0000', problem: 'an indefinite length' },
    { name: 'the long form for 5', hex: '048105 0102030405', problem: 'a length not in its shortest form' },
    { name: 'a leading zero octet', hex: `04820080${'00'.repeat(128)}`, problem: 'a length not in its shortest form' },
    { name: 'one byte too few', hex: '0403 0102', problem: 'a length longer than the data' },
    { name: 'a length cut off', hex: '0482 01', problem: 'a length longer than the data' },
    { name: 'a length of four gigabytes', hex: '0484 ffffffff 00', problem: 'a length longer than the data' },
    { name: 'a length of 127 octets', hex: `04ff${'ff'.repeat(127)}`, problem: 'a length longer than the data' },
    { name: 'another tag', hex: '0201 00', problem: 'tag 02 where 04 belongs' },
    { name: 'a constructed OCTET STRING', hex: '2403 040100', problem: 'tag 24 where 04 belongs' },
  ];
  for (const { name, hex, problem } of cases)
    test(`${name}: ${problem}`, () =>
      assert.throws(
        () => reader(hex).octetString('it'),
        (error) =>
          error instanceof DerError && error.problem === problem && error.offset === 0 && error.reading === 'it',
      ));
  test('the longest short form and the shortest long form are read', () => {
    assert.equal(reader(`047f${'01'.repeat(127)}`).octetString('it').length, 127);
    assert.equal(reader(`048180${'01'.repeat(128)}`).octetString('it').length, 128);
  });
  test('a tag of several bytes is refused', () => assert.throws(() => reader('1f8101 00').element('it'), DerError));
});

test('what is read is a view, not a copy', () => {
  const der = bytes('3005 0403 010203');
  const contents = new DerReader(der, 'test').enter(tags.sequence, 'it').octetString('it');
  assert.equal(contents.buffer, der.buffer);
  assert.equal(contents.byteOffset, 4);
});

test('an element that is not what was asked for stays unread', () => {
  const item = reader('0101ff');
  assert.equal(item.enterOptional(tags.sequence, 'it'), undefined);
  assert.equal(item.boolean('it'), true);
  assert.equal(item.tag, -1);
  item.end();
});

test('bytes left over are refused, and the error says where', () => {
  const outer = reader('3003 0101ff 00');
  outer.enter(tags.sequence, 'inner');
  assert.throws(
    () => outer.end(),
    (error) => error instanceof DerError && error.offset === 5 && error.problem === '1 bytes too many',
  );
});

test('an inner length cannot reach past its outer one', () =>
  assert.throws(() => reader('3003 040401 020304').enter(tags.sequence, 'outer').octetString('inner'), DerError));

test('nesting has an end', () => {
  let hex = '0500';
  for (let i = 0; i < 150; i++) {
    const length = hex.length / 2;
    hex = `30${length < 128 ? length.toString(16).padStart(2, '0') : length < 256 ? `81${length.toString(16)}` : `82${length.toString(16).padStart(4, '0')}`}${hex}`;
  }
  const dive = (derReader: DerReader): void => dive(derReader.enter(tags.sequence, 'dive'));
  assert.throws(
    () => dive(reader(hex)),
    (error) => error instanceof DerError && error.problem === 'nesting deeper than 100',
  );
});

describe('values have one spelling', () => {
  const refusals: readonly { name: string; hex: string; read: (derReader: DerReader) => unknown }[] = [
    { name: 'a BOOLEAN of 01', hex: '010101', read: (item) => item.boolean('it') },
    { name: 'a BOOLEAN of two octets', hex: '0102ffff', read: (item) => item.boolean('it') },
    { name: 'an empty INTEGER', hex: '0200', read: (item) => item.integer('it') },
    { name: 'an INTEGER with a spare 00', hex: '02020001', read: (item) => item.integer('it') },
    { name: 'an INTEGER with a spare FF', hex: '0202ff80', read: (item) => item.integer('it') },
    { name: 'a negative small INTEGER', hex: '0201ff', read: (item) => item.smallInteger('it') },
    { name: 'a small INTEGER of six octets', hex: '0206010000000000', read: (item) => item.smallInteger('it') },
    { name: 'an empty BIT STRING', hex: '0300', read: (item) => item.bitString('it') },
    { name: 'eight unused bits', hex: '03020800', read: (item) => item.bitString('it') },
    { name: 'unused bits of nothing', hex: '030101', read: (item) => item.bitString('it') },
    { name: 'unused bits that are set', hex: '03020401', read: (item) => item.bitString('it') },
    { name: 'an empty OID', hex: '0600', read: (item) => item.oid('it') },
    { name: 'an OID that ends in the middle of an arc', hex: '06022a83', read: (item) => item.oid('it') },
    { name: 'an OID arc with a leading 80', hex: '06032a8003', read: (item) => item.oid('it') },
  ];
  for (const { name, hex, read } of refusals)
    test(`${name} is refused`, () => assert.throws(() => read(reader(hex)), DerError));

  const oids = [
    ['2a864886f70d01010b', '1.2.840.113549.1.1.11'],
    ['550403', '2.5.4.3'],
    ['00', '0.0'],
    ['27', '0.39'],
    ['28', '1.0'],
    ['4f', '1.39'],
    ['50', '2.0'],
    ['8837', '2.999'],
    ['2affffffffffffffff7f', '1.2.9223372036854775807'],
  ] as const;
  for (const [hex, dotted] of oids) test(`OID ${dotted}`, () => assert.equal(dottedOid(bytes(hex)), dotted));
});

describe('times are whole seconds in Zulu that exist (RFC 5280 §4.1.2.5)', () => {
  const cases: readonly [tag: number, text: string, expected: string | undefined][] = [
    [tags.utcTime, '491231235959Z', '2049-12-31T23:59:59.000Z'],
    [tags.utcTime, '500101000000Z', '1950-01-01T00:00:00.000Z'],
    [tags.generalizedTime, '20500101000000Z', '2050-01-01T00:00:00.000Z'],
    [tags.generalizedTime, '99991231235959Z', '9999-12-31T23:59:59.000Z'],
    [tags.utcTime, '240229000000Z', '2024-02-29T00:00:00.000Z'],
    [tags.utcTime, '230229000000Z', undefined],
    [tags.utcTime, '231301000000Z', undefined],
    [tags.utcTime, '230101240000Z', undefined],
    [tags.utcTime, '230101006000Z', undefined],
    [tags.utcTime, '2301010000Z', undefined],
    [tags.utcTime, '230101000000+0100', undefined],
    [tags.utcTime, '23010100000 Z', undefined],
    [tags.generalizedTime, '20230101000000.5Z', undefined],
    [tags.generalizedTime, '20230101000000', undefined],
    [tags.generalizedTime, '230101000000Z', undefined],
    [tags.printableString, '230101000000Z', undefined],
  ];
  for (const [tag, text, expectedValue] of cases)
    test(`${text} in tag ${tag} is ${expectedValue ?? 'refused'}`, () => {
      const item = reader(tlv(tag, ascii(text)));
      if (expectedValue === undefined) assert.throws(() => item.time('it'), DerError);
      else assert.equal(item.time('it').toISOString(), expectedValue);
    });
});

describe('text is of its type', () => {
  const cases: readonly [name: string, tag: number, hex: string, expected: string | undefined][] = [
    ['UTF-8', tags.utf8String, 'c3a9', 'é'],
    ['UTF-8 cut off', tags.utf8String, 'c3', undefined],
    ['UTF-8 in more octets than needed', tags.utf8String, 'c080', undefined],
    ['a UTF-8 surrogate', tags.utf8String, 'eda080', undefined],
    ['a byte order mark, which is kept', tags.utf8String, 'efbbbf41', '\ufeffA'],
    ['printable', tags.printableString, ascii('Ana *@_'), 'Ana *@_'],
    ['printable with a control character', tags.printableString, '4100', undefined],
    ['IA5', tags.ia5String, ascii('ana@x'), 'ana@x'],
    ['IA5 beyond ASCII', tags.ia5String, 'e9', undefined],
    ['digits', tags.numericString, ascii('1 2'), '1 2'],
    ['letters as digits', tags.numericString, ascii('1a'), undefined],
    ['BMP', tags.bmpString, '004100e9', 'Aé'],
    ['BMP of odd length', tags.bmpString, '004100', undefined],
    ['universal', tags.universalString, '0001f600', '😀'],
    ['universal beyond Unicode', tags.universalString, '00110000', undefined],
    ['teletex as Latin 1', tags.teletexString, 'e9', 'é'],
    ['an INTEGER', tags.integer, '01', undefined],
  ];
  for (const [name, tag, hex, expectedValue] of cases)
    test(`${name}`, () => assert.equal(textOf(tag, bytes(hex)), expectedValue));
});
