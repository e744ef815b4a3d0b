import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warningsOf } from '#admin/trust/authority-warnings.ts';
import { remedyOf } from '#core/trace/fault.ts';
import type { Code } from '#core/trace/reasons.ts';
import { defaultAlgorithmPolicy } from '#core/x509/algorithm-policy.ts';
import type { AuthorityRow } from '#model/authority.ts';
import { at } from '../pki/chains.ts';
import { testCa } from '../pki/test-ca.ts';

const root = testCa('Root');
const list = 'http://crl.test/a.crl';
const row = (der: Uint8Array, more: Partial<AuthorityRow> = {}): AuthorityRow => ({
  id: 'a',
  der,
  displayName: 'CA',
  authorityType: 'root',
  certificateRevocationListUrl: list,
  deltaCertificateRevocationListUrl: undefined,
  isIssuerHintEnabled: false,
  store: 'pki',
  createdDateTime: at,
  ...more,
});
const validity = { notBefore: new Date('2001-01-01'), notAfter: new Date('2002-01-01') };
const old = testCa('RSA Root', { key: 'RSA-2048' });

const cases: readonly (readonly [name: string, row: AuthorityRow, codes: readonly Code[]])[] = [
  ['a root with a CRL address', row(root.der), []],
  ['a root that signed itself with SHA-1', row(testCa('R', { key: 'RSA-2048', scheme: 'rsa-sha1' }).der), []],
  ['an expired root', row(testCa('Expired', validity).der), ['caHasExpired']],
  ['an intermediate that counts as a root', row(root.issueCa('Issuing').der), ['caIsNoRoot']],
  ['an intermediate', row(root.issueCa('Issuing').der, { authorityType: 'intermediate' }), []],
  [
    'an intermediate signed with SHA-1',
    row(old.issueCa('Issuing', { scheme: 'rsa-sha1' }).der, { authorityType: 'intermediate' }),
    ['caSignatureRefused'],
  ],
  ['a CA without CRL address', row(root.der, { certificateRevocationListUrl: undefined }), ['caWithoutCrl']],
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
    const warnings = warningsOf(authority, at, defaultAlgorithmPolicy);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      codes,
    );
    for (const warning of warnings) assert.match(remedyOf(warning)!, /cardea ca /, 'it has a next step');
  });
