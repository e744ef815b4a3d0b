import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthenticationMethod, Proof } from '../access/proof.ts';
import { amrOf, claimsFor, type TokenRequest } from './claims.ts';
import { defaultLifetimes } from './lifetimes.ts';

const user = { id: 'oid-ana', userPrincipalName: 'ana@woodgrove.com', displayName: 'Ana' };
const proof = (method: AuthenticationMethod, userId = user.id): Proof => ({
  method,
  userId,
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
const request: TokenRequest = { tenantId: 'tid', clientId: 'app', version: '2.0', subject: 'pairwise' };

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
for (const [name, methods, multiFactor, expected] of amr) {
  test(name, () =>
    assert.deepEqual(
      amrOf(
        methods.map((method) => proof(method)),
        multiFactor,
      ),
      expected,
    ),
  );
}

test('a v2.0 token says who it is and how they signed in', () => {
  const { sub, ...claims } = claimsFor({ user, proofs: [certified], access: { multiFactor: true } }, request);
  assert.match(sub, /^[\w-]{43}$/);
  assert.deepEqual(claims, {
    oid: 'oid-ana',
    tid: 'tid',
    ver: '2.0',
    name: 'Ana',
    preferred_username: 'ana@woodgrove.com',
    upn: 'ana@woodgrove.com',
    amr: ['rsa', 'mfa'],
    auth_time: 1_795_233_600,
  });
});

test('TOK-1: acr is in v1.0 tokens', () => {
  const grant = { user, proofs: [certified], access: { multiFactor: true } };
  assert.equal(claimsFor(grant, { ...request, version: '1.0' }).acr, '1');
  assert.equal(claimsFor({ ...grant, access: { multiFactor: false } }, { ...request, version: '1.0' }).acr, '0');
  assert.equal(claimsFor(grant, request).acr, undefined);
});

test('TOK-6: acrs carries the authentication contexts that were satisfied', () => {
  const access = { multiFactor: true, authenticationContexts: ['c1', 'c2'] };
  assert.deepEqual(claimsFor({ user, proofs: [certified], access }, request).acrs, ['c1', 'c2']);
});

test('TOK-7: facts of the certificate are told only where asked for', () => {
  const grant = { user, proofs: [proof('password'), certified], access: { multiFactor: true } };
  assert.equal(claimsFor(grant, request).cardea_certificate, undefined);
  assert.deepEqual(claimsFor(grant, { ...request, certificateClaim: true }).cardea_certificate, {
    'x5t#S256': 'AP8',
    subject: 'CN=Ana',
    issuer: 'CN=CA',
    serialNumber: '2A',
    issuerSubjectKeyIdentifier: 'AB',
    policyOids: ['1.2.3.4'],
    multiFactor: true,
  });
});

test('sub differs from application to application and from tenant to tenant, and stays for one', () => {
  const subOf = (fields: Partial<TokenRequest>) =>
    claimsFor({ user, proofs: [certified], access: { multiFactor: true } }, { ...request, ...fields }).sub;
  assert.equal(subOf({}), subOf({ version: '1.0' }));
  assert.equal(
    new Set([
      subOf({}),
      subOf({ clientId: 'b' }),
      subOf({ tenantId: 't2' }),
      subOf({ clientId: 'app"', tenantId: 'tid' }),
    ]).size,
    4,
  );
  assert.equal(subOf({ subject: 'public' }), 'oid-ana');
});

test('somebody else’s proofs never reach a token', () => {
  const { amr: methods } = claimsFor(
    { user, proofs: [proof('password', 'eve'), certified], access: { multiFactor: true } },
    request,
  );
  assert.deepEqual(methods, ['rsa', 'mfa']);
});

test('PRT-2: a primary refresh token slides for fourteen days', () =>
  assert.equal(defaultLifetimes.primaryRefreshToken, 1_209_600));
