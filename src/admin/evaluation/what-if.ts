import { type UnmetCondition, unmetCondition } from '#core/access/conditions/applies-to.ts';
import type { DeviceFacts } from '#core/access/device/device-facts.ts';
import type { ClientAppType, ConditionalAccessPolicy } from '#core/access/policy.ts';
import type { User } from '#core/binding/user.ts';
import type { TenantPolicy } from '#core/policy.ts';
import type { SignInContext } from '#ports/ports.ts';
import { type SituationPorts, situationOf } from '#signin/evaluation/situation.ts';

/** A sign-in as far as Conditional Access looks at it. What is absent is not known. */
export interface WhatIfQuestion {
  readonly user: User;
  /** The application or resource; empty where the question is about an action or a context alone. */
  readonly applicationId: string;
  readonly userAction?: string | undefined;
  readonly authenticationContexts?: readonly string[] | undefined;
  readonly ipAddress?: string | undefined;
  readonly platform?: string | undefined;
  readonly clientAppType?: ClientAppType | undefined;
  readonly device?: DeviceFacts | undefined;
}

/** Why a policy would not apply, in Graph's words (`whatIfAnalysisReasons`); `notSet` where it would. */
export type AnalysisReason = 'notSet' | 'policyNotEnabled' | 'notEnoughInformation' | UnmetCondition;
export interface WhatIfResult {
  readonly policy: ConditionalAccessPolicy;
  readonly reason: AnalysisReason;
}

/**
 * Which policies would apply to a sign-in, and why the others would not (Entra's What If). The situation is put together as
 * for a sign-in, and its conditions are those that a sign-in evaluates.
 */
export async function whatIf(
  question: WhatIfQuestion,
  policy: TenantPolicy,
  context: SignInContext<SituationPorts>,
): Promise<readonly WhatIfResult[]> {
  const { user, applicationId, userAction, platform, authenticationContexts, clientAppType, device } = question;
  const signInRequest = {
    correlationId: '',
    application: { appId: applicationId, displayName: '' },
    resourceId: applicationId,
    ipAddress: question.ipAddress ?? '',
    userAgent: '',
    username: user.userPrincipalName,
    ...(clientAppType ? { clientAppType } : {}),
    ...(authenticationContexts ? { authenticationContexts } : {}),
    device,
  };
  const situation = {
    ...(await situationOf(signInRequest, user, policy, context)),
    ...(userAction ? { userAction } : {}),
    ...(platform ? { platform } : {}),
  };
  return policy.access.map((item) => {
    if (item.state === 'disabled') return { policy: item, reason: 'policyNotEnabled' };
    const unmet = unmetCondition(item, situation);
    const isUnknown = unmet === 'location' && question.ipAddress === undefined;
    return { policy: item, reason: isUnknown ? 'notEnoughInformation' : (unmet ?? 'notSet') };
  });
}
