import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ipAddress, rfc822Name, uri } from '#pki/build/fields/general-names.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { readCertificate } from '../../x509/certificate.ts';
import { checkTlsClientName, hasTlsClientName, type TlsClientParameter } from './tls-client-name.ts';

const ca = testCa('CN=Names');
type Options = Parameters<typeof ca.issueUserCertificate>[0];

function certificate(options: Options) {
  const ruling = readCertificate(ca.issueUserCertificate(options).der);
  assert.equal(ruling.outcome, 'passed');
  return ruling.outcome === 'passed' ? ruling.value : assert.fail();
}

describe('a certificate has the name that is registered (RFC 8705 §2.1.2)', () => {
  const rows: readonly (readonly [TlsClientParameter, string, Options, boolean])[] = [
    ['tls_client_auth_subject_dn', 'CN=a,O=B', { subject: 'O=B,CN=a' }, true],
    ['tls_client_auth_subject_dn', 'cn=A ,  o=b', { subject: 'O=B,CN=a' }, true],
    ['tls_client_auth_subject_dn', 'O=B,CN=a', { subject: 'O=B,CN=a' }, false],
    ['tls_client_auth_subject_dn', 'CN=a', { subject: 'O=B,CN=a' }, false],
    ['tls_client_auth_subject_dn', 'CN=a,O=B,C=US', { subject: 'O=B,CN=a' }, false],
    [
      'tls_client_auth_subject_dn',
      'UID=7,DC=b',
      {
        subject: 'DC=b,0.9.2342.19200300.100.1.1=7',
      },
      true,
    ],
    ['tls_client_auth_san_dns', 'A.b', { subject: 'CN=x', dns: ['a.B'] }, true],
    ['tls_client_auth_san_dns', 'a.b', { subject: 'CN=a.b', dns: ['x.a.b'] }, false],
    ['tls_client_auth_san_dns', 'a.b', { subject: 'CN=x', dns: ['*.b'] }, false],
    ['tls_client_auth_san_dns', 'a.b', { subject: 'CN=x', names: [uri('https://a.b')] }, false],
    ['tls_client_auth_san_uri', 'https://a.b/c', { subject: 'CN=x', names: [uri('https://a.b/c')] }, true],
    ['tls_client_auth_san_uri', 'https://a.b/C', { subject: 'CN=x', names: [uri('https://a.b/c')] }, false],
    ['tls_client_auth_san_ip', '10.0.0.1', { subject: 'CN=x', names: [ipAddress('10.0.0.1')] }, true],
    ['tls_client_auth_san_ip', '10.0.0.1', { subject: 'CN=x', names: [ipAddress('10.0.0.0/8')] }, false],
    ['tls_client_auth_san_ip', '::1', { subject: 'CN=x', names: [ipAddress('0:0:0:0:0:0:0:1')] }, true],
    ['tls_client_auth_san_ip', '2001:db8:0:0::1:2', { subject: 'CN=x', names: [ipAddress('2001:db8::1:2')] }, true],
    ['tls_client_auth_san_ip', '::ffff:10.0.0.1', { subject: 'CN=x', names: [ipAddress('10.0.0.1')] }, false],
    ['tls_client_auth_san_email', 'a@B.c', { subject: 'CN=x', names: [rfc822Name('a@b.C')] }, true],
    ['tls_client_auth_san_email', 'A@b.c', { subject: 'CN=x', names: [rfc822Name('a@b.c')] }, false],
    ['tls_client_auth_san_email', 'a@b.c', { subject: 'E=a@b.c' }, false],
  ];
  for (const [parameter, value, options, isEqual] of rows)
    test(`${parameter} ${value}: ${isEqual}`, () => {
      assert.equal(hasTlsClientName(certificate(options), { parameter, value }), isEqual);
    });
});

describe('a value that no certificate can have is refused', () => {
  const rows: readonly (readonly [TlsClientParameter, string])[] = [
    ['tls_client_auth_subject_dn', ''],
    ['tls_client_auth_subject_dn', 'payroll'],
    ['tls_client_auth_subject_dn', `CN=${'a'.repeat(2000)}`],
    ['tls_client_auth_san_dns', '*.b'],
    ['tls_client_auth_san_dns', 'a b'],
    ['tls_client_auth_san_dns', 'https://a.b'],
    ['tls_client_auth_san_uri', 'a.b'],
    ['tls_client_auth_san_uri', 'https://a b'],
    ['tls_client_auth_san_ip', '10.0.0.256'],
    ['tls_client_auth_san_ip', '10.0.0.01'],
    ['tls_client_auth_san_ip', '10.0.0.0/8'],
    ['tls_client_auth_san_ip', ':::1'],
    ['tls_client_auth_san_ip', 'fe80::1%eth0'],
    ['tls_client_auth_san_email', 'a'],
    ['tls_client_auth_san_email', 'a@b@c'],
  ];
  for (const [parameter, value] of rows)
    test(`${parameter} "${value.slice(0, 30)}"`, () => {
      const ruling = checkTlsClientName({ parameter, value });
      assert.deepEqual([ruling.outcome, ruling.because.code], ['refused', 'tlsClientNameInvalid']);
    });
});
