import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessGrant, Proof } from '#core/access/proof.ts';
import type { Granted } from '#core/verdict.ts';
import { applicationOf } from '#test/contract/documents.ts';
import { userOf } from '#test/contract/user-of.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { claimsPreview } from './preview.ts';

const ana = userOf('ana@woodgrove.test', { displayName: 'Ana' });
const { sha256Thumbprint } = certificateOf(testCa('Root').issueUserCertificate({ upn: ana.userPrincipalName }));
const facts = {
  ...{ subject: 'CN=Ana', issuer: 'CN=Root', serialNumber: '0A', sha1Thumbprint: '', sha256Thumbprint },
  ...{ issuerSubjectKeyIdentifier: undefined, policyOids: [], notAfter: '' },
};
const at = '2027-03-01T12:00:00.000Z';
const card: Proof = { method: 'x509CertificateMultiFactor', userId: ana.id, at, certificate: facts };
const grantOf = (access: AccessGrant, proofs: readonly Proof[] = [card]): Granted => ({
  ...{ kind: 'granted', user: ana, proofs, access },
  trace: { version: 1, correlationId: 'c', at, policyVersion: 'v', findings: [] },
});
const application = applicationOf();
const withClaims = (...names: readonly string[]) => ({
  ...application,
  profile: { optionalClaims: { idToken: names.map((name) => ({ name })) } },
});

test('an id_token says who signed in, to which application, and how (TOK-3)', () => {
  const claims = claimsPreview(grantOf({ multiFactor: true }), application, 't');
  assert.deepEqual(
    [claims.aud, claims.oid, claims.tid, claims.name, claims.preferred_username, claims.amr],
    [application.appId, ana.id, 't', 'Ana', ana.userPrincipalName, ['rsa', 'mfa']],
  );
});

test('the subject is of the application: another one gets another, and neither is the id of the user', () => {
  const subjectOf = (app: typeof application) => claimsPreview(grantOf({ multiFactor: true }), app, 't').sub;
  assert.equal(new Set([subjectOf(application), subjectOf(applicationOf()), ana.id]).size, 3);
});

test('acr and facts of the certificate are there where the application names them (TOK-1, TOK-7)', () => {
  const plain = claimsPreview(grantOf({ multiFactor: true }), application, 't');
  assert.ok(!('acr' in plain) && !('cardea_certificate' in plain));
  const claims = claimsPreview(grantOf({ multiFactor: true }), withClaims('acr', 'cardea_certificate'), 't');
  assert.equal(claims.acr, '1');
  const { 'x5t#S256': thumbprint, multiFactor } = claims.cardea_certificate as Record<string, unknown>;
  assert.deepEqual([thumbprint, multiFactor], [Buffer.from(sha256Thumbprint, 'hex').toString('base64url'), true]);
});

test('a single factor is acr 0, and a sign-in without a certificate has no facts of one', () => {
  const password: Proof = { method: 'password', userId: ana.id, at };
  const claims = claimsPreview(
    grantOf({ multiFactor: false }, [password]),
    withClaims('acr', 'cardea_certificate'),
    't',
  );
  assert.deepEqual([claims.acr, claims.amr, claims.cardea_certificate], ['0', ['pwd'], undefined]);
});

test('authentication contexts that were asked for and met become acrs (TOK-6)', () => {
  const acrsOf = (access: AccessGrant) => claimsPreview(grantOf(access), application, 't').acrs;
  assert.deepEqual(acrsOf({ multiFactor: true, authenticationContexts: ['c1'] }), ['c1']);
  assert.equal(acrsOf({ multiFactor: true, authenticationContexts: [] }), undefined);
});
