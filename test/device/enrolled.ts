import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import {
  deviceAuthorityAt,
  deviceCertificateDays,
  issueDeviceCertificate,
  usualAuthorityNames,
} from '#device/registration/device-authority.ts';
import { type Device, type DeviceRegistration, deviceKind } from '#model/device.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { TenantStorage } from '#storage/storage.ts';
import { rsaKey } from './rsa-keys.ts';

/** A device that is registered in the stores, with its private keys. */
export interface EnrolledDevice {
  readonly object: StoredObject<Device>;
  readonly registration: DeviceRegistration;
  readonly deviceKey: KeyObject;
  readonly transportKey: KeyObject;
}

/** Registers a device in the stores of a tenant without a request. */
export async function enrolDevice(
  tenantId: string,
  stores: Pick<TenantStorage, 'objects' | 'devices'>,
  at: Date,
  change: Partial<Device> & { readonly userId?: string } = {},
): Promise<EnrolledDevice> {
  const { userId = crypto.randomUUID(), ...rest } = change;
  const deviceId = rest.deviceId ?? crypto.randomUUID();
  const [deviceKey, transportKey] = [rsaKey(), rsaKey()];
  const authority = await deviceAuthorityAt(stores.devices.authorities, usualAuthorityNames, at);
  const extensions = { deviceId, userId, tenantId, isJoined: true, region: 'WW' };
  const certificate = issueDeviceCertificate(authority, createPublicKey(deviceKey), extensions, at);
  const object = await stores.objects.add<Device>(
    { kind: deviceKind, id: crypto.randomUUID(), owner: userId, document: { ...plainDevice(at), ...rest, deviceId } },
    { activity: 'Register device', actor: 'test' },
  );
  const registration: DeviceRegistration = {
    deviceId,
    objectId: object.id,
    certificate,
    thumbprint: createHash('sha256').update(certificate).digest('hex').toUpperCase(),
    transportKey: new Uint8Array(createPublicKey(transportKey).export({ type: 'spki', format: 'der' })),
    joinType: 0,
    authenticationMethods: ['rsa', 'mfa'],
    registeredDateTime: at,
    expiresDateTime: new Date(at.getTime() + deviceCertificateDays * 86_400_000),
  };
  await stores.devices.registrations.save(registration);
  return { object, registration, deviceKey, transportKey };
}

const plainDevice = (at: Date): Omit<Device, 'deviceId'> => ({
  displayName: 'Notebook',
  accountEnabled: true,
  operatingSystem: 'Windows',
  operatingSystemVersion: '10.0.22631.1',
  trustType: 'AzureAd',
  profileType: 'RegisteredDevice',
  isCompliant: null,
  isManaged: null,
  registrationDateTime: at.toISOString(),
  approximateLastSignInDateTime: null,
  alternativeSecurityIds: [],
  physicalIds: [],
  systemLabels: [],
  deviceOwnership: null,
  enrollmentType: null,
  onPremisesSyncEnabled: null,
  mdmAppId: null,
});
