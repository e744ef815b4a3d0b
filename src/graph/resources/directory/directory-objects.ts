import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import type { GroupMember } from '#model/group.ts';
import type { Item } from '../../odata/evaluate.ts';
import { contextOf, entity, type GraphResource } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Answer, type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { applicationItem } from '../applications/application-item.ts';
import { applicationByObjectId } from '../applications/applications.ts';
import { transitiveGroups } from '../groups/group-links.ts';
import { principalItem } from './principals.ts';

const objectResource: GraphResource = { type: 'directoryObject', set: 'directoryObjects' };

/** Any object of the directory by its id. */
async function find(call: Call, id: string): Promise<Item | undefined> {
  const principal = await principalItem(call, id.toLowerCase());
  if (principal) return principal;
  const application = await applicationByObjectId(call, id.toLowerCase());
  return application && applicationItem(application);
}

async function entry(call: Call): Promise<Answer> {
  const id = keyText(call, 'id');
  const item = await find(call, id);
  if (!item) throw fault('graphObjectMissing', { id: id.slice(0, 80) });
  return entity(call, item, objectResource);
}

const idsShape = z.strictObject({
  ids: z.array(z.string().max(64)).min(1).max(1000),
  types: z.array(z.string().max(64)).max(20).nullable().optional(),
});

/** Those that are there, of the types wanted; who is not there is left out. */
async function getByIds(call: Call): Promise<Answer> {
  const { ids, types } = await readBody(call, idsShape);
  const items: Item[] = [];
  for (const id of new Set(ids)) {
    const item = await find(call, id);
    if (item && isWanted(item, types ?? [])) items.push(item);
  }
  const context = contextOf(call, objectResource.set);
  return { status: 200, body: { ...context, value: items } };
}

function isWanted(item: Item, types: readonly string[]): boolean {
  const type = String(item['@odata.type']).replace('#microsoft.graph.', '').toLowerCase();
  return types.length === 0 || types.some((target) => ['directoryobject', type].includes(target.toLowerCase()));
}

/** What of users and groups may be a member. @throws graphObjectMissing */
async function memberIn(call: Call): Promise<GroupMember> {
  const id = keyText(call, 'id').toLowerCase();
  if (await call.ports.directory.user(id)) return { kind: 'user', id };
  if (await call.ports.groups.find(id)) return { kind: 'group', id };
  throw fault('graphObjectMissing', { id: id.slice(0, 80) });
}

async function checkMemberGroups(call: Call): Promise<Answer> {
  const { groupIds } = await readBody(call, z.strictObject({ groupIds: z.array(z.string()).max(20) }));
  const groups = await transitiveGroups(call, await memberIn(call));
  const value = groupIds.filter((id) => groups.includes(id.toLowerCase()));
  return { status: 200, body: { ...contextOf(call, 'Collection(Edm.String)'), value } };
}

async function getMemberGroups(call: Call): Promise<Answer> {
  await readBody(call, z.strictObject({ securityEnabledOnly: z.boolean().nullable().optional() }));
  const value = await transitiveGroups(call, await memberIn(call));
  return { status: 200, body: { ...contextOf(call, 'Collection(Edm.String)'), value } };
}

export const directoryObjectRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: 'directoryobjects/getbyids',
    need: needs.readDirectory,
    answer: getByIds,
    unguarded: 'reads only',
  },
  { method: 'GET', path: 'directoryobjects/{id}', need: needs.readDirectory, answer: entry },
  ...['directoryobjects/{id}', 'groups/{id}'].flatMap((base): readonly Route[] => [
    {
      method: 'POST',
      path: `${base}/checkmembergroups`,
      need: needs.readGroups,
      answer: checkMemberGroups,
      unguarded: 'reads only',
    },
    {
      method: 'POST',
      path: `${base}/getmembergroups`,
      need: needs.readGroups,
      answer: getMemberGroups,
      unguarded: 'reads only',
    },
    {
      method: 'POST',
      path: `${base}/getmemberobjects`,
      need: needs.readGroups,
      answer: getMemberGroups,
      unguarded: 'reads only',
    },
  ]),
];
