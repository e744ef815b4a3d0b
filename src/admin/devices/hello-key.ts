import type { UserKey } from '#model/device.ts';
import type { AdminPorts } from '#ports/ports.ts';
import { deviceRegistrationService } from './join-device.ts';

/** Keys that one user may have on all devices: a bound on what a stolen token can store. */
const mostKeys = 100;

/** Registers a Windows Hello key; the same key again changes nothing. False when the user has too many, or it is another's. */
export function addHelloKey(key: UserKey, ports: AdminPorts): Promise<boolean> {
  return ports.inTransaction(async (inside) => {
    const { registrations } = inside.devices;
    const registeredKey = await registrations.findUserKey(key.keyId);
    if (registeredKey) return registeredKey.userId === key.userId && registeredKey.deviceId === key.deviceId;
    if ((await registrations.userKeysOf(key.userId)).length >= mostKeys) return false;
    await registrations.addUserKey(key);
    await inside.audits.note({
      activity: 'Add Windows Hello for Business credential',
      targetId: key.userId,
      actor: deviceRegistrationService,
      old: undefined,
      new: { keyId: key.keyId, deviceId: key.deviceId },
    });
    return true;
  });
}
