import type { DeviceFacts } from '#core/access/device/device-facts.ts';
import { type Device, deviceKind } from '#model/device.ts';
import type { Ports } from '#ports/ports.ts';

/** The facts of a registered device as the directory has it now; undefined where it is gone or disabled. */
export async function currentDevice(
  deviceId: string,
  { devices, objects }: Pick<Ports, 'devices' | 'objects'>,
): Promise<DeviceFacts | undefined> {
  const registration = await devices.registrations.find(deviceId);
  const object = registration && (await objects.find<Device>(deviceKind, registration.objectId));
  return object?.document.accountEnabled && object.document.deviceId === deviceId
    ? factsOf(object.document)
    : undefined;
}

/** What Conditional Access and the sign-in log know of a device. */
export function factsOf(device: Device): DeviceFacts {
  return {
    deviceId: device.deviceId,
    displayName: device.displayName,
    operatingSystem: device.operatingSystem,
    operatingSystemVersion: device.operatingSystemVersion,
    trustType: device.trustType,
    isCompliant: device.isCompliant,
    isManaged: device.isManaged,
    deviceOwnership: device.deviceOwnership,
    physicalIds: device.physicalIds,
    systemLabels: device.systemLabels,
    extensionAttributes: extensionAttributesOf(device),
  };
}

/** Graph: `extensionAttributes`; one that is null is not set. */
function extensionAttributesOf({ extensionAttributes = {} }: Device): Readonly<Record<string, string>> {
  const texts = Object.entries(extensionAttributes).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(texts);
}
