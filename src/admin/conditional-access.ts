import {
  type AccessIssue,
  checkAccessPolicy,
  checkNamedLocation,
  checkStrength,
  type KnownToPolicies,
} from '../core/access/check-access-policy.ts';
import type { ConditionalAccessPolicy, NamedLocation } from '../core/access/policy.ts';
import type { AuthenticationStrength } from '../core/access/strengths.ts';
import { CardeaError } from '../core/trace/fault.ts';
import type { AdminPorts } from '../ports.ts';

type Ports = Pick<AdminPorts, 'policy'>;

/** Makes these the tenant's policies, all or none. @throws accessPolicyInvalid the first thing wrong with any of them */
export async function setConditionalAccess(
  policies: readonly ConditionalAccessPolicy[],
  actor: string,
  { policy }: Ports,
): Promise<void> {
  refuseInvalid(policies, { strengths: await policy.strengths(), namedLocations: await policy.namedLocations() });
  await policy.setConditionalAccess(policies, actor);
}

/** CAP-10. @throws strengthInvalid; accessPolicyInvalid where a policy would lose the strength it names */
export async function setStrengths(
  strengths: readonly AuthenticationStrength[],
  actor: string,
  { policy }: Ports,
): Promise<void> {
  for (const strength of strengths) throwFirst(checkStrength(strength, strengths));
  refuseInvalid(await policy.conditionalAccess(), { strengths, namedLocations: await policy.namedLocations() });
  await policy.setStrengths(strengths, actor);
}

/** @throws accessPolicyInvalid, also where a policy would lose the location it names */
export async function setNamedLocations(
  namedLocations: readonly NamedLocation[],
  actor: string,
  { policy }: Ports,
): Promise<void> {
  for (const location of namedLocations) throwFirst(checkNamedLocation(location));
  refuseInvalid(await policy.conditionalAccess(), { strengths: await policy.strengths(), namedLocations });
  await policy.setNamedLocations(namedLocations, actor);
}

function refuseInvalid(policies: readonly ConditionalAccessPolicy[], known: KnownToPolicies): void {
  for (const policy of policies) throwFirst(checkAccessPolicy(policy, known));
}

function throwFirst([issue]: readonly AccessIssue[]): void {
  if (issue) throw new CardeaError(issue.because);
}
