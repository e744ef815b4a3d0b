import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testCa } from '#test/pki/test-ca.ts';
import { applicationTrustStore } from './application-authorities.ts';
import { readCertificate } from './certificate.ts';
import { type TrustedAuthority, trustStoreOf } from './trust-store.ts';

const [pki, second] = [testCa('CN=PKI'), testCa('CN=Second')];
const crlUrl = {
  certificateRevocationListUrl: 'http://crl.test/pki.crl',
  deltaCertificateRevocationListUrl: undefined,
};
const store = trustStoreOf([
  { id: 'a', der: pki.der, authorityType: 'root', isIssuerHintEnabled: true, store: 'pki', ...crlUrl },
]);

function authorityOf(der: Uint8Array, authorityType: TrustedAuthority['authorityType'] = 'root') {
  const ruling = readCertificate(der);
  return ruling.outcome === 'passed' ? { id: 'n', certificate: ruling.value, authorityType } : assert.fail();
}

test('without CAs of their own, certificates of applications come from the PKI of the tenant', () => {
  assert.equal(applicationTrustStore(store), store);
});

test('named CAs take its place, and one that the PKI knows keeps its CRL address', () => {
  const { authorities } = applicationTrustStore(store, [authorityOf(pki.der), authorityOf(second.der)]);
  assert.deepEqual(
    authorities.map(({ certificateRevocationListUrl }) => certificateRevocationListUrl),
    [crlUrl.certificateRevocationListUrl, undefined],
  );
  const alone = applicationTrustStore(store, [authorityOf(second.der)]);
  assert.deepEqual(
    alone.authorities.map(({ certificate }) => certificate.sha256Thumbprint),
    [authorityOf(second.der).certificate.sha256Thumbprint],
  );
});
