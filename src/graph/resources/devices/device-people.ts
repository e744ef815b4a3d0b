import { z } from 'zod';
import { addDevicePerson, devicesOf, removeDevicePerson } from '#admin/devices/device-people.ts';
import type { Need } from '#core/roles/authorise.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { DeviceRelation } from '#ports/devices.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import { referenceIn } from '../../protocol/reference.ts';
import type { Route } from '../../protocol/route.ts';
import { userItem, userResource } from '../directory/user-item.ts';
import { isSelf } from '../directory/user-sight.ts';
import { userIn } from '../directory/users.ts';
import { deviceItem, deviceResource } from './device-item.ts';
import { deviceIn } from './devices.ts';

/** The owners or users of a device. A deleted user is shown by id alone, so that an administrator sees that there was one. */
async function people(call: Call, relation: DeviceRelation, set: string) {
  const { id } = await deviceIn(call);
  const ids = await call.ports.devices.index.usersOf(id, relation);
  const entries = new Map((await call.ports.users.entriesOf(ids)).map((entry) => [entry.user.id, entry]));
  const items = await Promise.all(
    ids.map(async (userId): Promise<Item> => {
      const entry = entries.get(userId);
      return entry ? userItem(entry) : deletedUser(userId, call);
    }),
  );
  return collection(call, items, { ...personResource, set: `devices('${id}')/${set}` }, { isMixed: true });
}

const personResource = { ...userResource, defaults: [...(userResource.defaults ?? []), 'deletedDateTime'] };

async function deletedUser(id: string, { ports }: Call): Promise<Item> {
  const deleted = await ports.deleted.find(id);
  const deletedDateTime = deleted?.deletedDateTime.toISOString() ?? null;
  return { '@odata.type': '#microsoft.graph.user', id, displayName: '(deleted user)', deletedDateTime };
}

const referenceShape = z.strictObject({ '@odata.id': z.string().max(1024) });

async function add(call: Call, relation: DeviceRelation) {
  const { id } = await deviceIn(call);
  const { type, id: userId } = referenceIn((await readBody(call, referenceShape))['@odata.id']);
  if (!['users', 'directoryobjects'].includes(type))
    throw fault('graphReferenceInvalid', { problem: 'it must name a user' });
  orThrow(await addDevicePerson(id, relation, userId, call));
  return nothing;
}

async function remove(call: Call, relation: DeviceRelation) {
  const { id } = await deviceIn(call);
  orThrow(await removeDevicePerson(id, relation, keyText(call, 'member').toLowerCase(), call));
  return nothing;
}

const [read, write] = [needs.readDevices, needs.writeDevices];

const peopleRoutes = (relation: DeviceRelation, set: 'registeredOwners' | 'registeredUsers'): readonly Route[] => {
  const path = `devices/{id}/${set.toLowerCase()}`;
  return [
    { method: 'GET', path, need: read, answer: (call) => people(call, relation, set) },
    { method: 'POST', path: `${path}/$ref`, need: write, answer: (call) => add(call, relation) },
    { method: 'DELETE', path: `${path}/{member}/$ref`, need: write, answer: (call) => remove(call, relation) },
  ];
};

async function devicesOfUser(call: Call, relation: DeviceRelation, set: string) {
  const { user } = await userIn(call);
  const items = (await devicesOf(user.id, relation, call.ports)).map((device) => ({
    '@odata.type': '#microsoft.graph.device',
    ...deviceItem(device),
  }));
  return collection(call, items, { ...deviceResource, set: `users('${user.id}')/${set}` }, { isMixed: true });
}

/** Each user reads their own devices. */
async function needToReadDevices(call: Call): Promise<Need> {
  const entry = await userIn(call);
  const { permissions } = needs.readDevices;
  return isSelf(call, entry)
    ? { ...needs.readUsers, permissions: ['User.Read', ...permissions], isSelf: true }
    : needs.readDevices;
}

const userRoutes = (base: string, relation: DeviceRelation, set: 'ownedDevices' | 'registeredDevices'): Route => ({
  method: 'GET',
  path: `${base}/${set.toLowerCase()}`,
  need: needToReadDevices,
  answer: (call) => devicesOfUser(call, relation, set),
});

export const devicePeopleRoutes: readonly Route[] = [
  ...peopleRoutes('owner', 'registeredOwners'),
  ...peopleRoutes('user', 'registeredUsers'),
  ...['me', 'users/{id}'].flatMap((base) => [
    userRoutes(base, 'owner', 'ownedDevices'),
    userRoutes(base, 'user', 'registeredDevices'),
  ]),
];
