import { evaluateAccess } from '#core/access/evaluate-access.ts';
import type { AccessGrant, Proof } from '#core/access/proof.ts';
import { securityInfoAppId, securityInfoRules } from '#core/access/security-info.ts';
import type { User } from '#core/binding/user.ts';
import type { TenantPolicy } from '#core/policy.ts';
import type { TraceInProgress } from '#core/trace/trace.ts';
import type { SignInRequest } from './request.ts';
import { type SituationPorts, situationOf } from './situation.ts';

/** Asks Conditional Access what it thinks of this person and these proofs (CAP-1); what every policy came to is noted. */
export async function askPolicy(
  trace: TraceInProgress,
  request: {
    readonly visit: SignInRequest;
    readonly user: User;
    readonly proofs: readonly Proof[];
    readonly policy: TenantPolicy;
  },
  ports: SituationPorts,
  at: Date,
): Promise<AccessGrant> {
  const { visit, user, policy } = request;
  const situation = await situationOf(visit, user, policy, ports, at);
  const usual = { policies: policy.access, proofs: request.proofs };
  const { policies, proofs } =
    visit.application.appId === securityInfoAppId
      ? securityInfoRules({ ...usual, availableMethods: situation.availableMethods ?? [], at })
      : usual;
  const { ruling, reported } = evaluateAccess(policies, situation, proofs);
  trace.report('access', ...reported);
  return trace.require('access', ruling);
}
