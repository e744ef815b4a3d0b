import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthenticationMethod, Proof } from '../access/proof.ts';
import { amrOf, certificateClaim, pairwiseSubject } from './claims.ts';
import { defaultLifetimes } from './lifetimes.ts';

const proof = (method: AuthenticationMethod): Proof => ({
  method,
  userId: 'oid-ana',
  at: '2026-11-21T04:00:00.900Z',
});
const certified: Proof = {
  ...proof('x509CertificateMultiFactor'),
  certificate: {
    subject: 'CN=Ana',
    issuer: 'CN=CA',
    serialNumber: '2A',
    sha1Thumbprint: 'AA',
    sha256Thumbprint: '00FF',
    issuerSubjectKeyIdentifier: 'AB',
    policyOids: ['1.2.3.4'],
    notAfter: '2027-01-01T00:00:00.000Z',
  },
};

const amr: readonly (readonly [
  name: string,
  methods: readonly AuthenticationMethod[],
  multiFactor: boolean,
  expected: readonly string[],
])[] = [
  ['TOK-3: a single-factor certificate is rsa', ['x509CertificateSingleFactor'], false, ['rsa']],
  ['TOK-3: a multifactor one is rsa and mfa', ['x509CertificateMultiFactor'], true, ['rsa', 'mfa']],
  [
    'TOK-3: password and certificate are pwd, rsa, mfa',
    ['x509CertificateSingleFactor', 'password'],
    true,
    ['pwd', 'rsa', 'mfa'],
  ],
  ['TOK-2: a password is pwd', ['password'], false, ['pwd']],
  ['TOK-2: mfa comes with the methods it is made of', ['password', 'softwareOath'], true, ['pwd', 'otp', 'mfa']],
  ['TOK-2: federation is fed', ['federatedSingleFactor'], false, ['fed']],
];
for (const [name, methods, multiFactor, expectedValue] of amr) {
  test(name, () =>
    assert.deepEqual(
      amrOf(
        methods.map((method) => proof(method)),
        multiFactor,
      ),
      expectedValue,
    ),
  );
}

test('TOK-7: the claim has the facts of the newest certificate, and none without a certificate', () => {
  assert.deepEqual(certificateClaim([proof('password')]), {});
  assert.deepEqual(certificateClaim([proof('password'), certified]), {
    cardea_certificate: {
      'x5t#S256': 'AP8',
      subject: 'CN=Ana',
      issuer: 'CN=CA',
      serialNumber: '2A',
      issuerSubjectKeyIdentifier: 'AB',
      policyOids: ['1.2.3.4'],
      multiFactor: true,
    },
  });
});

test('sub differs from application to application and from tenant to tenant, and stays for one', () => {
  const subOf = (clientId: string, tenantId: string) => pairwiseSubject('oid-ana', { clientId, tenantId });
  assert.match(subOf('app', 'tid'), /^[\w-]{43}$/);
  assert.equal(subOf('app', 'tid'), subOf('app', 'tid'));
  const subjects = [subOf('app', 'tid'), subOf('b', 'tid'), subOf('app', 't2'), subOf('app"', 'tid')];
  assert.equal(new Set(subjects).size, 4);
});

test('PRT-2: a primary refresh token slides for fourteen days', () =>
  assert.equal(defaultLifetimes.primaryRefreshToken, 1_209_600));
