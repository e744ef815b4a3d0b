import { fault } from '#core/trace/fault.ts';
import { type Device, deviceKind } from '#model/device.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { AdminPorts } from '#ports/ports.ts';

type Ports = Pick<AdminPorts, 'objects'>;
type Kept = StoredObject<Device>;

/** By the object's id or the device's own; undefined when there is none. */
export async function findDevice(
  target: { readonly id: string } | { readonly deviceId: string },
  { objects }: Ports,
): Promise<Kept | undefined> {
  if ('id' in target) return objects.find<Device>(deviceKind, target.id);
  const items = await objects.list<Device>(deviceKind);
  return items.find(({ document }) => document.deviceId === target.deviceId);
}

/** @throws graphObjectConflict when the deviceId is another's */
export async function addDevice(
  document: Device,
  owner: string | undefined,
  actor: string,
  ports: Ports,
): Promise<Kept> {
  const { deviceId } = document;
  if (await findDevice({ deviceId }, ports))
    throw fault('graphObjectConflict', { target: 'deviceId', value: deviceId });
  const object = { kind: deviceKind, id: crypto.randomUUID(), owner, document };
  return ports.objects.add(object, { activity: 'Register device', actor });
}

/** @throws graphObjectMissing */
export async function changeDevice(
  id: string,
  change: Partial<Omit<Device, 'deviceId'>>,
  actor: string,
  { objects }: Ports,
): Promise<void> {
  const auditEntry = { activity: 'Update device', actor };
  if (!(await objects.change<Device>(deviceKind, id, (old) => ({ ...old, ...change }), auditEntry)))
    throw fault('graphObjectMissing', { id });
}

/** @throws graphObjectMissing */
export async function removeDevice(id: string, actor: string, { objects }: Ports): Promise<void> {
  if (!(await objects.remove(deviceKind, id, { activity: 'Delete device', actor })))
    throw fault('graphObjectMissing', { id });
}
