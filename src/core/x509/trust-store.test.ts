import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testCa } from '#test/pki/test-ca.ts';
import { type TrustedAuthority, trustStoreOf, type UploadedAuthority } from './trust-store.ts';

const root = testCa('CN=Root');
const second = testCa('CN=Root');

const record = (store: UploadedAuthority['store'], crlUrl?: string, more: Partial<UploadedAuthority> = {}) => ({
  id: store,
  der: root.der,
  authorityType: 'root' as const,
  certificateRevocationListUrl: crlUrl,
  deltaCertificateRevocationListUrl: undefined,
  isIssuerHintEnabled: false,
  store,
  ...more,
});

const [a, b] = ['http://crl.woodgrove.test/a.crl', 'http://crl.woodgrove.test/b.crl'];

/** §2.6, the whole table. */
const cases: readonly {
  readonly name: string;
  readonly records: readonly UploadedAuthority[];
  readonly store: string;
  readonly use?: TrustedAuthority['legacyStoreUse'];
}[] = [
  { name: 'in the PKI-based store only', records: [record('pki', a)], store: 'pki' },
  { name: 'in the classic store only', records: [record('classic', a)], store: 'classic', use: 'onlyInClassicStore' },
  { name: 'in both with the same CRL', records: [record('classic', a), record('pki', a)], store: 'pki' },
  { name: 'in both without a CRL', records: [record('pki'), record('classic')], store: 'pki' },
  {
    name: 'in both, with a CRL in the classic store only',
    records: [record('pki'), record('classic', a)],
    store: 'classic',
    use: 'listOnlyInClassicStore',
  },
  {
    name: 'in both with different CRLs',
    records: [record('pki', b), record('classic', a)],
    store: 'classic',
    use: 'listsDiffer',
  },
  {
    name: 'in both with the same CRL and different delta CRLs',
    records: [record('pki', a, { deltaCertificateRevocationListUrl: b }), record('classic', a)],
    store: 'classic',
    use: 'listsDiffer',
  },
  {
    name: 'in both, with a CRL in the PKI-based store only: the record that checks more',
    records: [record('classic'), record('pki', a)],
    store: 'pki',
  },
];

describe('which record of a CA counts (§2.6)', () => {
  for (const { name, records, store, use } of cases) {
    test(name, () => {
      const { authorities } = trustStoreOf(records);
      assert.deepEqual(
        authorities.map((authority) => [authority.store, authority.legacyStoreUse]),
        [[store, use]],
      );
    });
  }

  test('another certificate of the same name is another CA', () => {
    const { authorities } = trustStoreOf([record('pki', a), record('classic', b, { der: second.der })]);
    assert.deepEqual(
      authorities.map(({ legacyStoreUse }) => legacyStoreUse),
      [undefined, 'onlyInClassicStore'],
    );
  });

  test('the issuer hint is the PKI-based record’s, whichever record counts', () => {
    const [authority] = trustStoreOf([
      record('pki', undefined, { isIssuerHintEnabled: true }),
      record('classic', a),
    ]).authorities;
    assert.equal(authority!.store, 'classic');
    assert.equal(authority!.isIssuerHintEnabled, true);
  });

  test('a record that cannot be read says so', () =>
    assert.throws(() => trustStoreOf([record('pki', a, { der: Uint8Array.of(1) })]), {
      because: {
        code: 'certificateUnreadable',
        evidence: { reading: 'certificate', offset: 0, problem: 'tag 01 where 30 belongs' },
      },
    }));
});
