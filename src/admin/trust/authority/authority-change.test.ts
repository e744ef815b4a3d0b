import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthorityRow } from '#model/authority.ts';
import { TestClock } from '#test/contract/databases.ts';
import { authorityRow } from '#test/contract/documents.ts';
import { type AuthorityChange, changed } from './authority-change.ts';

const row: AuthorityRow = {
  ...authorityRow(new TestClock()),
  revocation: {
    furtherCrlUrls: ['http://second.test/root.crl'],
    graceSeconds: 60,
    ocsp: { url: 'http://ocsp.test/', order: 'first' },
  },
};
const delta = 'http://crl.test/delta.crl';

/** The code of the refusal, or what of the row is another one afterwards. */
const cases: readonly {
  readonly name: string;
  readonly change: AuthorityChange;
  readonly result: string | Partial<AuthorityRow>;
}[] = [
  { name: 'nothing', change: {}, result: {} },
  { name: 'an empty name', change: { displayName: '' }, result: {} },
  { name: 'a name', change: { displayName: 'New' }, result: { displayName: 'New' } },
  {
    name: 'no CRL address',
    change: { certificateRevocationListUrl: '', furtherCrlUrls: [] },
    result: {
      certificateRevocationListUrl: undefined,
      revocation: { graceSeconds: 60, ocsp: { url: 'http://ocsp.test/', order: 'first' } },
    },
  },
  {
    name: 'no responder',
    change: { ocsp: { url: '', order: 'first' } },
    result: { revocation: { furtherCrlUrls: ['http://second.test/root.crl'], graceSeconds: 60 } },
  },
  {
    name: 'a delta CRL',
    change: { deltaCertificateRevocationListUrl: delta },
    result: { deltaCertificateRevocationListUrl: delta },
  },
  {
    name: 'a delta CRL without a base CRL',
    change: { certificateRevocationListUrl: '', furtherCrlUrls: [], deltaCertificateRevocationListUrl: delta },
    result: 'deltaWithoutBase',
  },
  {
    name: 'an address of no CRL',
    change: { certificateRevocationListUrl: 'ftp://crl.test/' },
    result: 'crlUrlInvalid',
  },
  { name: 'a further address of no CRL', change: { furtherCrlUrls: ['file:///root.crl'] }, result: 'crlUrlInvalid' },
  {
    name: 'an address of no responder',
    change: { ocsp: { url: 'ldap://ocsp.test/', order: 'first' } },
    result: 'ocspUrlInvalid',
  },
  { name: 'a grace of less than nothing', change: { graceSeconds: -1 }, result: 'graceInvalid' },
  { name: 'a grace of half a second', change: { graceSeconds: 0.5 }, result: 'graceInvalid' },
  { name: 'no grace', change: { graceSeconds: 0 }, result: { revocation: { ...row.revocation, graceSeconds: 0 } } },
];
for (const { name, change, result } of cases)
  test(`a CA is changed to ${name}`, () => {
    const ruling = changed(row, change);
    if (ruling.outcome !== 'passed') return assert.equal(ruling.because.code, result);
    assert.deepEqual(ruling.value, { ...row, ...(result as object) });
  });
