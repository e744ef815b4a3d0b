import { createHash } from 'node:crypto';
import { passed, type Ruling, refused, success } from '#core/trace/ruling.ts';
import { type Device, type DeviceRegistration, deviceKind } from '#model/device.ts';
import type { AdminPorts, SignInContext } from '#ports/ports.ts';
import { changeInTransaction } from '../safety/transaction.ts';
import { changeDevice, removeDevice } from './devices.ts';
import { deviceRegistrationService, type IssueCertificate, type JoinedDevice, securityIdOf } from './join-device.ts';

/** New keys of a device, and what it says of itself. */
export interface RenewRequest {
  readonly deviceId: string;
  readonly deviceKey: Uint8Array;
  /** DER of SubjectPublicKeyInfo; absent to use the present one. */
  readonly transportKey: Uint8Array | undefined;
  readonly joinType: number;
  readonly facts: Partial<Pick<Device, 'displayName' | 'operatingSystem' | 'operatingSystemVersion'>>;
}

/**
 * Gives a device a new certificate, or its first one (a hybrid join, windows-sign-in §2.8). Tokens that were issued for the
 * old key end. The caller has proved that the device sends the request. Refuses with `syncedDeviceMissing`.
 * Refuses with textHoldsControls, textTooLong.
 */
export function renewDevice(
  request: RenewRequest,
  issue: IssueCertificate,
  { ports, at }: SignInContext<AdminPorts>,
): Promise<Ruling<JoinedDevice>> {
  const { deviceId } = request;
  return changeInTransaction(ports, async (inside): Promise<Ruling<JoinedDevice>> => {
    const missing = refused('syncedDeviceMissing', { deviceId });
    const objectId = await inside.devices.index.objectIdOf(deviceId);
    const object = objectId === undefined ? undefined : await inside.objects.find<Device>(deviceKind, objectId);
    const old = await inside.devices.registrations.find(deviceId);
    const transportKey = request.transportKey ?? old?.transportKey;
    if (!object || !transportKey) return missing;
    const [owner = deviceId] = await inside.devices.index.usersOf(object.id, 'owner');
    const issued = issue({ deviceId, userId: owner, isJoined: request.joinType !== 4, deviceKey: request.deviceKey });
    const registration: DeviceRegistration = {
      deviceId,
      objectId: object.id,
      certificate: issued.certificate,
      thumbprint: createHash('sha256').update(issued.certificate).digest('hex').toUpperCase(),
      transportKey,
      joinType: request.joinType,
      authenticationMethods: old?.authenticationMethods ?? [],
      registeredDateTime: old?.registeredDateTime ?? at,
      expiresDateTime: issued.expires,
    };
    await inside.devices.primaryRefreshTokens.end({ deviceId });
    await inside.devices.registrations.save(registration);
    const alternativeSecurityIds = [securityIdOf(issued.certificate, request.deviceKey)];
    const registered: Partial<Device> = old
      ? {}
      : { registrationDateTime: at.toISOString(), profileType: 'RegisteredDevice' };
    const trust: Partial<Device> = request.joinType === 6 ? { trustType: 'ServerAd' } : {};
    const change = { ...request.facts, ...registered, ...trust, alternativeSecurityIds };
    const deviceRuling = await changeDevice(object.id, change, { actor: deviceRegistrationService, ports: inside });
    if (deviceRuling.outcome !== 'passed') return deviceRuling;
    await inside.audits.note({
      activity: old ? 'Renew device registration' : 'Register device',
      targetId: object.id,
      actor: deviceRegistrationService,
      old: undefined,
      new: { deviceId, joinType: request.joinType },
    });
    return passed({ objectId: object.id, registration }, 'deviceRegistered', { deviceId });
  });
}

/** A device leaves by itself (windows-sign-in §2.7). Refuses with graphObjectMissing. */
export function leaveDevice(
  { objectId, deviceId }: Pick<DeviceRegistration, 'objectId' | 'deviceId'>,
  ports: AdminPorts,
): Promise<Ruling<void>> {
  return changeInTransaction(ports, async (inside) => {
    const deviceRuling = await removeDevice(objectId, { actor: deviceRegistrationService, ports: inside });
    if (deviceRuling.outcome !== 'passed') return deviceRuling;
    await inside.audits.note({
      activity: 'Unregister device',
      targetId: objectId,
      actor: deviceRegistrationService,
      old: { deviceId },
      new: undefined,
    });
    return success();
  });
}
