import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pem } from '#pki/build/certificate-builder.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { crlsIn } from './crl-forms.ts';
import { readCrl } from './read-crl.ts';

const der = testCa('Root').crl();
const second = testCa('Other').crl();
const text = (value: string) => new TextEncoder().encode(value);

describe('forms of CRLs beside DER', () => {
  const forms: readonly (readonly [name: string, bytes: Uint8Array, crls: readonly Uint8Array[]])[] = [
    ['DER', der, [der]],
    ['DER and CRLF', Uint8Array.of(...der, 13, 10), [der]],
    ['DER and LF', Uint8Array.of(...der, 10), [der]],
    ['PEM', text(pem('X509 CRL', der)), [der]],
    ['PEM with CRLF and a text before it', text(`Root\r\n${pem('X509 CRL', der).replaceAll('\n', '\r\n')}`), [der]],
    ['two in one PEM file', text(pem('X509 CRL', der) + pem('X509 CRL', second)), [der, second]],
  ];
  for (const [name, bytes, crls] of forms)
    test(name, () =>
      assert.deepEqual(
        crlsIn(bytes).map((crl) => Buffer.from(crl)),
        crls.map((crl) => Buffer.from(crl)),
      ),
    );
  const refusals = [
    ['another octet after it', Uint8Array.of(...der, 0), 'crlMalformed'],
    ['a CRL twice', Uint8Array.of(...der, ...der), 'crlMalformed'],
    ['many line ends', Uint8Array.of(...der, 10, 10, 10, 10, 10), 'crlMalformed'],
    ['a certificate in PEM', text(testCa('x').pem), 'crlNotACrl'],
  ] as const;
  for (const [name, bytes, code] of refusals)
    test(`not ${name}`, () => assert.equal(readCrl(crlsIn(bytes)[0]!).because.code, code));
});
