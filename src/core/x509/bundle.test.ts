import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pem } from '#pki/build/certificate-builder.ts';
import { contextConstructed, integer, octetString, oid, sequence, setOf, tlv } from '#pki/build/der-writer.ts';
import { indefinite, longLengths } from '#test/pki/ber.ts';
import { needs, run, withFiles } from '#test/pki/openssl.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { largestBundle, readBundle } from './bundle.ts';

const root = testCa('CN=Root');
const issuing = root.issueCa('CN=Issuing');
const data = oid('1.2.840.113549.1.7.1');
const signedData = oid('1.2.840.113549.1.7.2');

/** A certs-only file of our own making; each part may be another. */
function bundle(parts: {
  readonly type?: Uint8Array;
  readonly version?: number;
  readonly encapsulated?: Uint8Array;
  readonly certificates?: readonly Uint8Array[];
  readonly signers?: Uint8Array;
  readonly more?: readonly Uint8Array[];
}): Uint8Array {
  const { type = signedData, version = 1, encapsulated = sequence(data), signers = setOf() } = parts;
  const { certificates = [root.der, issuing.der], more = [] } = parts;
  const list = certificates.length === 0 ? [] : [contextConstructed(0, ...certificates)];
  const content = sequence(integer(version), setOf(), encapsulated, ...list, signers, ...more);
  return sequence(type, contextConstructed(0, content));
}

/** A certificate of a version that does not exist. */
const slip = (der: Uint8Array): Uint8Array => {
  const text = Buffer.from(der).toString('hex');
  const [from, to] = ['a003020102', 'a003020182'];
  assert.ok(text.includes(from));
  return new Uint8Array(Buffer.from(text.replace(from, to), 'hex'));
};

function subjectsIn(bytes: Uint8Array): readonly string[] {
  const ruling = readBundle(bytes);
  if (ruling.outcome !== 'passed') throw new Error(JSON.stringify(ruling.because));
  return ruling.value.map(({ subject, ruling: certificate }) =>
    certificate.outcome === 'passed' ? subject.slice(3) : `${subject.slice(3)} (${certificate.because.code})`,
  );
}

describe('a certs-only PKCS #7 file', () => {
  test('gives its certificates in the order written', () =>
    assert.deepEqual(subjectsIn(bundle({})), ['Root', 'Issuing']));

  for (const label of ['PKCS7', 'CMS', 'PKCS #7 SIGNED DATA', 'CERTIFICATE']) {
    test(`may be PEM under the label ${label}`, () =>
      assert.deepEqual(subjectsIn(new TextEncoder().encode(`Bag\n${pem(label, bundle({}))}`)), ['Root', 'Issuing']));
  }

  for (const form of ['DER', 'PEM']) {
    test(`as OpenSSL makes it in ${form} is read`, needs('openssl'), () => {
      const files = { 'root.pem': root.pem, 'issuing.pem': issuing.pem, 'list.pem': pem('X509 CRL', root.crl()) };
      withFiles(files, (folder) => {
        for (const lists of [['-nocrl'], ['-in', 'list.pem']]) {
          const certs = ['-certfile', 'root.pem', '-certfile', 'issuing.pem'];
          const result = run(folder, 'openssl', 'crl2pkcs7', ...lists, ...certs, '-outform', form, '-out', 'cas.p7b');
          assert.equal(result.status, 0, result.text);
          const subjects = subjectsIn(new Uint8Array(readFileSync(join(folder, 'cas.p7b'))));
          assert.deepEqual([...subjects].sort(), ['Issuing', 'Root']);
        }
      });
    });
  }

  test('that OpenSSL signed is refused, because the signature is not checked', needs('openssl'), () => {
    const files = { 'root.pem': root.pem, 'root.key': root.privateKeyPem, text: 'x' };
    withFiles(files, (folder) => {
      const signing = ['cms', '-sign', '-in', 'text', '-signer', 'root.pem', '-inkey', 'root.key'];
      const result = run(folder, 'openssl', ...signing, '-outform', 'DER', '-out', 'signed.p7s');
      assert.equal(result.status, 0, result.text);
      const { because } = readBundle(new Uint8Array(readFileSync(join(folder, 'signed.p7s'))));
      assert.equal(because.code, 'bundleUnreadable');
      assert.match(JSON.stringify(because.evidence), /a signature, which a file of certificates does not have/);
    });
  });

  const whole = bundle({});
  const hostile = [
    { name: 'a truncated file', bytes: whole.subarray(0, -1), problem: 'a length longer than the data' },
    { name: 'a byte too many', bytes: Uint8Array.of(...whole, 0), problem: '1 bytes too many' },
    {
      name: 'plain data',
      bytes: bundle({ type: data }),
      problem: 'content of the type 1.2.840.113549.1.7.1 instead of signed data',
    },
    { name: 'an unknown version', bytes: bundle({ version: 2 }), problem: 'the version 2' },
    {
      name: 'enclosed content',
      bytes: bundle({ encapsulated: sequence(data, contextConstructed(0, octetString(Uint8Array.of(1)))) }),
      problem: 'content, which a file of certificates does not have',
    },
    {
      name: 'a signer',
      bytes: bundle({ signers: setOf(sequence()) }),
      problem: 'a signature, which a file of certificates does not have',
    },
    { name: 'no certificate', bytes: bundle({ certificates: [] }), problem: 'no certificate' },
    { name: 'a part after the signers', bytes: bundle({ more: [integer(1)] }), problem: '3 bytes too many' },
    {
      name: 'nothing in an indefinite length',
      bytes: Uint8Array.of(0x30, 0x80, 0, 0),
      problem: 'nothing left to read',
    },
    {
      name: 'an indefinite length without an end',
      bytes: indefinite(whole).subarray(0, -2),
      problem: 'an indefinite length without an end',
    },
    {
      name: 'a byte after an indefinite length',
      bytes: Uint8Array.of(...indefinite(whole), 0),
      problem: '1 bytes too many',
    },
    {
      name: 'an indefinite length of a primitive value',
      bytes: Uint8Array.of(0x30, 4, 6, 0x80, 0, 0),
      problem: 'an indefinite length of a primitive value',
    },
    {
      name: 'nested without end',
      bytes: Uint8Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 0x30 : 0x80)),
      problem: 'nesting deeper than 32',
    },
    {
      name: 'content in pieces',
      bytes: bundle({
        encapsulated: sequence(
          data,
          contextConstructed(0, tlv(0x24, octetString(new Uint8Array()), octetString(Uint8Array.of(1)))),
        ),
      }),
      problem: 'content, which a file of certificates does not have',
    },
  ];
  for (const { name, bytes, problem } of hostile) {
    test(`is not ${name}`, () => {
      const { because } = readBundle(bytes);
      assert.equal(because.code, 'bundleUnreadable');
      assert.equal((because.evidence as { problem: string }).problem, problem);
    });
  }

  test('with elements that cannot be read names them, and has the others', () => {
    const certificates = [sequence(integer(1)), root.der, contextConstructed(1), slip(issuing.der), issuing.der];
    assert.deepEqual(subjectsIn(bundle({ certificates })), [
      ' (certificateUnreadable)',
      'Root',
      ' (certificateUnreadable)',
      'Issuing (certificateUnreadable)',
      'Issuing',
    ]);
  });

  const empty = octetString(new Uint8Array());
  const forms: Readonly<Record<string, Uint8Array>> = {
    'indefinite lengths': indefinite(whole),
    'lengths of four octets': longLengths(whole),
    'an empty content': bundle({ encapsulated: sequence(data, contextConstructed(0, empty)) }),
    'an empty content in pieces': bundle({
      encapsulated: sequence(data, contextConstructed(0, tlv(0x24, empty, empty))),
    }),
    'an empty content of indefinite length': bundle({
      encapsulated: sequence(data, contextConstructed(0, Uint8Array.of(0x24, 0x80, 0, 0))),
    }),
  };
  for (const [name, bytes] of Object.entries(forms)) {
    test(`with ${name} is read, in PEM too`, () => {
      assert.deepEqual(subjectsIn(bytes), ['Root', 'Issuing']);
      assert.deepEqual(subjectsIn(new TextEncoder().encode(pem('PKCS7', bytes))), ['Root', 'Issuing']);
    });
    test(`with ${name} has the same certificates to OpenSSL`, needs('openssl'), () =>
      withFiles({ 'cas.p7b': bytes }, (folder) => {
        const { text } = run(folder, 'openssl', 'pkcs7', '-inform', 'DER', '-in', 'cas.p7b', '-print_certs');
        assert.deepEqual(
          [...text.matchAll(/subject=CN = (\w+)/g)].map((match) => match[1]),
          ['Root', 'Issuing'],
        );
      }),
    );
  }

  test('with a length of four octets of no signers is read, which OpenSSL 3.0.19 refuses', () =>
    assert.deepEqual(subjectsIn(bundle({ signers: Uint8Array.of(0x31, 0x84, 0, 0, 0, 0) })), ['Root', 'Issuing']));

  test('a certificate in it stays DER: one of indefinite length is an entry that cannot be read', () =>
    assert.deepEqual(subjectsIn(bundle({ certificates: [indefinite(root.der), issuing.der] })), [
      ' (certificateUnreadable)',
      'Issuing',
    ]));

  test('a PEM file of certificates is read in the same way', () => {
    const text = [root.pem, pem('CERTIFICATE', slip(issuing.der)), issuing.pem].join('a line of text\r\n');
    assert.deepEqual(subjectsIn(new TextEncoder().encode(text)), [
      'Root',
      'Issuing (certificateUnreadable)',
      'Issuing',
    ]);
  });

  test('may have eight megabytes and no more (UP-3)', () => {
    const padding = new Uint8Array(largestBundle);
    assert.deepEqual(readBundle(tlv(0x30, padding)).because, {
      code: 'bundleTooLarge',
      evidence: { bytes: tlv(0x30, padding).length, limit: largestBundle },
    });
  });

  test('cut or changed anywhere is an answer and never an exception', () => {
    for (let at = 0; at < whole.length; at += 3) {
      const change = Uint8Array.from(whole);
      change[at]! ^= 0xff;
      for (const bytes of [change, whole.subarray(0, at)]) assert.ok(readBundle(bytes).because.code);
    }
  });
});
