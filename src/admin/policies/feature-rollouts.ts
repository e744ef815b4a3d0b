import { createHash } from 'node:crypto';
import { isSameJson } from '#core/canonical-json.ts';
import { firstRefusal, orThrow, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { RolloutPolicy } from '#schema/rollout.ts';
import type { AdminContext } from '../context.ts';
import { checkDisplayName, checkText } from '../entered.ts';
import { rulingOf } from '../refusals.ts';

export const rolloutKind = 'featureRolloutPolicies';

const updateActivity = 'Update rollout policy of feature';

/** Entra's: groups of one rollout. A sign-in looks into every one of them. */
export const mostGroups = 10;

type Ports = Pick<AdminPorts, 'objects' | 'groups'>;
type StoredRollout = StoredObject<RolloutPolicy>;

/** One policy a feature (graph-api §10): its id follows from the feature, so that two at once cannot both be kept. */
const idOf = (feature: string): string => {
  const hex = createHash('sha256').update(`${rolloutKind} ${feature}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
};

export async function rolloutOf(id: string, { objects }: Pick<Ports, 'objects'>): Promise<Ruling<StoredRollout>> {
  const match = await objects.find<RolloutPolicy>(rolloutKind, id.toLowerCase());
  if (!match) return refused('graphObjectMissing', { id: id.slice(0, 80) });
  return success(match);
}

/**
 * Refuses with graphObjectConflict, graphObjectMissing for an unknown group, graphLimitReached, nameEmpty, textHoldsControls,
 * textTooLong.
 */
export async function addRollout(
  document: RolloutPolicy,
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<StoredRollout>> {
  const id = idOf(document.feature);
  if (await ports.objects.find(rolloutKind, id)) return conflict(document);
  const checkRuling = await check(document, ports);
  if (checkRuling.outcome !== 'passed') return checkRuling;
  const object = { kind: rolloutKind, id, owner: undefined, document };
  return success(await ports.objects.add(object, { activity: 'Create rollout policy for feature', actor }));
}

/**
 * Makes the rollouts what the list says: others are removed. A rollout that stays as it is is not written.
 * Refuses as {@link addRollout}.
 */
export async function setRollouts(
  rollouts: readonly RolloutPolicy[],
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const twice = rollouts.find(({ feature }, at) => rollouts.findIndex((item) => item.feature === feature) < at);
  if (twice) return conflict(twice);
  const stored = await ports.objects.list<RolloutPolicy>(rolloutKind);
  for (const { id, document } of stored)
    if (!rollouts.some(({ feature }) => feature === document.feature)) {
      const rolloutRuling = await removeRollout(id, { actor, ports });
      if (rolloutRuling.outcome !== 'passed') return rolloutRuling;
    }
  for (const rollout of rollouts) {
    const document = { ...rollout, appliesTo: rollout.appliesTo.map((group) => group.toLowerCase()) };
    const match = stored.find((item) => item.document.feature === document.feature);
    if (!match) {
      const rolloutRuling = await addRollout(document, { actor, ports });
      if (rolloutRuling.outcome !== 'passed') return rolloutRuling;
    } else if (!isSameJson(match.document, document)) {
      const checkRuling = await check(document, ports);
      if (checkRuling.outcome !== 'passed') return checkRuling;
      await ports.objects.change(rolloutKind, match.id, () => document, { activity: updateActivity, actor });
    }
  }
  return success();
}

/** The feature stays what it is. Refuses with graphObjectMissing, nameEmpty, textHoldsControls, textTooLong. */
export async function changeRollout(
  id: string,
  change: Partial<Omit<RolloutPolicy, 'feature' | 'appliesTo'>>,
  { actor, ports: { objects } }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const checks = checkTexts(change);
  if (checks.outcome !== 'passed') return checks;
  const auditEntry = { activity: updateActivity, actor };
  const next = await objects.change<RolloutPolicy>(rolloutKind, id, (old) => ({ ...old, ...change }), auditEntry);
  if (!next) return refused('graphObjectMissing', { id: id.slice(0, 80) });
  return success();
}

/** Refuses with graphObjectMissing. */
export async function removeRollout(
  id: string,
  { actor, ports: { objects } }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  if (!(await objects.remove(rolloutKind, id, { activity: 'Delete rollout policy of feature', actor })))
    return refused('graphObjectMissing', { id: id.slice(0, 80) });
  return success();
}

/** Refuses with graphObjectMissing, graphReferenceExists, graphLimitReached. */
export async function addToRollout(
  id: string,
  groupId: string,
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const groupRuling = await requireGroup(groupId, ports);
  if (groupRuling.outcome !== 'passed') return groupRuling;
  return changeGroups(id, { activity: 'Add a group to feature rollout', actor }, ports, (groups) =>
    groups.includes(groupId)
      ? refused('graphReferenceExists', { property: 'appliesTo' })
      : success([...groups, groupId]),
  );
}

/** Refuses with graphObjectMissing, graphReferenceMissing. */
export async function removeFromRollout(
  id: string,
  groupId: string,
  { actor, ports }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  return changeGroups(id, { activity: 'Remove a group from feature rollout', actor }, ports, (groups) =>
    groups.includes(groupId)
      ? success(groups.filter((group) => group !== groupId))
      : refused('graphReferenceMissing', { property: 'appliesTo' }),
  );
}

async function changeGroups(
  id: string,
  auditEntry: { readonly activity: string; readonly actor: string },
  { objects }: Ports,
  work: (groups: readonly string[]) => Ruling<readonly string[]>,
): Promise<Ruling<void>> {
  const change = (old: RolloutPolicy) => {
    const appliesTo = orThrow(work(old.appliesTo));
    orThrow(requireFew(appliesTo));
    return { ...old, appliesTo };
  };
  const ruling = await rulingOf(() => objects.change<RolloutPolicy>(rolloutKind, id, change, auditEntry));
  if (ruling.outcome !== 'passed') return ruling;
  return ruling.value ? success() : refused('graphObjectMissing', { id: id.slice(0, 80) });
}

const conflict = ({ feature }: RolloutPolicy) => refused('graphObjectConflict', { target: 'feature', value: feature });

const checkTexts = ({ displayName, description }: Partial<RolloutPolicy>): Ruling<void> =>
  firstRefusal(checkDisplayName(displayName), checkText('description', description));

async function check({ appliesTo, ...texts }: RolloutPolicy, ports: Ports): Promise<Ruling<void>> {
  const textsRuling = checkTexts(texts);
  if (textsRuling.outcome !== 'passed') return textsRuling;
  for (const group of appliesTo) {
    const groupRuling = await requireGroup(group, ports);
    if (groupRuling.outcome !== 'passed') return groupRuling;
  }
  return requireFew(appliesTo);
}

async function requireGroup(id: string, { groups }: Ports): Promise<Ruling<void>> {
  if (!(await groups.find(id))) return refused('graphObjectMissing', { id: id.slice(0, 80) });
  return success();
}

function requireFew(groups: readonly string[]): Ruling<void> {
  if (groups.length > mostGroups)
    return refused('graphLimitReached', { what: 'groups of a rollout', limit: mostGroups });
  return success();
}
