import {
  type DeletedAccess,
  deletedAccess,
  itemIn,
  purgeAccess,
  type RestorableAccess,
  restoreAccess,
} from '#admin/policies/deleted-access.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { AccessDocuments } from '#model/access-documents.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { policyItem, policyResource } from './access-policies.ts';
import { locationItem, locationResource } from './named-locations.ts';

/** How one part of Conditional Access is shown. */
interface Part<K extends RestorableAccess> {
  readonly part: K;
  readonly view: GraphResource;
  readonly isMixed: boolean;
  show(call: Call, item: AccessDocuments[K][number]): Item | Promise<Item>;
}
const policies: Part<'policies'> = {
  part: 'policies',
  view: policyResource,
  isMixed: false,
  show: async ({ ports }, item) => policyItem(item, await ports.policy.strengths()),
};
const namedLocations: Part<'namedLocations'> = {
  part: 'namedLocations',
  view: locationResource,
  isMixed: true,
  show: (_, item) => locationItem(item),
};

const idIn = (call: Call) => keyText(call, 'id').toLowerCase();
const { readAccessPolicies: read, writeAccessPolicies: write } = needs;

function routesOf<K extends RestorableAccess>({ part, view, isMixed, show }: Part<K>): readonly Route[] {
  const path = `identity/conditionalaccess/deleteditems/${part.toLowerCase()}`;
  const deletedView: GraphResource = { ...view, set: `identity/conditionalAccess/deletedItems/${part}` };
  const deletedItem = async (call: Call, item: DeletedAccess<K>): Promise<Item> => ({
    ...(await show(call, item)),
    deletedDateTime: item.deletedDateTime.toISOString(),
  });
  return [
    {
      method: 'GET',
      path,
      need: read,
      answer: async (call) => {
        const items = await deletedAccess(part, call.ports);
        const resources = await Promise.all(items.map((item) => deletedItem(call, item)));
        return collection(call, resources, deletedView, { page: 999, isMixed });
      },
    },
    {
      method: 'GET',
      path: `${path}/{id}`,
      need: read,
      answer: async (call) =>
        entity(call, await deletedItem(call, orThrow(await itemIn(part, idIn(call), call.ports))), deletedView),
    },
    {
      method: 'POST',
      path: `${path}/{id}/restore`,
      need: write,
      answer: async (call) =>
        entity(call, await show(call, orThrow(await restoreAccess(part, idIn(call), call))), view),
    },
    {
      method: 'DELETE',
      path: `${path}/{id}`,
      need: write,
      answer: async (call) => {
        orThrow(await purgeAccess(part, idIn(call), call));
        return nothing;
      },
    },
  ];
}

/** Deleted policies and named locations can be restored for thirty days. */
export const deletedAccessRoutes: readonly Route[] = [...routesOf(policies), ...routesOf(namedLocations)];
