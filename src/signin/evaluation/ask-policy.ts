import type { Situation } from '#core/access/conditions/situation.ts';
import { updatePrimaryTokenResource, updatePrimaryTokenRules } from '#core/access/controls/fresh-multifactor.ts';
import { evaluateAccess } from '#core/access/evaluate-access.ts';
import { securityInfoAppId, securityInfoRules } from '#core/access/methods/security-info.ts';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import type { AccessGrant, Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import type { TenantPolicy } from '#core/policy.ts';
import type { TraceInProgress } from '#core/trace/trace.ts';
import type { SignInContext } from '#ports/ports.ts';
import type { SignInRequest } from '../request.ts';
import { type SituationPorts, situationOf } from './situation.ts';

/** Asks Conditional Access what it thinks of this person and these proofs (CAP-1); what every policy came to is noted. */
export async function askPolicy(
  trace: TraceInProgress,
  request: {
    readonly signInRequest: SignInRequest;
    readonly user: User;
    readonly proofs: readonly Proof[];
    readonly policy: TenantPolicy;
  },
  context: SignInContext<SituationPorts>,
): Promise<AccessGrant> {
  const { signInRequest, user, policy } = request;
  const situation = await situationOf(signInRequest, user, policy, context);
  const usual = { policies: policy.access, proofs: request.proofs };
  const { policies, proofs } = rulesOf(signInRequest, usual, situation, context.at);
  const { ruling, reported } = evaluateAccess(policies, situation, proofs);
  trace.report('access', ...reported);
  return trace.require('access', ruling);
}

interface Rules {
  readonly policies: readonly ConditionalAccessPolicy[];
  readonly proofs: readonly Proof[];
}

/** The rules of the tenant, and those of the installation for what is more sensitive than an application. */
function rulesOf(signInRequest: SignInRequest, usual: Rules, { availableMethods = [] }: Situation, at: Date): Rules {
  if (signInRequest.application.appId === securityInfoAppId)
    return securityInfoRules({ ...usual, availableMethods, at });
  return signInRequest.resourceId === updatePrimaryTokenResource ? updatePrimaryTokenRules({ ...usual, at }) : usual;
}
