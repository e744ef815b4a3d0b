import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import { accessDocuments } from '#test/contract/documents.ts';
import { userOf } from '#test/contract/user-of.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { openSignIns, type SignIns, signInRequest } from '#test/signin/open-sign-ins.ts';
import type { CertificateFindings } from './certificate/certificate-steps.ts';
import { type CertificateSignIn, signInWithCertificate } from './with-certificate.ts';

const root = testCa('Woodgrove Root');
const ana = userOf('ana@woodgrove.test');
const card = root.issueUserCertificate({ upn: ana.userPrincipalName });
const multiFactor = {
  x509CertificateAuthenticationDefaultMode: 'x509CertificateMultiFactor',
  x509CertificateDefaultRequiredAffinityLevel: 'low',
  rules: [],
} as const;

describe('may this user, with this certificate, use this application now (Appendix B)?', () => {
  let woodgrove: SignIns;
  beforeEach(async () => {
    woodgrove = await openSignIns();
    await woodgrove.ports.users.add(ana, 'test');
    await woodgrove.trust(root);
    await woodgrove.enableCertificates();
  });
  afterEach(() => woodgrove.end());
  async function signIn(change: Partial<CertificateSignIn> = {}) {
    const request = signInRequest({ username: ana.userPrincipalName });
    const presented = { leaf: card.der };
    const verdict = await signInWithCertificate(
      { ...request, presented, host: 'certauth.test', proofs: [], ...change },
      woodgrove.context(),
    );
    const decisions = verdict.trace.findings.filter(({ outcome }) => outcome !== 'reported');
    return { verdict, steps: decisions.map(({ step, outcome }) => `${step} ${outcome}`) };
  }
  const requireMultiFactor = () =>
    woodgrove.ports.policy.changeAccess('test', () => ({ policies: [accessDocuments.policy] }));

  test('a granted sign-in passed every step once, in this order, under one version of policy', async () => {
    const { verdict, steps } = await signIn();
    assert.equal(verdict.kind, 'granted');
    assert.deepEqual(
      steps,
      ['certificate', 'path', 'revocation', 'account', 'strength', 'user', 'access'].map((step) => `${step} passed`),
    );
    assert.equal(verdict.trace.policyVersion, (await woodgrove.ports.policies.current()).version);
  });

  for (const { name, presented, code } of [
    { name: 'no certificate came', presented: undefined, code: 'certificateMissing' },
    { name: 'other octets came', presented: { leaf: Uint8Array.of(1, 2, 3) }, code: 'certificateUnreadable' },
  ])
    test(`${name}: ${code}, and no user is named`, async () => {
      const { verdict, steps } = await signIn({ presented });
      assert.ok(verdict.kind === 'refused');
      assert.deepEqual([verdict.because.code, verdict.user, steps], [code, undefined, ['certificate refused']]);
    });

  test('where none came, the refusal says on which host it was asked for', async () => {
    const { verdict } = await signIn({ presented: undefined });
    assert.deepEqual(verdict.kind === 'refused' && verdict.because.evidence, { host: 'certauth.test' });
  });

  test('policy that wants more interrupts with what the user has, and the proof of the certificate is kept', async () => {
    await requireMultiFactor();
    await woodgrove.ports.users.setPasswordHash(ana.id, 'a hash', 'test');
    const { verdict } = await signIn();
    assert.ok(verdict.kind === 'interrupted');
    assert.deepEqual([verdict.ask.methods, verdict.user?.id], [['password'], ana.id]);
    assert.deepEqual(
      verdict.proofs.map(({ method }) => method),
      ['x509CertificateSingleFactor'],
    );
  });

  test('what this sign-in has proven before counts together with the certificate (CAP-5)', async () => {
    await requireMultiFactor();
    const before: Proof = { method: 'password', userId: ana.id, at: woodgrove.clock.at.toISOString() };
    const { verdict } = await signIn({ proofs: [before] });
    assert.ok(verdict.kind === 'granted');
    assert.deepEqual(
      verdict.proofs.map(({ method }) => method),
      ['password', 'x509CertificateSingleFactor'],
    );
  });

  test('a certificate that the tenant rates as multifactor is enough alone (AB-10)', async () => {
    await requireMultiFactor();
    await woodgrove.enableCertificates({ authenticationModeConfiguration: multiFactor });
    const { verdict } = await signIn();
    assert.ok(verdict.kind === 'granted');
    assert.equal(verdict.access.multiFactor, true);
  });

  test('to ask changes nothing: no entry is written and no session begins', async () => {
    const findings: CertificateFindings = {};
    await signIn({ findings });
    assert.deepEqual(await woodgrove.ports.signInLog.list({ top: 1 }), []);
    assert.deepEqual(await woodgrove.ports.sessions.ofUser(ana.id), []);
    assert.equal(findings.bound?.user.id, ana.id, 'what was found is there for who asked');
  });
});
