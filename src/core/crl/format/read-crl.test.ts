import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import type { CrlOptions } from '#pki/build/authority.ts';
import { manyEntries } from '#pki/build/crl-builder.ts';
import { crlReasons } from '#pki/build/fields/extensions.ts';
import { directoryName } from '#pki/build/fields/general-names.ts';
import { testCa } from '#test/pki/test-ca.ts';
import type { WholeCrl } from './crl.ts';
import { readEntry } from './entries/entry.ts';
import { findEntries } from './entries/entry-index.ts';
import { readCrl } from './read-crl.ts';

const ca = testCa('Woodgrove Root');
const day = new Date('2026-11-21T00:00:00Z');

function read(der: Uint8Array): WholeCrl {
  const ruling = readCrl(der, { source: 'a.crl' });
  assert.equal(ruling.outcome, 'passed', JSON.stringify(ruling.because));
  return (ruling as { value: WholeCrl }).value;
}
function codeOf(der: Uint8Array): string {
  return readCrl(der, { source: 'a.crl' }).because.code;
}
const octets = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));

test('a CRL says who issued it, when, its number and how many are on it', () => {
  const nextPublish = new Date('2026-11-22T00:00:00Z');
  const entries = [{ serial: 7n, revocationDate: day, reason: 'keyCompromise' as const }];
  const crl = read(ca.crl({ number: 12n, entries, nextPublish }));
  assert.deepEqual(crl.issuer.der, ca.subject);
  assert.deepEqual([crl.number, crl.baseNumber, crl.entryCount, crl.nextPublish], [12n, undefined, 1, nextPublish]);
  assert.deepEqual(crl.authorityKeyIdentifier, ca.subjectKeyIdentifier);
  const [offset] = findEntries(crl.der, crl.index, Uint8Array.of(7));
  assert.deepEqual(offset && readEntry(crl.der, offset).reason, 1);
  assert.deepEqual(offset && readEntry(crl.der, offset).revocationDate, day);
  assert.deepEqual(findEntries(crl.der, crl.index, Uint8Array.of(8)), []);
});

test('every serial number is found again, whatever its length, sign or entry extensions', () => {
  const serials = [
    '00',
    '01',
    '7f',
    '0080',
    '80',
    'ff',
    'ff7f',
    '00ffffffffffffffffffffffffffffffffffffffff',
    '7f'.repeat(64),
  ];
  const many = Array.from({ length: 5000 }, () => {
    const serial = randomBytes(1 + Math.floor(Math.random() * 20));
    serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
    return new Uint8Array(serial);
  });
  const items = [...serials.map(octets), ...many];
  const entries = items.map((serial, i) => ({
    serial,
    revocationDate: new Date(Date.UTC(i % 2 ? 2026 : 2055, i % 12, 28 + (i % 4), i % 24, i % 60, i % 60)),
    ...(i % 3 ? { reason: crlReasons[1]! } : {}),
    ...(i % 5 ? {} : { invalidityDate: day }),
  }));
  const crl = read(ca.crl({ entries }));
  assert.equal(crl.entryCount, items.length);
  for (const [i, serial] of items.entries()) {
    const offsets = findEntries(crl.der, crl.index, serial);
    assert.ok(offsets.length > 0, Buffer.from(serial).toString('hex'));
    const dates = offsets.map((offset) => readEntry(crl.der, offset).revocationDate.getTime());
    assert.ok(dates.includes(entries[i]!.revocationDate.getTime()));
  }
  for (const absent of ['02', '0081', '7e'.repeat(64), '7f'.repeat(65), ''])
    assert.deepEqual(findEntries(crl.der, crl.index, octets(absent)), []);
});

test('the index takes eight bytes an entry', () => {
  const serials = randomBytes(16 * 30_000).map((octet, i) => (i % 16 === 0 ? (octet & 0x3f) | 1 : octet));
  const crl = read(ca.crl({ entries: manyEntries({ count: 30_000, revocationDate: day, serials }) }));
  assert.equal(crl.index.slots.byteLength + crl.index.issuers.byteLength, 30_000 * 8);
});

test('a serial number listed twice is found twice; listed a thousand times it is not a CRL', () => {
  const twice = read(ca.crl({ entries: [5n, 6n, 5n].map((serial) => ({ serial, revocationDate: day })) }));
  assert.equal(findEntries(twice.der, twice.index, Uint8Array.of(5)).length, 2);
  const often = ca.crl({ entries: Array.from({ length: 1000 }, () => ({ serial: 5n, revocationDate: day })) });
  const { because } = readCrl(often);
  assert.equal(because.code, 'crlMalformed');
  assert.match(JSON.stringify(because.evidence), /more than 256 times/);
});

describe('what is not a CRL says what it is', () => {
  const rows = [
    ['nothing', new Uint8Array(), 'crlNotACrl'],
    ['a web page', Buffer.from(' <html>'), 'crlNotACrl'],
    ['PEM', Buffer.from('-----BEGIN X509 CRL-----\n'), 'crlIsPem'],
    ['a certificate', ca.der, 'crlNotACrl'],
    ['PEM of a certificate', Buffer.from(ca.pem), 'crlNotACrl'],
    ['a private key', ca.privateKey.export({ type: 'pkcs8', format: 'der' }), 'crlNotACrl'],
    ['half a CRL', ca.crl().subarray(0, 60), 'crlTruncated'],
    ['the beginning of a CRL of indefinite length', Uint8Array.of(0x30, 0x80, 0x30, 0x80), 'crlMalformed'],
    ['a CRL and one octet more', Buffer.concat([ca.crl(), Buffer.from([0])]), 'crlMalformed'],
  ] as const;
  for (const [name, bytes, code] of rows)
    test(`${name}: ${code}`, () => assert.equal(codeOf(new Uint8Array(bytes)), code));
});

const critical = { oid: '1.3.6.1.4.1.99999.1', critical: true, value: octets('0500') };
describe('RFC 5280 §5.2, §5.3: extensions', () => {
  const rows: readonly (readonly [string, CrlOptions, string])[] = [
    ['an unknown critical extension refuses the CRL', { extensions: [critical] }, 'crlExtensionUnknown'],
    [
      'an unknown extension that is not critical does not',
      { extensions: [{ ...critical, critical: false }] },
      'crlRead',
    ],
    [
      'an unknown critical entry extension refuses the whole CRL',
      { entries: [{ serial: 9n, revocationDate: day, extensions: [critical] }] },
      'crlExtensionUnknown',
    ],
    [
      'the same extension twice is malformed',
      { extensions: [{ oid: '2.5.29.20', value: octets('020101') }] },
      'crlMalformed',
    ],
    [
      'a negative CRL number is malformed',
      { number: undefined, extensions: [{ oid: '2.5.29.20', value: octets('0280') }] },
      'crlMalformed',
    ],
    ['a CRL number of 22 octets is malformed', { number: 1n << 170n }, 'crlMalformed'],
    [
      'a distribution point with a malformed name is malformed',
      { extensions: [{ oid: '2.5.29.28', critical: true, value: octets('3009a007a005a403300100') }] },
      'crlMalformed',
    ],
    [
      'certificateIssuer in a CRL that is not indirect is malformed',
      { entries: [{ serial: 9n, revocationDate: day, certificateIssuer: [directoryName('CN=Other')] }] },
      'crlMalformed',
    ],
    [
      'a serial number of 65 octets is malformed',
      { entries: [{ serial: octets('7f'.repeat(65)), revocationDate: day }] },
      'crlMalformed',
    ],
    [
      'a serial number with a needless zero is malformed',
      { entries: [{ serial: octets('0001'), revocationDate: day }] },
      'crlMalformed',
    ],
    [
      'a reason of two octets is malformed',
      { entries: [{ serial: 1n, revocationDate: day, extensions: [{ oid: '2.5.29.21', value: octets('0a020101') }] }] },
      'crlMalformed',
    ],
    ['extensions in a CRL of version 1 are malformed', { version: 1 }, 'crlMalformed'],
  ];
  for (const [name, options, code] of rows) test(name, () => assert.equal(codeOf(ca.crl(options)), code));
});

test('the evidence names the extension and its place', () => {
  const ruling = readCrl(ca.crl({ entries: [{ serial: 9n, revocationDate: day, extensions: [critical] }] }), {
    source: 'a.crl',
  });
  assert.ok(ruling.because.code === 'crlExtensionUnknown');
  const { url, oid, place } = ruling.because.evidence;
  assert.deepEqual({ url, oid, place }, { url: 'a.crl', oid: '1.3.6.1.4.1.99999.1', place: 'entry extension' });
});

test('any single octet changed gives a ruling, and never more entries than were there', () => {
  const crl = ca.crl({
    entries: [1n, 300n, 70_000n].map((serial) => ({ serial, revocationDate: day, reason: 'superseded' as const })),
  });
  for (let at = 0; at < crl.length; at++)
    for (const flip of [0x01, 0x80, 0xff]) {
      const change = crl.slice();
      change[at] = (change[at] ?? 0) ^ flip;
      const ruling = readCrl(change);
      if (ruling.outcome === 'passed') assert.ok(ruling.value.entryCount <= 3);
    }
});
