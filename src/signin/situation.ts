import type { Situation } from '../core/access/situation.ts';
import type { User } from '../core/binding/user.ts';
import type { TenantPolicy } from '../core/policy.ts';
import type { Visit } from './asked.ts';

/** What Conditional Access looks at (CAP-1), put together from the visit, the person and the policy that decides. */
export function situationOf(visit: Visit, user: User, policy: TenantPolicy, at: Date): Situation {
  return {
    user,
    applicationId: visit.application.appId,
    resourceId: visit.resourceId,
    ipAddress: visit.ipAddress,
    at,
    strengths: policy.strengths,
    namedLocations: policy.namedLocations,
  };
}
