import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { updatePrimaryTokenResource } from '#core/access/controls/fresh-multifactor.ts';
import { securityInfoAppId } from '#core/access/methods/security-info.ts';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import type { Proof } from '#core/access/proof.ts';
import { accessDocuments } from '#test/contract/documents.ts';
import { userOf } from '#test/contract/user-of.ts';
import { registerCode } from '#test/signin/one-time-code.ts';
import { openSignIns, type SignIns, signInRequest } from '#test/signin/open-sign-ins.ts';
import type { SignInRequest } from '../request.ts';
import { askPolicy } from './ask-policy.ts';
import { evaluate } from './evaluate.ts';

const ana = userOf('ana@woodgrove.test');
const minute = 60_000;
const { policy } = accessDocuments;
const securityInfo = { application: { appId: securityInfoAppId, displayName: 'Security info' } };
const primaryToken = { resourceId: updatePrimaryTokenResource };

describe('policy is asked about a user and what was proven (CAP-1)', () => {
  let woodgrove: SignIns;
  beforeEach(async () => {
    woodgrove = await openSignIns();
    await woodgrove.ports.users.add(ana, 'test');
    await woodgrove.ports.users.setPasswordHash(ana.id, 'a hash', 'test');
  });
  afterEach(() => woodgrove.end());
  /** A proof of some minutes ago. */
  const proofOf = (method: Proof['method'], minutes = 0): Proof => {
    const at = new Date(woodgrove.clock.at.getTime() - minutes * minute).toISOString();
    return { method, userId: ana.id, at };
  };
  async function ask(proofs: readonly Proof[], change: Partial<SignInRequest> = {}) {
    const { ports } = woodgrove;
    const request = signInRequest(change);
    const current = await ports.policies.current();
    return evaluate(request.correlationId, { ports: {}, at: woodgrove.clock.at }, async (trace, learnt) => {
      learnt.user = ana;
      return askPolicy(trace, { signInRequest: request, user: ana, proofs, policy: current }, woodgrove.context());
    });
  }
  const setPolicies = (...policies: readonly ConditionalAccessPolicy[]) =>
    woodgrove.ports.policy.changeAccess('test', () => ({ policies }));
  const registerPhone = () => registerCode(ana.id, woodgrove.ports, woodgrove.clock.at);

  test('without a policy one factor is enough', async () => {
    const verdict = await ask([proofOf('password')]);
    assert.ok(verdict.kind === 'granted');
    assert.equal(verdict.access.multiFactor, false);
  });

  test('what each policy came to is reported before the answer, also of one that only reports', async () => {
    await setPolicies(policy, { ...policy, id: 'report', state: 'enabledForReportingButNotEnforced' });
    await registerPhone();
    const { kind, trace } = await ask([proofOf('password')]);
    assert.equal(kind, 'interrupted');
    assert.deepEqual(
      trace.findings.map(({ step, outcome }) => `${step} ${outcome}`),
      ['access reported', 'access reported', 'access interrupted'],
    );
  });

  test('a policy of one application does not hold for another one', async () => {
    const conditions = { ...policy.conditions, applications: { includeApplications: ['other'] } };
    await setPolicies({ ...policy, conditions });
    assert.equal((await ask([proofOf('password')])).kind, 'granted');
    assert.notEqual((await ask([proofOf('password')], { resourceId: 'other' })).kind, 'granted');
  });

  for (const { name, proofs, kind } of [
    { name: 'a password alone', proofs: [['password', 0]], kind: 'interrupted' },
    {
      name: 'a multifactor sign-in of this moment',
      proofs: [
        ['password', 0],
        ['softwareOath', 0],
      ],
      kind: 'granted',
    },
    {
      name: 'one of 14 minutes ago',
      proofs: [
        ['password', 14],
        ['softwareOath', 14],
      ],
      kind: 'granted',
    },
    {
      name: 'one of 16 minutes ago',
      proofs: [
        ['password', 16],
        ['softwareOath', 16],
      ],
      kind: 'interrupted',
    },
  ] as const)
    test(`security info of a user who has more than a password, after ${name}: ${kind}`, async () => {
      await registerPhone();
      const answer = await ask(
        proofs.map(([method, minutes]) => proofOf(method, minutes)),
        securityInfo,
      );
      assert.equal(answer.kind, kind);
    });

  test('security info of a user who has a password alone is open, for the first registration', async () =>
    assert.equal((await ask([proofOf('password')], securityInfo)).kind, 'granted'));

  test('the MFA claim of a primary refresh token needs a multifactor sign-in of the last ten minutes', async () => {
    await registerPhone();
    const both = (minutes: number) => [proofOf('password', minutes), proofOf('softwareOath', minutes)];
    assert.equal((await ask(both(9), primaryToken)).kind, 'granted');
    assert.notEqual((await ask(both(11), primaryToken)).kind, 'granted');
    assert.equal((await ask(both(11))).kind, 'granted', 'other resources take it');
  });
});
