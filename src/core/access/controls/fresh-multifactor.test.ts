import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateAccess } from '../evaluate-access.ts';
import type { AuthenticationMethod, Proof } from '../proof.ts';
import { givesNgcMfa, updatePrimaryTokenResource, updatePrimaryTokenRules } from './fresh-multifactor.ts';

const at = new Date('2026-01-01T12:00:00Z');
const proof = (method: AuthenticationMethod, minutes: number): Proof => ({
  method,
  userId: 'ana',
  at: new Date(at.getTime() - minutes * 60_000).toISOString(),
});

for (const [name, proofs, isGranted, isNgcMfa] of [
  ['nothing', [], false, false],
  ['a password and a code of this minute', [proof('password', 1), proof('softwareOath', 1)], true, true],
  ['a code that is older than ten minutes', [proof('password', 11), proof('softwareOath', 11)], false, false],
  [
    'a password of yesterday and a code of this minute',
    [proof('password', 999), proof('softwareOath', 1)],
    false,
    true,
  ],
  ['a multifactor certificate of this minute', [proof('x509CertificateMultiFactor', 1)], true, false],
  ['a multifactor certificate of yesterday', [proof('x509CertificateMultiFactor', 999)], false, false],
  ['a password and a certificate', [proof('password', 1), proof('x509CertificateSingleFactor', 1)], true, false],
  ['a passkey', [proof('fido2', 9)], true, true],
] as const) {
  test(`${name}: ${isGranted ? 'gives' : 'does not give'} the MFA claim, ${isNgcMfa ? 'and' : 'not'} ngcmfa`, () => {
    const rules = updatePrimaryTokenRules({ policies: [], proofs, at });
    const situation = {
      user: { id: 'ana', groupIds: [] },
      applicationId: 'broker',
      resourceId: updatePrimaryTokenResource,
      ipAddress: '192.0.2.1',
      at,
    };
    const { ruling } = evaluateAccess(rules.policies, situation, rules.proofs);
    assert.equal(ruling.outcome === 'passed', isGranted);
    assert.equal(givesNgcMfa(proofs, at), isNgcMfa);
  });
}
