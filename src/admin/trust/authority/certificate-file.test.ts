import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crlsIn } from '#core/crl/format/crl-forms.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { readBundle } from '#core/x509/bundle.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { bundleOf } from '#test/pki/bundle.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { certificatesIn } from './certificate-file.ts';

const ca = testCa('CN=Root');
const crl = ca.crl();
const base64 = (der: Uint8Array) => Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\r\n');

/** Ways in which Windows, portals and mail programs hand a file on. */
const forms: readonly (readonly [name: string, write: (label: string, der: Uint8Array) => Uint8Array])[] = [
  ['PEM', (label, der) => Buffer.from(pem(label, der))],
  [
    'PEM with CRLF and text around it',
    (label, der) => Buffer.from(`Bag\n${pem(label, der)}end`.replaceAll('\n', '\r\n')),
  ],
  ['PEM in UTF-8 with a byte order mark', (label, der) => Buffer.from(`\ufeff${pem(label, der)}`)],
  ['PEM in UTF-16, little endian', (label, der) => Buffer.from(`\ufeff${pem(label, der)}`, 'utf16le')],
  ['PEM in UTF-16, big endian', (label, der) => Buffer.from(`\ufeff${pem(label, der)}`, 'utf16le').swap16()],
  ['base64 without a label', (_, der) => Buffer.from(base64(der))],
  ['base64 without a label, in UTF-16', (_, der) => Buffer.from(`\ufeff${base64(der)}\r\n`, 'utf16le')],
];

describe('a file is read in the forms in which it is handed on', () => {
  for (const [name, write] of forms) {
    test(`a certificate as ${name}`, () =>
      assert.deepEqual(
        orThrow(certificatesIn(new Uint8Array(write('CERTIFICATE', ca.der)), 'file')).map(({ der }) =>
          Buffer.from(der).equals(ca.der),
        ),
        [true],
      ));
    for (const [kind, label, der] of [
      ['a bundle', 'PKCS7', bundleOf(ca.der)],
      ['a certificate as a bundle of one', 'CERTIFICATE', ca.der],
    ] as const)
      test(`${kind} as ${name}`, () => {
        const ruling = readBundle(new Uint8Array(write(label, der)));
        assert.equal(ruling.outcome, 'passed', JSON.stringify(ruling));
        assert.deepEqual(ruling.outcome === 'passed' && ruling.value.map(({ subject }) => subject), ['CN=Root']);
      });
    test(`a CRL as ${name}`, () => {
      const [list, ...otherForms] = crlsIn(new Uint8Array(write('X509 CRL', crl)));
      assert.ok(Buffer.from(list!).equals(crl) && otherForms.length === 0);
    });
  }

  const otherForms: readonly (readonly [kind: string, bytes: string | Uint8Array])[] = [
    ['a private key', ca.privateKeyPem],
    ['a CRL', pem('X509 CRL', crl)],
    ['a CRL', crl],
    ['a zip file', 'PK\u0003\u0004'],
    ['a web page', '<!doctype html>'],
    ['an empty file', ''],
    ['text', 'Certificates of 2026'],
    ['text', Buffer.from('\ufeffCertificates of 2026', 'utf16le')],
  ];
  for (const [kind, bytes] of otherForms)
    test(`${kind} is named for what it is, where a bundle belongs`, () => {
      const ruling = readBundle(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
      assert.deepEqual(ruling.outcome === 'refused' && ruling.because, {
        code: 'bundleOfOtherKind',
        evidence: { kind },
      });
    });
});
