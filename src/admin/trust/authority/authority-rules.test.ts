import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import { defaultAlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { refusedWith } from '#test/refused-with.ts';
import { checkAuthority, checkOcspUrl, checkType, checkUrls, isRoot } from './authority-rules.ts';
import { certificatesIn } from './certificate-file.ts';

const root = testCa('Rules Root');
const issuing = root.issueCa('Rules Issuing');
const read = ({ der }: { readonly der: Uint8Array }) => orThrow(certificatesIn(der, 'file'))[0]!;
const crl = 'http://crl.contoso.example/a.crl';

describe('which certificate can be uploaded as a CA (TS-4 to TS-6)', () => {
  const cases = [
    { name: 'a root', certificate: root, code: undefined },
    { name: 'an issuing CA', certificate: issuing, code: undefined },
    {
      name: 'a root of version 1, which has no extensions',
      certificate: testCa('Old Root', {
        version: 1,
        basicConstraints: null,
        keyUsage: null,
        subjectKeyIdentifier: null,
      }),
      code: undefined,
    },
    {
      name: 'a root that is signed with SHA-1',
      certificate: testCa('Sha1 Root', { key: 'RSA-2048', scheme: 'rsa-sha1' }),
      code: undefined,
    },
    {
      name: 'a card',
      certificate: issuing.issueUserCertificate({ upn: 'ana@woodgrove.test' }),
      code: 'authorityNotCa',
    },
    {
      name: 'a root that may not sign certificates',
      certificate: testCa('CRL Root', { keyUsage: ['cRLSign'] }),
      code: 'authorityKeyUsageForbids',
    },
    {
      name: 'a root with a key of 1,024 bits',
      certificate: testCa('Short Root', { key: 'RSA-1024' }),
      code: 'authorityKeyUnsound',
    },
    {
      name: 'an issuing CA with a key of 1,024 bits',
      certificate: root.issueCa('Short', { key: 'RSA-1024' }),
      code: 'authorityKeyUnsound',
    },
    {
      name: 'a root that is signed with SHA-1, whose signature is broken',
      certificate: testCa('Sha1 Root', { key: 'RSA-2048', scheme: 'rsa-sha1', brokenSignature: true }),
      code: 'authoritySignatureWrong',
    },
    {
      name: 'a root whose signature is broken',
      certificate: testCa('Broken Root', { brokenSignature: true }),
      code: 'authoritySignatureWrong',
    },
    {
      name: 'a certificate of more than 8 KB',
      certificate: root.issueCa('Large', { dns: Array.from({ length: 500 }, (_, i) => `host-${i}.example.test`) }),
      code: 'authorityTooLarge',
    },
  ];
  for (const { name, certificate, code } of cases)
    test(`${name}: ${code ?? 'it can'}`, () => {
      const check = () =>
        orThrow(checkAuthority(read(certificate), { certificateRevocationListUrl: crl }, defaultAlgorithmPolicy));
      if (code) assert.throws(check, refusedWith(code));
      else check();
    });
});

describe('what is a root (PATH-4, TS-2)', () => {
  const link = root.issueCa('Rules Root'); // its own name, and the key of the root as issuer
  for (const { name, certificate, expected } of [
    { name: 'a root', certificate: root, expected: true },
    { name: 'an issuing CA', certificate: issuing, expected: false },
    { name: 'a link certificate, which names the key of the old root', certificate: link, expected: false },
  ])
    test(`${name} is ${expected ? 'one' : 'none'}, and may not be stated otherwise`, () => {
      assert.equal(isRoot(read(certificate)), expected);
      orThrow(checkType(read(certificate), expected ? 'root' : 'intermediate'));
      const wrong = () => orThrow(checkType(read(certificate), expected ? 'intermediate' : 'root'));
      assert.throws(wrong, refusedWith('authorityTypeContradicts'));
    });
});

describe('addresses of CRLs (TS-5, TS-6) and of OCSP responders', () => {
  const ldap = 'ldap://dc.contoso.example/CN=CA,DC=contoso,DC=example?certificateRevocationList;binary?base';
  for (const url of [crl, 'https://crl.contoso.example/a.crl', ldap])
    test(`${url} is accepted`, () => orThrow(checkUrls({ certificateRevocationListUrl: url })));
  for (const { url, code } of [
    { url: 'crl.contoso.example/a.crl', code: 'crlUrlInvalid' },
    { url: 'ftp://crl.contoso.example/a.crl', code: 'crlUrlInvalid' },
    { url: 'file:///etc/passwd', code: 'crlUrlInvalid' },
    { url: 'http://crl.contoso.example/a b.crl', code: 'crlUrlInvalid' },
    { url: 'http://ana:secret@crl.contoso.example/a.crl', code: 'crlUrlInvalid' },
    { url: 'ldap:///CN=CA,DC=contoso?certificateRevocationList', code: 'crlUrlInvalid' },
    { url: 'ldap://dc.contoso.example/?certificateRevocationList', code: 'crlUrlInvalid' },
    { url: 'http://169.254.169.254/a.crl', code: 'addressNeverReached' },
  ])
    test(`${url} is refused, as the first address and as a further one: ${code}`, () => {
      assert.throws(() => orThrow(checkUrls({ certificateRevocationListUrl: url })), refusedWith(code));
      assert.throws(() => orThrow(checkUrls({ certificateRevocationListUrl: crl }, [url])), refusedWith(code));
    });

  test('a delta CRL needs a base', () => {
    orThrow(checkUrls({ certificateRevocationListUrl: crl, deltaCertificateRevocationListUrl: crl }));
    assert.throws(
      () => orThrow(checkUrls({ deltaCertificateRevocationListUrl: crl })),
      refusedWith('deltaWithoutBase'),
    );
  });

  test('a password of an address is not in the refusal', () => {
    const url = 'http://ana:secret@crl.contoso.example/a.crl';
    for (const check of [
      () => orThrow(checkUrls({ certificateRevocationListUrl: url })),
      () => orThrow(checkOcspUrl(url)),
    ])
      assert.throws(check, (problem: Error) => !/ana|secret/.test(JSON.stringify(problem) + problem.message));
  });

  for (const { url, code } of [
    { url: 'ocsp.contoso.example', code: 'ocspUrlInvalid' },
    { url: 'ldap://ocsp.contoso.example', code: 'ocspUrlInvalid' },
    { url: 'http://[fe80::1]/', code: 'addressNeverReached' },
  ])
    test(`a responder at ${url} is refused with ${code}`, () => {
      assert.throws(() => orThrow(checkOcspUrl(url)), refusedWith(code));
    });
});
