import { changeAccess } from '#admin/policies/change-access.ts';
import type { NamedLocation } from '#core/access/policy.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { namedLocationBody, namedLocationPart } from '#schema/named-location.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { refuseUnknown } from './access-policies.ts';

export const locationResource: GraphResource = {
  type: 'namedLocation',
  set: 'identity/conditionalAccess/namedLocations',
};

const rangeType = (range: string) => (range.includes(':') ? 'iPv6CidrRange' : 'iPv4CidrRange');

/** graph-api §11.1. Only locations of addresses are kept: the country of an address is not known here. */
export function locationItem(location: NamedLocation): Item {
  const { id, displayName, createdDateTime = null, modifiedDateTime = createdDateTime } = location;
  const item = {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    id,
    displayName,
    createdDateTime,
    modifiedDateTime,
    isTrusted: location.isTrusted,
    ipRanges: location.ipRanges.map((cidrAddress) => ({
      '@odata.type': `#microsoft.graph.${rangeType(cidrAddress)}`,
      cidrAddress,
    })),
  };
  return withTag(item, location);
}

async function add(call: Call) {
  const part = namedLocationPart(await readBody(call, namedLocationBody));
  const at = call.at.toISOString();
  const location: NamedLocation = {
    id: crypto.randomUUID(),
    displayName: '',
    isTrusted: false,
    ipRanges: [],
    ...part,
    createdDateTime: at,
    modifiedDateTime: at,
  };
  orThrow(await changeAccess(call, ({ namedLocations }) => ({ namedLocations: [...namedLocations, location] })));
  return entity(call, locationItem(location), locationResource, 201);
}

const idIn = (call: Call) => keyText(call, 'id').toLowerCase();

async function change(call: Call) {
  const [id, part] = [idIn(call), namedLocationPart(await readBody(call, namedLocationBody))];
  const modifiedDateTime = call.at.toISOString();
  orThrow(
    await changeAccess(call, ({ namedLocations }) => {
      refuseUnknown(id, namedLocations);
      const change = (namedLocation: NamedLocation) =>
        namedLocation.id === id ? { ...namedLocation, ...part, modifiedDateTime } : namedLocation;
      return { namedLocations: namedLocations.map(change) };
    }),
  );
  return nothing;
}

async function remove(call: Call) {
  const id = idIn(call);
  orThrow(
    await changeAccess(call, ({ namedLocations }) => {
      refuseUnknown(id, namedLocations);
      return { namedLocations: namedLocations.filter((namedLocation) => namedLocation.id !== id) };
    }),
  );
  return nothing;
}

const items = async ({ ports: { policy } }: Call) => (await policy.namedLocations()).map(locationItem);

async function item(call: Call) {
  const match = (await items(call)).find(({ id }) => id === idIn(call));
  if (!match) throw fault('graphObjectMissing', { id: keyText(call, 'id').slice(0, 80) });
  return entity(call, match, locationResource);
}

const path = 'identity/conditionalaccess/namedlocations';

export const namedLocationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    need: needs.readAccessPolicies,
    answer: async (call) => collection(call, await items(call), locationResource, { page: 999, isMixed: true }),
  },
  { method: 'POST', path, need: needs.writeAccessPolicies, answer: add },
  { method: 'GET', path: `${path}/{id}`, need: needs.readAccessPolicies, answer: item },
  { method: 'PATCH', path: `${path}/{id}`, need: needs.writeAccessPolicies, answer: change },
  { method: 'DELETE', path: `${path}/{id}`, need: needs.writeAccessPolicies, answer: remove },
];
