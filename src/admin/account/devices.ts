import { type Device, deviceKind } from '#model/device.ts';
import type { AdminPorts } from '#ports/ports.ts';

/** A device that a user registered or signs in on. */
export interface AccountDevice {
  /** The id of the directory object. */
  readonly id: string;
  readonly device: Device;
  readonly isOwner: boolean;
}

/** The devices of a user, those that the user registered first. */
export async function devicesOf(
  userId: string,
  { devices, objects }: Pick<AdminPorts, 'devices' | 'objects'>,
): Promise<readonly AccountDevice[]> {
  const ownedIds = await devices.index.devicesOf(userId, 'owner');
  const usedIds = await devices.index.devicesOf(userId, 'user');
  const ids = [...new Set([...ownedIds, ...usedIds])];
  const items = await Promise.all(ids.map((id) => objects.find<Device>(deviceKind, id)));
  return items.flatMap((item) =>
    item ? [{ id: item.id, device: item.document, isOwner: ownedIds.includes(item.id) }] : [],
  );
}
