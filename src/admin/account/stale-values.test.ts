import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, certificateOf, storeOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { whyStale } from './stale-values.ts';

const day = 24 * 3600 * 1000;
const root = testCa('CN=Root');
const userCertificate = certificateOf(root.issueUserCertificate({ upn: 'ana@woodgrove.test' }));
const expired = certificateOf(
  root.issueUserCertificate({ notBefore: new Date(at.getTime() - 9 * day), notAfter: new Date(at.getTime() - 1) }),
);
const foreign = certificateOf(testCa('CN=Other').issueUserCertificate({}));
const noCrls = {
  crls: { fetch: async () => [], cached: async () => [] },
  ocsp: { fetch: async () => [], cached: async () => [] },
};

for (const { name, certificate, blocked, why } of [
  { name: 'is valid, as far as what is kept tells', certificate: userCertificate, blocked: [], why: undefined },
  { name: 'has expired', certificate: expired, blocked: [], why: 'expired' },
  {
    name: 'is on the list of the tenant',
    certificate: userCertificate,
    blocked: [{ sha256Thumbprint: userCertificate.sha256Thumbprint }],
    why: 'blocked',
  },
  { name: 'is of a CA that the tenant does not have', certificate: foreign, blocked: [], why: undefined },
])
  test(`a certificate that ${name}: ${why}`, async () => {
    const revocation = { state: 'disabled', exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [], blocked };
    const policy = { trustStore: storeOf([root]), revocation };
    assert.equal(await whyStale(certificate, policy as never, { ports: noCrls as never, at }), why);
  });
