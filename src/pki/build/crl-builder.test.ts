import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { needs, run, withFiles } from '#test/pki/openssl.ts';
import { testCa } from '#test/pki/test-ca.ts';
import type { CrlOptions } from './authority.ts';
import { pem } from './certificate-builder.ts';
import { manyEntries } from './crl-builder.ts';
import { directoryName, uri } from './fields/general-names.ts';

const root = testCa('Woodgrove Root');
const at = new Date('2026-03-04T05:06:07Z');
const serial = 0x42n;

function textOf(crl: Uint8Array): string {
  return withFiles({ 'crl.pem': pem('X509 CRL', crl), 'ca.pem': root.pem }, (folder) => {
    const { text } = run(folder, 'openssl', 'crl', '-in', 'crl.pem', '-noout', '-text', '-verify', '-CAfile', 'ca.pem');
    assert.match(text, /verify OK/);
    return text.replace(/[\s.]+/g, ' ').replace(/DirName:\/?CN ?= ?/g, 'DirName:CN=');
  });
}

const cases: { name: string; options: CrlOptions; says: string }[] = [
  { name: 'its number', options: { number: 300n }, says: 'CRL Number: 300' },
  { name: 'no entries', options: {}, says: 'No Revoked Certificates' },
  { name: 'the base of a delta', options: { baseNumber: 7n }, says: 'Delta CRL Indicator: critical 7' },
  {
    name: 'an entry with reason and invalidity date',
    options: { entries: [{ serial, revocationDate: at, reason: 'keyCompromise', invalidityDate: at }] },
    says: 'Serial Number: 42 Revocation Date: Mar 4 05:06:07 2026 GMT CRL entry extensions: X509v3 CRL Reason Code: Key Compromise Invalidity Date: Mar 4 05:06:07 2026 GMT',
  },
  {
    name: 'an entry that leaves the CRL',
    options: { baseNumber: 1n, entries: [{ serial, revocationDate: at, reason: 'removeFromCRL' }] },
    says: 'Reason Code: Remove From CRL',
  },
  {
    name: 'an entry of another issuer',
    options: {
      issuingDistributionPoint: { indirectCRL: true },
      entries: [{ serial, revocationDate: at, certificateIssuer: [directoryName('Other')] }],
    },
    says: 'X509v3 Certificate Issuer: critical DirName:CN=Other',
  },
  {
    name: 'every flag of the issuing distribution point',
    options: {
      issuingDistributionPoint: {
        distributionPoint: { fullName: [uri('http://crl/')] },
        onlyContainsUserCerts: true,
        onlySomeReasons: ['keyCompromise', 'aACompromise'],
        indirectCRL: true,
      },
    },
    says: 'Issuing Distribution Point: critical Full Name: URI:http://crl/ Only User Certificates Indirect CRL Only Some Reasons: Key Compromise, AA Compromise',
  },
  {
    name: 'freshest CRL',
    options: { freshestCrl: ['http://delta/'] },
    says: 'Freshest CRL: Full Name: URI:http://delta/',
  },
  { name: 'Next CRL Publish', options: { nextPublish: at }, says: '1 3 6 1 4 1 311 21 4: 260304050607Z' },
  {
    name: 'an unknown critical extension',
    options: { extensions: [{ oid: '1.2.3.4', critical: true, value: Uint8Array.of(5, 0) }] },
    says: '1 2 3 4: critical',
  },
];
for (const { name, options, says } of cases)
  test(`OpenSSL reads of a CRL ${name} as written`, needs('openssl'), () => {
    const text = textOf(root.crl(options));
    assert.ok(text.includes(says), `${says}\nnot in\n${text}`);
  });

test('OpenSSL refuses a card on the CRL and passes one that is not', needs('openssl'), () => {
  const revokedCard = root.issueUserCertificate();
  const goodCard = root.issueUserCertificate();
  const crl = pem('X509 CRL', root.crl({ entries: [root.revoke(revokedCard)] }));
  withFiles({ 'ca.pem': root.pem, 'crl.pem': crl, 'lost.pem': revokedCard.pem, 'kept.pem': goodCard.pem }, (folder) => {
    const verify = (card: string) =>
      run(folder, 'openssl', 'verify', '-crl_check', '-CAfile', 'ca.pem', '-CRLfile', 'crl.pem', card);
    assert.match(verify('lost.pem').text, /certificate revoked/);
    assert.equal(verify('kept.pem').status, 0);
  });
});

test('a CRL whose signature is broken says so', needs('openssl'), () => {
  const crl = pem('X509 CRL', root.crl({ brokenSignature: true }));
  withFiles({ 'crl.pem': crl, 'ca.pem': root.pem }, (folder) => {
    assert.match(
      run(folder, 'openssl', 'crl', '-in', 'crl.pem', '-noout', '-verify', '-CAfile', 'ca.pem').text,
      /verify failure/,
    );
  });
});

test('entries stamped out in one buffer are the entries one would write singly', () => {
  const serials = randomBytes(3 * 16).map((octet) => octet & 0x7f || 1);
  const many = manyEntries({ count: 3, revocationDate: at, reason: 'superseded', serials });
  const singly = [0, 1, 2].map((i) => ({
    serial: serials.subarray(16 * i, 16 * i + 16),
    revocationDate: at,
    reason: 'superseded' as const,
  }));
  const key = testCa('K', { key: 'Ed25519' });
  assert.deepEqual(key.crl({ entries: many }), key.crl({ entries: singly }));
});
