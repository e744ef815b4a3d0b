import {
  type AccessIssue,
  checkAccessPolicy,
  checkNamedLocation,
  checkStrength,
  policiesUsing,
} from '#core/access/check-access-policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import type { AccessDocuments } from '#model/access-documents.ts';
import type { AdminPorts } from '#ports/ports.ts';

/** How many of each a tenant may have: every sign-in judges every policy. Entra stops at 195. */
const limits = { policies: 195, namedLocations: 195 } as const;

/**
 * Changes Conditional Access, strengths and named locations together: whatever `work` makes of them is checked as a whole,
 * under the lock of the write, so that no policy is left naming what is gone.
 * @throws accessPolicyInvalid, strengthInvalid, graphLimitReached, graphObjectInUse
 */
export function changeAccess(
  actor: string,
  { policy }: Pick<AdminPorts, 'policy'>,
  work: (documents: AccessDocuments) => Partial<AccessDocuments>,
): Promise<AccessDocuments> {
  return policy.changeAccess(actor, (old) => {
    const now = { ...old, ...work(old) };
    refuseTooMany(now);
    refuseInUse(old, now);
    const [issue] = issuesOf(now);
    if (issue) throw new CardeaError(issue.because);
    return now;
  });
}

function issuesOf({ policies, strengths, namedLocations }: AccessDocuments): readonly AccessIssue[] {
  return [
    ...strengths.flatMap((strength) => checkStrength(strength, strengths)),
    ...namedLocations.flatMap(checkNamedLocation),
    ...policies.flatMap((policy) => checkAccessPolicy(policy, { strengths, namedLocations })),
  ];
}

function refuseTooMany(now: AccessDocuments): void {
  for (const label of ['policies', 'namedLocations'] as const) {
    if (now[label].length > limits[label]) throw fault('graphLimitReached', { what: label, limit: limits[label] });
  }
}

/** CAP-10: what a policy names cannot be taken away. */
function refuseInUse(old: AccessDocuments, now: AccessDocuments): void {
  for (const { id, displayName } of removedFrom(old.strengths, now.strengths)) {
    const usedBy = policiesUsing(id, now.policies);
    if (usedBy.length > 0) throw fault('graphObjectInUse', { what: displayName, usedBy });
  }
  for (const { id, displayName } of removedFrom(old.namedLocations, now.namedLocations)) {
    const usedBy = now.policies.filter(({ conditions: { locations } }) =>
      [...(locations?.includeLocations ?? []), ...(locations?.excludeLocations ?? [])].includes(id),
    );
    if (usedBy.length > 0)
      throw fault('graphObjectInUse', { what: displayName, usedBy: usedBy.map((item) => item.displayName) });
  }
}

const removedFrom = <T extends Pick<AuthenticationStrength, 'id'>>(old: readonly T[], now: readonly T[]) =>
  old.filter(({ id }) => !now.some((item) => item.id === id));
