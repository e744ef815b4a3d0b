import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { needs, run, withFiles } from '#test/pki/openssl.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { Authority } from './authority.ts';
import {
  directoryName,
  dnsName,
  ipAddress,
  principalName,
  registeredId,
  rfc822Name,
  uri,
} from './fields/general-names.ts';
import type { KeyKind, SchemeName } from './fields/keys.ts';
import type { CertificateOptions } from './issued.ts';

const root = testCa('DC=test,DC=woodgrove,CN=Woodgrove Root');
const textOf = (options: CertificateOptions): string =>
  withFiles({ 'c.pem': root.issueUserCertificate(options).pem }, (folder) => {
    const { status, text } = run(folder, 'openssl', 'x509', '-in', 'c.pem', '-noout', '-text', '-nameopt', 'RFC2253');
    assert.equal(status, 0, text);
    return text.replace(/\s+/g, ' ').replace(/DirName:\/?CN ?= ?/g, 'DirName:CN=');
  });

const cases: { name: string; options: CertificateOptions; says: string }[] = [
  { name: 'a principal name', options: { upn: 'ana@woodgrove.test' }, says: 'othername: UPN::ana@woodgrove.test' },
  { name: 'an e-mail address', options: { email: 'a@b.test' }, says: 'Alternative Name: email:a@b.test' },
  {
    name: 'every kind of alternative name',
    options: {
      names: [
        dnsName('a.test'),
        uri('http://a/'),
        ipAddress('10.0.0.1'),
        ipAddress('2001:db8::1'),
        directoryName('CN=x'),
      ],
    },
    says: 'DNS:a.test, URI:http://a/, IP Address:10.0.0.1, IP Address:2001:DB8:0:0:0:0:0:1, DirName:CN=x',
  },
  { name: 'a registered id', options: { names: [registeredId('1.2.3.4')] }, says: 'Registered ID:1.2.3.4' },
  {
    name: 'policies',
    options: { policies: ['1.2.3.4', { oid: '1.2.3.5', cps: 'http://p/' }] },
    says: 'CPS: http://p/',
  },
  { name: 'policy mappings', options: { policyMappings: [['1.2.3', '1.2.4']] }, says: '1.2.3:1.2.4' },
  {
    name: 'policy constraints',
    options: { policyConstraints: { requireExplicitPolicy: 0, inhibitPolicyMapping: 200 } },
    says: 'Require Explicit Policy:0, Inhibit Policy Mapping:200',
  },
  { name: 'inhibit any policy', options: { inhibitAnyPolicy: 3 }, says: 'Inhibit Any Policy: critical 3' },
  {
    name: 'name constraints',
    options: {
      nameConstraints: {
        permitted: [dnsName('woodgrove.test'), ipAddress('10.32.0.0/11')],
        excluded: [rfc822Name('x.test'), principalName('@x')],
      },
    },
    says: 'Permitted: DNS:woodgrove.test IP:10.32.0.0/255.224.0.0 Excluded: email:x.test',
  },
  {
    name: 'distribution points',
    options: { crlDistributionPoints: ['http://crl/', { fullName: [uri('ldap://d')], reasons: ['keyCompromise'] }] },
    says: 'URI:http://crl/ Full Name: URI:ldap://d Reasons: Key Compromise',
  },
  {
    name: 'freshest CRL',
    options: { freshestCrl: ['http://delta/'] },
    says: 'Freshest CRL: Full Name: URI:http://delta/',
  },
  {
    name: 'authority information',
    options: { authorityInformationAccess: { ocsp: ['http://o/'], caIssuers: ['http://i/'] } },
    says: 'OCSP - URI:http://o/ CA Issuers - URI:http://i/',
  },
  {
    name: 'an unknown critical extension',
    options: { extensions: [{ oid: '1.2.3.4.5', critical: true, value: Uint8Array.of(5, 0) }] },
    says: '1.2.3.4.5: critical',
  },
  {
    name: 'a multi-valued relative name and escapes',
    options: { subject: 'DC=test,OU=a\\,b,CN=Ana+SERIALNUMBER=7' },
    says: 'Subject: CN=Ana+serialNumber=7,OU=a\\,b,DC=test',
  },
  { name: 'a serial number as its octets', options: { serial: Uint8Array.of(0x80) }, says: 'Serial Number: -128' },
  {
    name: 'a time after 2049',
    options: { notAfter: new Date('2107-01-01T00:00:00Z') },
    says: 'Not After : Jan 1 00:00:00 2107',
  },
];
for (const { name, options, says } of cases)
  test(`OpenSSL reads ${name} as written`, needs('openssl'), () => {
    const text = textOf(options);
    assert.ok(text.includes(says), `${says}\nnot in\n${text}`);
  });

const kinds: { key: KeyKind; scheme?: SchemeName }[] = [
  { key: 'P-256' },
  { key: 'P-384' },
  { key: 'P-521' },
  { key: 'RSA-2048' },
  { key: 'RSA-2048', scheme: 'rsa-pss-sha256' },
  { key: 'P-256', scheme: 'ecdsa-sha1' },
  { key: 'Ed25519' },
];
for (const { key, scheme } of kinds)
  test(`a chain of ${key} keys signed with ${scheme ?? 'the usual scheme'} verifies`, needs('openssl'), () => {
    const top = testCa('Top', { key });
    const userCertificate = top.issueUserCertificate({ upn: 'ana@woodgrove.test', ...(scheme ? { scheme } : {}) });
    assert.ok(new X509Certificate(userCertificate.der).verify(new X509Certificate(top.der).publicKey));
    withFiles({ 'top.pem': top.pem, 'card.pem': userCertificate.pem }, (folder) => {
      const args = ['verify', '-x509_strict', '-auth_level', '0', '-CAfile', 'top.pem', 'card.pem'];
      const { status, text } = run(folder, 'openssl', ...args);
      assert.equal(status, 0, text);
    });
  });

test('a broken signature does not verify, and nothing else about it is wrong', () => {
  const userCertificate = new X509Certificate(root.issueUserCertificate({ brokenSignature: true }).der);
  assert.equal(userCertificate.verify(new X509Certificate(root.der).publicKey), false);
});

test('null leaves an extension out', needs('openssl'), () => {
  const withoutExtensions = {
    keyUsage: null,
    extendedKeyUsage: null,
    subjectKeyIdentifier: null,
    authorityKeyIdentifier: null,
  };
  assert.doesNotMatch(textOf(withoutExtensions), /X509v3/);
});

test('an authority opened from its state issues as before', () => {
  const issuing = root.issueCa('Issuing', { pathLength: 0, crlUrl: 'http://crl/1' });
  const again = Authority.open(issuing.state(), issuing.chain);
  const userCertificate = new X509Certificate(again.issueUserCertificate({ upn: 'ana@woodgrove.test' }).der);
  assert.ok(userCertificate.checkIssued(new X509Certificate(issuing.der)));
  assert.ok(userCertificate.verify(new X509Certificate(issuing.der).publicKey));
  assert.deepEqual(again.state(), issuing.state());
});
