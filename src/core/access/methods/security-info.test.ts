import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateAccess } from '../evaluate-access.ts';
import type { AuthenticationMethod, Proof } from '../proof.ts';
import { securityInfoAppId, securityInfoRules } from './security-info.ts';

const at = new Date('2026-11-21T12:00:00Z');
const proof = (method: AuthenticationMethod, minutesAgo = 1): Proof => ({
  method,
  userId: 'ana',
  at: new Date(at.getTime() - minutesAgo * 60_000).toISOString(),
});

const cases: readonly {
  readonly name: string;
  readonly available: readonly AuthenticationMethod[];
  readonly proofs: readonly Proof[];
  readonly code: string;
}[] = [
  {
    name: 'who has a password alone registers the first method with it',
    available: ['password'],
    proofs: [proof('password', 60)],
    code: 'accessGranted',
  },
  {
    name: 'who has a passkey must show it',
    available: ['password', 'fido2'],
    proofs: [proof('password')],
    code: 'secondFactorNeeded',
  },
  {
    name: 'and is let in with it',
    available: ['password', 'fido2'],
    proofs: [proof('password'), proof('fido2')],
    code: 'accessGranted',
  },
  {
    name: 'a multifactor sign-in of an hour ago is too old',
    available: ['fido2'],
    proofs: [proof('fido2', 60)],
    code: 'secondFactorNeeded',
  },
  {
    name: 'MFA-4: who is in certificate scope and can show one factor only is refused',
    available: ['x509CertificateSingleFactor', 'x509CertificateMultiFactor'],
    proofs: [proof('x509CertificateSingleFactor')],
    code: 'secondFactorUnavailable',
  },
];
for (const { name, available, proofs, code } of cases) {
  test(`security info: ${name}`, () => {
    const rules = securityInfoRules({ policies: [], proofs, availableMethods: available, at });
    const situation = {
      user: { id: 'ana', groupIds: [] },
      applicationId: securityInfoAppId,
      ipAddress: '192.0.2.7',
      availableMethods: available,
      at,
    };
    assert.equal(evaluateAccess(rules.policies, situation, rules.proofs).ruling.because.code, code);
  });
}
