import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import { type Device, deviceKind } from '#model/device.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { DeviceRelation } from '#ports/devices.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';

type Ports = Pick<AdminPorts, 'objects' | 'devices' | 'users' | 'audits'>;

const names = {
  owner: {
    property: 'registeredOwners',
    added: 'Add registered owner to device',
    removed: 'Remove registered owner from device',
  },
  user: {
    property: 'registeredUsers',
    added: 'Add registered users to device',
    removed: 'Remove registered users from device',
  },
} as const;

/** Entra's limit of registered users of one device. */
const mostPeople = 100;

/** Refuses with graphObjectMissing, graphReferenceExists, graphLimitReached. */
export async function addDevicePerson(
  objectId: string,
  relation: DeviceRelation,
  userId: string,
  { actor, ports: { devices, users, audits } }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  if (!(await users.find(userId))) return refused('graphObjectMissing', { id: userId });
  const { property, added } = names[relation];
  if ((await devices.index.usersOf(objectId, relation)).length >= mostPeople)
    return refused('graphLimitReached', { what: property, limit: mostPeople });
  if (!(await devices.index.relate(objectId, relation, userId))) return refused('graphReferenceExists', { property });
  await audits.note({ activity: added, targetId: objectId, actor, old: undefined, new: { userId } });
  return success();
}

/** Refuses with graphReferenceMissing. */
export async function removeDevicePerson(
  objectId: string,
  relation: DeviceRelation,
  userId: string,
  { actor, ports: { devices, audits } }: AdminContext<Pick<Ports, 'devices' | 'audits'>>,
): Promise<Ruling<void>> {
  const { property, removed } = names[relation];
  if (!(await devices.index.unrelate(objectId, relation, userId)))
    return refused('graphReferenceMissing', { property });
  await audits.note({ activity: removed, targetId: objectId, actor, old: { userId }, new: undefined });
  return success();
}

/** The devices that a user owns or uses. */
export async function devicesOf(
  userId: string,
  relation: DeviceRelation,
  {
    objects,
    devices,
  }: { readonly objects: Pick<AdminPorts['objects'], 'find'>; readonly devices: AdminPorts['devices'] },
): Promise<readonly StoredObject<Device>[]> {
  const ids = await devices.index.devicesOf(userId, relation);
  const stored = await Promise.all(ids.map((id) => objects.find<Device>(deviceKind, id)));
  return stored.filter((device) => device !== undefined);
}
