import type { z } from 'zod';
import {
  addRollout,
  addToRollout,
  changeRollout,
  removeFromRollout,
  removeRollout,
  rolloutKind,
  rolloutOf,
} from '#admin/policies/feature-rollouts.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { StoredObject } from '#model/directory-object.ts';
import { type RolloutPolicy, rolloutBody, rolloutChangeBody, rolloutMember } from '#schema/rollout.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import { referenceIn } from '../../protocol/reference.ts';
import type { Route } from '../../protocol/route.ts';
import { groupItem, groupResource } from '../groups/group-item.ts';

const view: GraphResource = {
  type: 'featureRolloutPolicy',
  set: 'policies/featureRolloutPolicies',
};

/** Members that came after `unknownFutureValue`: clients that did not ask for them could not read them (graph-api §0.3-5). */
const later = ['certificateBasedAuthentication', 'multiFactorAuthentication'];

function featureName(feature: string, { strict, request }: Call): string {
  const asksForLater = /include-unknown-enum-members/i.test(request.header('prefer') ?? '');
  return strict && !asksForLater && later.includes(feature) ? 'unknownFutureValue' : feature;
}

async function item({ id, document }: StoredObject<RolloutPolicy>, call: Call): Promise<Item> {
  const { displayName, description, feature, isEnabled, isAppliedToOrganization, appliesTo } = document;
  const request = call.query.expand.some((name) => /^appliesTo\b/i.test(name));
  const policy = {
    id,
    displayName,
    description: description || null,
    feature: featureName(feature, call),
    isEnabled,
    isAppliedToOrganization,
    ...(request ? { appliesTo: await groupItems(appliesTo, call) } : {}),
  };
  return withTag(policy, document);
}

/** Groups deleted since are not shown. */
async function groupItems(ids: readonly string[], { ports }: Call): Promise<readonly Item[]> {
  const groups = await Promise.all(ids.map((id) => ports.groups.find(id)));
  return groups.flatMap((group) => (group ? [groupItem(group)] : []));
}

/** `{id}` is the group, `{@odata.id}` names it. @throws graphReferenceInvalid */
const groupNamed = (body: z.infer<typeof rolloutMember>) =>
  (body.id ?? referenceIn(body['@odata.id'] ?? '').id).toLowerCase();

async function add(call: Call) {
  const {
    id: _,
    appliesTo = [],
    description,
    isAppliedToOrganization = false,
    ...fields
  } = await readBody(call, rolloutBody);
  const document = {
    ...fields,
    ...(description ? { description } : {}),
    isAppliedToOrganization,
    appliesTo: appliesTo.map(groupNamed),
  };
  return entity(call, await item(orThrow(await addRollout(document, call)), call), view, 201);
}

const idIn = (call: Call) => keyText(call, 'id').toLowerCase();

async function change(call: Call) {
  const { id: _, feature: __, description, ...fields } = await readBody(call, rolloutChangeBody);
  const rest = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const described = description === undefined ? {} : { description: description ?? '' };
  orThrow(await changeRollout(idIn(call), { ...rest, ...described }, call));
  return nothing;
}

async function remove(call: Call) {
  orThrow(await removeRollout(idIn(call), call));
  return nothing;
}

async function list(call: Call) {
  const rollouts = await call.ports.objects.list<RolloutPolicy>(rolloutKind);
  return collection(call, await Promise.all(rollouts.map((entry) => item(entry, call))), view);
}

async function groups(call: Call) {
  const { document } = orThrow(await rolloutOf(idIn(call), call.ports));
  const groupsResource = { ...groupResource, set: `policies/featureRolloutPolicies('${idIn(call)}')/appliesTo` };
  return collection(call, await groupItems(document.appliesTo, call), groupsResource, { isMixed: true });
}

/** The group itself gives 201 and the group; a reference gives 204 (graph-api §17 C-8). */
async function addGroup(call: Call) {
  const id = groupNamed(await readBody(call, rolloutMember));
  orThrow(await addToRollout(idIn(call), id, call));
  const [group] = await groupItems([id], call);
  return entity(call, group!, groupResource, 201);
}
async function addReference(call: Call) {
  orThrow(await addToRollout(idIn(call), groupNamed(await readBody(call, rolloutMember)), call));
  return nothing;
}
async function removeGroup(call: Call) {
  orThrow(await removeFromRollout(idIn(call), keyText(call, 'group').toLowerCase(), call));
  return nothing;
}

const [read, write] = [needs.readRollout, needs.writeRollout];

/** graph-api §10; the second path is the older one, of beta. */
export const rolloutRoutes: readonly Route[] = [
  'policies/featurerolloutpolicies',
  'directory/featurerolloutpolicies',
].flatMap((path): readonly Route[] => [
  { method: 'GET', path, need: read, answer: list, expands: ['appliesto'] },
  { method: 'POST', path, need: write, answer: add },
  {
    method: 'GET',
    path: `${path}/{id}`,
    need: read,
    expands: ['appliesto'],
    answer: async (call) => entity(call, await item(orThrow(await rolloutOf(idIn(call), call.ports)), call), view),
  },
  { method: 'PATCH', path: `${path}/{id}`, need: write, answer: change },
  { method: 'DELETE', path: `${path}/{id}`, need: write, answer: remove },
  { method: 'GET', path: `${path}/{id}/appliesto`, need: read, answer: groups },
  { method: 'POST', path: `${path}/{id}/appliesto`, need: write, answer: addGroup },
  { method: 'POST', path: `${path}/{id}/appliesto/$ref`, need: write, answer: addReference },
  { method: 'DELETE', path: `${path}/{id}/appliesto/{group}/$ref`, need: write, answer: removeGroup },
]);
