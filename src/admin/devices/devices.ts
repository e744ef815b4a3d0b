import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import { type Device, deviceKind } from '#model/device.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { checkDisplayName, checkName, longestLink } from '../entered.ts';

export type DevicePorts = Pick<AdminPorts, 'objects' | 'devices'>;
type StoredDevice = StoredObject<Device>;

/** By the object's id or the device's own; undefined when there is none. */
export async function findDevice(
  target: { readonly id: string } | { readonly deviceId: string },
  {
    objects,
    devices,
  }: { readonly objects: Pick<AdminPorts['objects'], 'find'>; readonly devices: AdminPorts['devices'] },
): Promise<StoredDevice | undefined> {
  const id = 'id' in target ? target.id : await devices.index.objectIdOf(target.deviceId.toLowerCase());
  return id === undefined ? undefined : objects.find<Device>(deviceKind, id);
}

/**
 * Adds a device; its owner is also its first user. Refuses with graphObjectConflict when the deviceId is another's,
 * textHoldsControls, textTooLong.
 */
export async function addDevice(
  document: Device,
  owner: string | undefined,
  audit: { readonly activity: string; readonly actor: string },
  { objects, devices }: DevicePorts,
): Promise<Ruling<StoredDevice>> {
  const { deviceId } = document;
  const textsRuling = checkTexts(document);
  if (textsRuling.outcome !== 'passed') return textsRuling;
  const id = crypto.randomUUID();
  if (!(await devices.index.enter({ deviceId, objectId: id })))
    return refused('graphObjectConflict', { target: 'deviceId', value: deviceId });
  if (owner !== undefined)
    for (const relation of ['owner', 'user'] as const) await devices.index.relate(id, relation, owner);
  return success(await objects.add({ kind: deviceKind, id, owner, document }, audit));
}

/** Changes a device. Disabling it ends its primary refresh tokens (PRT-7). Refuses with graphObjectMissing, textHoldsControls, textTooLong. */
export async function changeDevice(
  id: string,
  change: Partial<Omit<Device, 'deviceId'>>,
  { actor, ports: { objects, devices } }: AdminContext<Pick<DevicePorts, 'objects' | 'devices'>>,
): Promise<Ruling<void>> {
  const textsRuling = checkTexts(change);
  if (textsRuling.outcome !== 'passed') return textsRuling;
  const auditEntry = { activity: change.isCompliant === false ? 'Device no longer compliant' : 'Update device', actor };
  const work = (old: Device): Device => ({ ...old, ...change, ...mergedAttributes(old, change) });
  const device = await objects.change<Device>(deviceKind, id, work, auditEntry);
  if (!device) return refused('graphObjectMissing', { id });
  const { accountEnabled, deviceId } = device.document;
  if (!accountEnabled) await devices.primaryRefreshTokens.end({ deviceId });
  return success();
}

/** Whatever people read of a device: its name, system, version and extension attributes. Refuses with textHoldsControls, textTooLong. */
function checkTexts({ extensionAttributes, ...values }: Partial<Device>): Ruling<void> {
  for (const [part, value] of Object.entries({ ...extensionAttributes, ...values }))
    if (typeof value === 'string') {
      const nameRuling = part === 'displayName' ? checkDisplayName(value) : checkName(part, value, longestLink);
      if (nameRuling.outcome !== 'passed') return nameRuling;
    }
  return success();
}

/** Extension attributes that a change does not name stay. */
function mergedAttributes(old: Device, { extensionAttributes }: Partial<Device>): Partial<Device> {
  return extensionAttributes === undefined
    ? {}
    : { extensionAttributes: { ...old.extensionAttributes, ...extensionAttributes } };
}

/** Deletes a device for good: its registration, user keys and primary refresh tokens end. Refuses with graphObjectMissing. */
export async function removeDevice(
  id: string,
  { actor, ports: { objects, devices } }: AdminContext<DevicePorts>,
): Promise<Ruling<void>> {
  const device = await objects.find<Device>(deviceKind, id);
  if (!device || !(await objects.remove(deviceKind, id, { activity: 'Delete device', actor })))
    return refused('graphObjectMissing', { id });
  await devices.registrations.remove(device.document.deviceId);
  await devices.index.remove(id);
  return success();
}
