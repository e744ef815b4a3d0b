import {
  type AccessIssue,
  checkAccessPolicy,
  checkNamedLocation,
  checkStrength,
  policiesUsing,
} from '#core/access/check-access-policy.ts';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { isSameJson } from '#core/canonical-json.ts';
import { fault, wordsOf } from '#core/trace/fault.ts';
import type { AccessDocuments } from '#model/access-documents.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { unknownReferences } from './access-references.ts';

/** How many of each a tenant may have: every sign-in evaluates every policy. Entra stops at 195. */
const limits = { policies: 195, namedLocations: 195 } as const;

type Ports = Pick<AdminPorts, 'policy' | 'users' | 'groups' | 'applications' | 'objects'>;

/**
 * Changes Conditional Access, strengths and named locations together. The result of `work` is checked as a whole, under the
 * lock of the write, so that no policy is left naming a removed strength or location. A policy that is new or changed
 * names only users, groups, roles, applications and authentication contexts of the tenant. `work` may be called more than once.
 * @throws accessPolicyInvalid, strengthInvalid, graphLimitReached, graphObjectInUse, graphPropertyInvalid
 */
export async function changeAccess(
  { actor, ports }: AdminContext<Ports>,
  work: (documents: AccessDocuments) => Partial<AccessDocuments>,
): Promise<AccessDocuments> {
  const { policy } = ports;
  const policies = await policy.conditionalAccess();
  const [strengths, namedLocations] = [await policy.strengths(), await policy.namedLocations()];
  const { policies: proposed = [] } = work({ policies, strengths, namedLocations });
  await requireKnown(
    proposed.filter((one) => !policies.some((oldPolicy) => isSameJson(one, oldPolicy))),
    ports,
  );
  return policy.changeAccess(actor, (current) => {
    const next = { ...current, ...work(current) };
    refuseTooMany(next);
    refuseInUse(current, next);
    refuseInvalid(next);
    return next;
  });
}

async function requireKnown(policies: readonly ConditionalAccessPolicy[], ports: Ports): Promise<void> {
  for (const policy of policies) {
    const [unknown] = await unknownReferences(policy, ports);
    if (unknown) {
      const problem = `"${unknown.id.slice(0, 80)}" is not in this tenant`;
      throw fault('graphPropertyInvalid', { target: unknown.target, problem });
    }
  }
}

function refuseInvalid({ policies, strengths, namedLocations }: AccessDocuments): void {
  for (const strength of strengths) {
    const [issue] = checkStrength(strength, strengths);
    if (issue) throw fault('strengthInvalid', { problem: describe(strength, issue) });
  }
  for (const location of namedLocations) {
    const [issue] = checkNamedLocation(location);
    if (issue) throw fault('accessPolicyInvalid', { problem: describe(location, issue) });
  }
  for (const policy of policies) {
    const [issue] = checkAccessPolicy(policy, { strengths, namedLocations });
    if (issue) throw fault('accessPolicyInvalid', { problem: describe(policy, issue) });
  }
}

const describe = ({ displayName }: { readonly displayName: string }, { target, because }: AccessIssue): string =>
  `"${displayName}" ${target}: ${wordsOf(because)}`;

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
