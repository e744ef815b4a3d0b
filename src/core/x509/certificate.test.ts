import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { integer } from '#pki/build/der-writer.ts';
import { basicConstraints } from '#pki/build/fields/extensions.ts';
import type { CertificateOptions } from '#pki/build/issued.ts';
import { storeOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { authorityDer, leafDer } from '../binding/testing/appendix-c.ts';
import { readCertificate } from './certificate.ts';
import { nameToString } from './name.ts';
import { validatePath } from './path.ts';
import type { TrustStore } from './trust-store.ts';

const root = testCa('Root');

test('the certificate of specification Appendix C is read', () => {
  const ruling = readCertificate(leafDer);
  assert.ok(ruling.outcome === 'passed', JSON.stringify(ruling.because));
  const { version, subject, extendedKeyUsage, keyUsage, basicConstraints: basic, certificatePolicies } = ruling.value;
  assert.equal(version, 3);
  assert.equal(nameToString(subject), 'DC=com,DC=contoso,OU=UserAccounts,CN=mfatest');
  assert.deepEqual(extendedKeyUsage, ['1.3.6.1.5.5.7.3.2', '1.3.6.1.4.1.311.20.2.2']);
  assert.deepEqual([...(keyUsage ?? [])], ['digitalSignature']);
  assert.deepEqual(basic, { cA: false, pathLength: undefined });
  assert.deepEqual(
    certificatePolicies.map(({ policyIdentifier }) => policyIdentifier),
    ['1.2.3.4', '1.2.3.4.6'],
  );
  assert.deepEqual(
    ruling.value.subjectAltName.map((name) => ('text' in name ? name.text : name.kind)),
    ['bob@woodgrove.com', 'user@woodgrove.com'],
  );
});

test('and chains to the CA there', () => {
  const leaf = readCertificate(leafDer);
  assert.ok(leaf.outcome === 'passed');
  const store: TrustStore = storeOf([{ der: authorityDer }]);
  assert.equal(validatePath(leaf.value, store, new Date('2027-01-01T00:00:00Z')).because.code, 'pathValid');
});

describe('a certificate that says what RFC 5280 does not allow is unreadable', () => {
  const cases: readonly [name: string, options: CertificateOptions, reading: string, problem: string][] = [
    [
      'two signature algorithms',
      { outerScheme: 'ecdsa-sha384' },
      'tbsCertificate',
      'two different signature algorithms',
    ],
    [
      'a serial number of 65 octets',
      { serial: new Uint8Array(65).fill(1) },
      'tbsCertificate',
      'a serial number of more than 64 octets',
    ],
    ['a serial number without octets', { serial: new Uint8Array() }, 'tbsCertificate', 'an INTEGER without octets'],
    [
      'an extension twice',
      { basicConstraints: { cA: false }, extensions: [basicConstraints({ cA: true })] },
      'extensions',
      'the same extension twice',
    ],
    [
      'an extension with something left over',
      { extensions: [{ oid: '2.5.29.54', value: Uint8Array.of(...integer(0), 0) }] },
      'inhibitAnyPolicy',
      '1 bytes too many',
    ],
    [
      'a negative inhibitAnyPolicy',
      { extensions: [{ oid: '2.5.29.54', value: integer(-1) }] },
      'inhibitAnyPolicy',
      'a negative INTEGER',
    ],
  ];
  for (const [name, options, reading, problem] of cases)
    test(name, () => {
      const { because } = readCertificate(root.issueUserCertificate({ subject: 'CN=Ana', ...options }).der);
      const { offset, ...details } = because.evidence as { offset: number };
      assert.deepEqual({ code: because.code, ...details }, { code: 'certificateUnreadable', reading, problem });
      assert.ok(Number.isSafeInteger(offset) && offset >= 0);
    });
  test('more than 256 KB', () =>
    assert.deepEqual(readCertificate(new Uint8Array(256 * 1024 + 1)).because, {
      code: 'certificateUnreadable',
      evidence: { reading: 'certificate', offset: 0, problem: 'more than 262144 bytes' },
    }));
  test('a byte after its end', () => {
    const { der } = root.issueUserCertificate({ subject: 'CN=Ana' });
    const { because } = readCertificate(Uint8Array.of(...der, 0));
    assert.deepEqual(because, {
      code: 'certificateUnreadable',
      evidence: { reading: 'certificate', offset: der.length, problem: '1 bytes too many' },
    });
  });
});
