import { createHash } from 'node:crypto';
import { isSameJson } from '#core/canonical-json.ts';
import { fault } from '#core/trace/fault.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { RolloutPolicy } from '#schema/rollout.ts';
import type { AdminContext } from '../context.ts';

export const rolloutKind = 'featureRolloutPolicies';

const updateActivity = 'Update rollout policy of feature';

/** Entra's: groups of one rollout. A sign-in looks into every one of them. */
export const mostGroups = 10;

type Ports = Pick<AdminPorts, 'objects' | 'groups'>;
type Kept = StoredObject<RolloutPolicy>;

/** One policy a feature (graph-api §10): its id follows from the feature, so that two at once cannot both be kept. */
const idOf = (feature: string): string => {
  const hex = createHash('sha256').update(`${rolloutKind} ${feature}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
};

export async function rolloutOf(id: string, { objects }: Pick<Ports, 'objects'>): Promise<Kept> {
  const match = await objects.find<RolloutPolicy>(rolloutKind, id.toLowerCase());
  if (!match) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
  return match;
}

/** @throws graphObjectConflict, graphObjectMissing for a group there is not, graphLimitReached */
export async function addRollout(document: RolloutPolicy, { actor, ports }: AdminContext<Ports>): Promise<Kept> {
  const id = idOf(document.feature);
  if (await ports.objects.find(rolloutKind, id)) throw conflict(document);
  await check(document, ports);
  const object = { kind: rolloutKind, id, owner: undefined, document };
  return ports.objects.add(object, { activity: 'Create rollout policy for feature', actor });
}

/**
 * Makes the rollouts what the list says: others are removed. A rollout that stays as it is is not written.
 * @throws as {@link addRollout}
 */
export async function setRollouts(
  rollouts: readonly RolloutPolicy[],
  { actor, ports }: AdminContext<Ports>,
): Promise<void> {
  const twice = rollouts.find(({ feature }, at) => rollouts.findIndex((item) => item.feature === feature) < at);
  if (twice) throw conflict(twice);
  const stored = await ports.objects.list<RolloutPolicy>(rolloutKind);
  for (const { id, document } of stored)
    if (!rollouts.some(({ feature }) => feature === document.feature)) await removeRollout(id, { actor, ports });
  for (const rollout of rollouts) {
    const document = { ...rollout, appliesTo: rollout.appliesTo.map((group) => group.toLowerCase()) };
    const match = stored.find((item) => item.document.feature === document.feature);
    if (!match) await addRollout(document, { actor, ports });
    else if (!isSameJson(match.document, document)) {
      await check(document, ports);
      await ports.objects.change(rolloutKind, match.id, () => document, { activity: updateActivity, actor });
    }
  }
}

/** The feature stays what it is. @throws graphObjectMissing */
export async function changeRollout(
  id: string,
  change: Partial<Omit<RolloutPolicy, 'feature' | 'appliesTo'>>,
  { actor, ports: { objects } }: AdminContext<Ports>,
): Promise<void> {
  const auditEntry = { activity: updateActivity, actor };
  const next = await objects.change<RolloutPolicy>(rolloutKind, id, (old) => ({ ...old, ...change }), auditEntry);
  if (!next) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
}

/** @throws graphObjectMissing */
export async function removeRollout(id: string, { actor, ports: { objects } }: AdminContext<Ports>): Promise<void> {
  if (!(await objects.remove(rolloutKind, id, { activity: 'Delete rollout policy of feature', actor })))
    throw fault('graphObjectMissing', { id: id.slice(0, 80) });
}

/** @throws graphObjectMissing, graphReferenceExists, graphLimitReached */
export async function addToRollout(id: string, groupId: string, { actor, ports }: AdminContext<Ports>): Promise<void> {
  await requireGroup(groupId, ports);
  await changeGroups(id, { activity: 'Add a group to feature rollout', actor }, ports, (groups) => {
    if (groups.includes(groupId)) throw fault('graphReferenceExists', { property: 'appliesTo' });
    return [...groups, groupId];
  });
}

/** @throws graphObjectMissing, graphReferenceMissing */
export async function removeFromRollout(
  id: string,
  groupId: string,
  { actor, ports }: AdminContext<Ports>,
): Promise<void> {
  await changeGroups(id, { activity: 'Remove a group from feature rollout', actor }, ports, (groups) => {
    if (!groups.includes(groupId)) throw fault('graphReferenceMissing', { property: 'appliesTo' });
    return groups.filter((group) => group !== groupId);
  });
}

async function changeGroups(
  id: string,
  auditEntry: { readonly activity: string; readonly actor: string },
  { objects }: Ports,
  work: (groups: readonly string[]) => readonly string[],
): Promise<void> {
  const change = (old: RolloutPolicy) => {
    const appliesTo = work(old.appliesTo);
    requireFew(appliesTo);
    return { ...old, appliesTo };
  };
  if (!(await objects.change<RolloutPolicy>(rolloutKind, id, change, auditEntry)))
    throw fault('graphObjectMissing', { id: id.slice(0, 80) });
}

const conflict = ({ feature }: RolloutPolicy) => fault('graphObjectConflict', { target: 'feature', value: feature });

async function check({ appliesTo }: RolloutPolicy, ports: Ports): Promise<void> {
  for (const group of appliesTo) await requireGroup(group, ports);
  requireFew(appliesTo);
}

async function requireGroup(id: string, { groups }: Ports): Promise<void> {
  if (!(await groups.find(id))) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
}

function requireFew(groups: readonly string[]): void {
  if (groups.length > mostGroups) throw fault('graphLimitReached', { what: 'groups of a rollout', limit: mostGroups });
}
