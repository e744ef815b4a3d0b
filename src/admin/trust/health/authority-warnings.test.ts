import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultAlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import type { AuthorityRow } from '#model/authority.ts';
import { at } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { authorityWarnings } from './authority-warnings.ts';
import type { TrustWarningCode } from './warnings.ts';

const root = testCa('Root');
const crlUrl = 'http://crl.test/a.crl';
const row = (der: Uint8Array, more: Partial<AuthorityRow> = {}): AuthorityRow => ({
  id: 'a',
  der,
  displayName: 'CA',
  authorityType: 'root',
  certificateRevocationListUrl: crlUrl,
  deltaCertificateRevocationListUrl: undefined,
  isIssuerHintEnabled: false,
  store: 'pki',
  createdDateTime: at,
  ...more,
});
const validity = { notBefore: new Date('2001-01-01'), notAfter: new Date('2002-01-01') };
const old = testCa('RSA Root', { key: 'RSA-2048' });

const cases: readonly (readonly [name: string, row: AuthorityRow, codes: readonly TrustWarningCode[]])[] = [
  ['a root with a CRL address', row(root.der), []],
  ['a root that signed itself with SHA-1', row(testCa('R', { key: 'RSA-2048', scheme: 'rsa-sha1' }).der), []],
  ['an expired root', row(testCa('Expired', validity).der), ['authorityExpired']],
  ['an intermediate that counts as a root', row(root.issueCa('Issuing').der), ['authorityNoRoot']],
  ['an intermediate', row(root.issueCa('Issuing').der, { authorityType: 'intermediate' }), []],
  [
    'an intermediate signed with SHA-1',
    row(old.issueCa('Issuing', { scheme: 'rsa-sha1' }).der, { authorityType: 'intermediate' }),
    ['authoritySignatureRefused'],
  ],
  [
    'a root that ends within a week',
    row(testCa('Soon', { notBefore: validity.notBefore, notAfter: new Date(at.getTime() + 5 * 86_400_000) }).der),
    ['authorityExpires'],
  ],
  [
    'a CA with an odd CRL address',
    row(root.der, { certificateRevocationListUrl: 'http://intranet/list' }),
    ['crlAddressUnusual'],
  ],
  ['a CA without CRL address', row(root.der, { certificateRevocationListUrl: undefined }), ['crlAddressMissing']],
  [
    'a CA without CRL address that has an OCSP responder',
    row(root.der, {
      certificateRevocationListUrl: undefined,
      revocation: { ocsp: { url: 'http://o.test', order: 'first' } },
    }),
    [],
  ],
];
for (const [name, authority, codes] of cases)
  test(`${name}: ${codes.join(', ') || 'no warning'}`, () => {
    const warnings = authorityWarnings(authority, at, defaultAlgorithmPolicy);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      codes,
    );
    for (const { remedy } of warnings) assert.match(remedy, /cardea ca /, 'it has a next step');
  });
