import {
  type AccessIssue,
  checkAccessPolicy,
  checkNamedLocation,
  checkStrength,
  policiesUsing,
} from '#core/access/check-access-policy.ts';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { builtInStrengths } from '#core/access/strengths.ts';
import { isSameJson } from '#core/canonical-json.ts';
import { messageOf } from '#core/trace/fault.ts';
import { firstRefusal, orThrow, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AccessDocuments } from '#model/access-documents.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { rulingOf } from '../refusals.ts';
import { unknownReferences } from './access-references.ts';

/** How many of each a tenant may have: every sign-in evaluates every policy. Entra stops at 195. */
const limits = { policies: 195, namedLocations: 195 } as const;

type Ports = Pick<AdminPorts, 'policy' | 'users' | 'groups' | 'applications' | 'objects'>;

/**
 * Changes Conditional Access, strengths and named locations together. The result of `work` is checked as a whole, under the
 * lock of the write, so that no policy is left naming a removed strength or location. A policy that is new or changed
 * names only users, groups, roles, applications and authentication contexts of the tenant. `work` may be called more than once.
 * Refuses with accessPolicyInvalid, strengthInvalid, graphLimitReached, graphObjectInUse, graphPropertyInvalid.
 */
export async function changeAccess(
  { actor, ports }: AdminContext<Ports>,
  work: (documents: AccessDocuments) => Partial<AccessDocuments>,
): Promise<Ruling<AccessDocuments>> {
  const { policy } = ports;
  const policies = await policy.conditionalAccess();
  const [strengths, namedLocations] = [await policy.strengths(), await policy.namedLocations()];
  const { policies: proposed = [] } = work({ policies, strengths, namedLocations });
  const knownRuling = await requireKnown(
    proposed.filter((one) => !policies.some((oldPolicy) => isSameJson(one, oldPolicy))),
    ports,
  );
  if (knownRuling.outcome !== 'passed') return knownRuling;
  return rulingOf(() =>
    policy.changeAccess(actor, (current) => {
      const next = { ...current, ...work(current) };
      orThrow(firstRefusal(refuseTwice(next), refuseTooMany(next), refuseInUse(current, next), refuseInvalid(next)));
      return next;
    }),
  );
}

async function requireKnown(policies: readonly ConditionalAccessPolicy[], ports: Ports): Promise<Ruling<void>> {
  for (const policy of policies) {
    const [unknown] = await unknownReferences(policy, ports);
    if (unknown) {
      const problem = `"${unknown.id.slice(0, 80)}" is not in this tenant`;
      return refused('graphPropertyInvalid', { target: unknown.target, problem });
    }
  }
  return success();
}

function refuseInvalid({ policies, strengths, namedLocations }: AccessDocuments): Ruling<void> {
  for (const strength of strengths) {
    const [issue] = checkStrength(strength, strengths);
    if (issue) return refused('strengthInvalid', { problem: describe(strength, issue) });
  }
  for (const location of namedLocations) {
    const [issue] = checkNamedLocation(location);
    if (issue) return refused('accessPolicyInvalid', { problem: describe(location, issue) });
  }
  for (const policy of policies) {
    const [issue] = checkAccessPolicy(policy, { strengths, namedLocations });
    if (issue) return refused('accessPolicyInvalid', { problem: describe(policy, issue) });
  }
  return success();
}

const describe = ({ displayName }: { readonly displayName: string }, { target, because }: AccessIssue): string =>
  `"${displayName}" ${target}: ${messageOf(because)}`;

/** Each has an id of its own, and the id of a built-in strength is not the tenant's. */
function refuseTwice(proposed: AccessDocuments): Ruling<void> {
  const builtIn = builtInStrengths.find(({ id }) => proposed.strengths.some((strength) => strength.id === id));
  if (builtIn) return refused('graphBuiltInFixed', { what: builtIn.displayName });
  for (const label of ['policies', 'strengths', 'namedLocations'] as const) {
    const seenIds = new Set<string>();
    for (const { id } of proposed[label]) {
      if (seenIds.has(id)) return refused('graphObjectConflict', { target: `${label}/id`, value: id });
      seenIds.add(id);
    }
  }
  return success();
}

function refuseTooMany(proposed: AccessDocuments): Ruling<void> {
  for (const label of ['policies', 'namedLocations'] as const) {
    if (proposed[label].length > limits[label])
      return refused('graphLimitReached', { what: label, limit: limits[label] });
  }
  return success();
}

/** CAP-10: what a policy names cannot be taken away. */
function refuseInUse(current: AccessDocuments, proposed: AccessDocuments): Ruling<void> {
  for (const { id, displayName } of removedFrom(current.strengths, proposed.strengths)) {
    const usedBy = policiesUsing(id, proposed.policies);
    if (usedBy.length > 0) return refused('graphObjectInUse', { what: displayName, usedBy });
  }
  for (const { id, displayName } of removedFrom(current.namedLocations, proposed.namedLocations)) {
    const usedBy = proposed.policies.filter(({ conditions: { locations } }) =>
      [...(locations?.includeLocations ?? []), ...(locations?.excludeLocations ?? [])].includes(id),
    );
    if (usedBy.length > 0)
      return refused('graphObjectInUse', { what: displayName, usedBy: usedBy.map((item) => item.displayName) });
  }
  return success();
}

const removedFrom = <T extends Pick<AuthenticationStrength, 'id'>>(current: readonly T[], proposed: readonly T[]) =>
  current.filter(({ id }) => !proposed.some((item) => item.id === id));
