import type { Situation } from '#core/access/conditions/situation.ts';
import { updatePrimaryTokenResource } from '#core/access/controls/fresh-multifactor.ts';
import { registerSecurityInfo, securityInfoAppId } from '#core/access/methods/security-info.ts';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import type { User } from '#core/binding/user.ts';
import type { TenantPolicy } from '#core/policy.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import { availableMethods } from '../factors/available-methods.ts';
import type { SignInRequest } from '../request.ts';
import { rolesHeldBy } from '../user/roles-held.ts';

/** The stores that tell what Conditional Access looks at. */
export type SituationPorts = Pick<Ports, 'directory' | 'methods' | 'sessions' | 'objects' | 'groups'>;

/**
 * What Conditional Access looks at (CAP-1), put together from the sign-in, the person and the policy that decides. What no
 * policy would look at is not gathered.
 */
export async function situationOf(
  signInRequest: SignInRequest,
  user: User,
  policy: TenantPolicy,
  context: SignInContext<SituationPorts>,
): Promise<Situation> {
  const { ports, at } = context;
  const isAboutMethods = signInRequest.application.appId === securityInfoAppId;
  const matters = policy.access.length > 0 || isAboutMethods || signInRequest.resourceId === updatePrimaryTokenResource;
  return {
    user,
    applicationId: signInRequest.application.appId,
    resourceId: signInRequest.resourceId,
    ipAddress: signInRequest.ipAddress,
    at,
    strengths: policy.strengths,
    namedLocations: policy.namedLocations,
    ...(signInRequest.clientAppType ? { clientAppType: signInRequest.clientAppType } : {}),
    ...(signInRequest.device ? { device: signInRequest.device } : {}),
    ...(signInRequest.authenticationContexts?.length
      ? { authenticationContexts: signInRequest.authenticationContexts }
      : {}),
    ...(isAboutMethods ? { userAction: registerSecurityInfo } : {}),
    ...(matters ? { availableMethods: await availableMethods(user, policy, context, signInRequest.sessionUid) } : {}),
    ...(policy.access.some(namesRoles) ? { roleTemplateIds: await rolesHeldBy(user.id, ports) } : {}),
  };
}

function namesRoles({ conditions: { users } }: ConditionalAccessPolicy): boolean {
  return [...(users.includeRoles ?? []), ...(users.excludeRoles ?? [])].length > 0;
}
