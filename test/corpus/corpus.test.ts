import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pem } from '#pki/build/certificate-builder.ts';
import * as d from '#pki/build/der-writer.ts';
import { bundleOf } from '../pki/bundle.ts';
import { needs, withFiles } from '../pki/openssl.ts';
import { testCa } from '../pki/test-ca.ts';
import { tally } from './tally.ts';

const root = testCa('Root');
const issuing = root.issueCa('Issuing');
const card = (value: Uint8Array) => root.issue({ subject: 'CN=x', extensions: [{ oid: '2.5.29.15', value }] });
const cn = (value: Uint8Array) => d.sequence(d.setOf(d.sequence(d.oid('2.5.4.3'), value)));

test('a folder of certificates, CRLs and bundles is compared with OpenSSL, by kind', needs('openssl'), () => {
  const files = {
    'root.pem': root.pem,
    'both.pem': root.pem + issuing.pem,
    'issuing.der': issuing.der,
    'slip.cer': card(d.bitString(Uint8Array.of(0x80))).der,
    'list.crl': root.crl({ entries: [{ serial: 7n, revocationDate: new Date('2026-01-01') }] }),
    'list.pem': pem('X509 CRL', root.crl()),
    'cas.p7b': bundleOf(root.der, issuing.der),
    'cut.cer': root.der.subarray(0, -1),
    'strict.cer': root.issue({ subject: 'CN=x', outerScheme: 'ecdsa-sha384' }).der,
    'readme.txt': 'a text',
  };
  const { rows, items, laxer } = withFiles(files, tally);
  assert.equal(items, 10);
  assert.equal(laxer, 0);
  assert.deepEqual(
    rows.map(([kind, relation, count]) => [kind, relation, count]),
    [
      ['bundle', 'both read', '1'],
      ['certificate', 'both read', '4'],
      ['certificate', 'both refuse', '1'],
      ['certificate', 'Cardea is stricter', '1'],
      ['certificate', 'read with a tolerance', '1'],
      ['CRL', 'both read', '2'],
    ],
  );
});

const texts: readonly (readonly [name: string, value: Uint8Array])[] = [
  ['UTF-8 cut off', d.tlv(0x0c, Uint8Array.of(0x41, 0xe2, 0x84))],
  ['overlong UTF-8', d.tlv(0x0c, Uint8Array.of(0xc0, 0x80))],
  ['a BMPString of odd length', d.tlv(0x1e, Uint8Array.of(0, 0x41, 0))],
  ['a UniversalString beyond Unicode', d.tlv(0x1c, Uint8Array.of(0, 0x11, 0, 0))],
];
for (const [name, value] of texts)
  test(`a name with ${name} is refused by both`, needs('openssl'), () => {
    const { rows } = withFiles({ 'a.cer': root.issue({ subject: cn(value) }).der }, tally);
    assert.deepEqual(
      rows.map(([, relation]) => relation),
      ['both refuse'],
    );
  });

const odd: readonly (readonly [name: string, value: Uint8Array])[] = [
  ['a SEQUENCE among alternative names', d.sequence(d.sequence())],
  ['a directoryName without a name', d.sequence(d.contextConstructed(4))],
  ['an otherName without a value', d.sequence(d.contextConstructed(0, d.oid('1.3.6.1.4.1.311.20.2.3')))],
  ['an ediPartyName without a party', d.sequence(d.contextConstructed(5))],
  [
    'an ediPartyName with an implicit tag',
    d.sequence(d.contextConstructed(5, d.contextPrimitive(1, Buffer.from('x')))),
  ],
  ['a registeredID without octets', d.sequence(d.contextPrimitive(8, new Uint8Array()))],
];
for (const [name, value] of odd)
  test(`${name} is refused by both`, needs('openssl'), () => {
    const extensions = [{ oid: '2.5.29.17', value }];
    const { rows } = withFiles({ 'a.cer': root.issueUserCertificate({ subject: 'CN=Ana', extensions }).der }, tally);
    assert.deepEqual(
      rows.map(([, relation]) => relation),
      ['both refuse'],
    );
  });

test('an ediPartyName of the right form is read by both', needs('openssl'), () => {
  const name = d.contextConstructed(
    5,
    d.contextConstructed(0, d.utf8String('a')),
    d.contextConstructed(1, d.printableString('b')),
  );
  const { rows } = withFiles({ 'a.cer': root.issueUserCertificate({ subject: 'CN=Ana', names: [name] }).der }, tally);
  assert.deepEqual(
    rows.map(([, relation]) => relation),
    ['both read'],
  );
});
