import { createHash } from 'node:crypto';
import type { User } from '#core/binding/user.ts';
import { evaluateJoin, type JoinAttempt, updateNeeded } from '#core/device/registration/registration-policy.ts';
import { deviceRegistrationAppId } from '#core/directory/well-known-applications.ts';
import type { Because } from '#core/trace/reasons.ts';
import { passed, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Device, DeviceRegistration, TrustType } from '#model/device.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { AdminPorts, SignInContext } from '#ports/ports.ts';
import { actorText } from '../actor.ts';
import { changeInTransaction } from '../safety/transaction.ts';
import { addDevice, changeDevice } from './devices.ts';
import { registrationPolicyOf } from './registration-policy.ts';

/** The audit actor of every change that a device makes by itself. */
export const deviceRegistrationService = actorText({
  kind: 'app',
  id: deviceRegistrationAppId,
  name: 'Device Registration Service',
});

/** A request to join or register a device, of an authenticated user. */
export interface JoinRequest extends Omit<JoinAttempt, 'user'> {
  readonly user: User;
  readonly joinType: number;
  readonly displayName: string | undefined;
  /** DER of SubjectPublicKeyInfo; its owner proved possession. */
  readonly deviceKey: Uint8Array;
  /** DER of SubjectPublicKeyInfo. */
  readonly transportKey: Uint8Array;
  /** Whether an object of the user may be used again, given a proof (windows-sign-in §2.3). */
  readonly reuse: boolean;
  /** The device whose certificate the TLS connection has. */
  readonly connectedDeviceId: string | undefined;
}

/** Issues the certificate of a device, DER, with the date on which it expires. */
export type IssueCertificate = (device: {
  readonly deviceId: string;
  readonly userId: string;
  readonly isJoined: boolean;
  readonly deviceKey: Uint8Array;
}) => { readonly certificate: Uint8Array; readonly expires: Date };

export interface JoinedDevice {
  readonly objectId: string;
  readonly registration: DeviceRegistration;
}

const trustTypes: Readonly<Record<number, TrustType>> = { 0: 'AzureAd', 8: 'AzureAd', 4: 'Workplace', 6: 'ServerAd' };

/**
 * Joins or registers a device within the tenant's lock, so that the quota holds when two requests come at once. Refuses
 * with the reasons of `evaluateJoin`, or `deviceQuotaReached`. Refuses with textHoldsControls, textTooLong.
 */
export function joinDevice(
  request: JoinRequest,
  issue: IssueCertificate,
  { ports, at }: SignInContext<AdminPorts>,
): Promise<Ruling<JoinedDevice>> {
  return changeInTransaction(ports, async (inside): Promise<Ruling<JoinedDevice>> => {
    const policy = await registrationPolicyOf(inside);
    const joinRuling = evaluateJoin(request, policy);
    if (joinRuling.outcome !== 'passed') return joinRuling;
    const ownedIds = await inside.devices.index.devicesOf(request.user.id, 'owner');
    const previous = request.reuse ? await reusable(request, ownedIds, inside) : undefined;
    if (!previous && ownedIds.length >= policy.userDeviceQuota)
      return refused('deviceQuotaReached', { quota: policy.userDeviceQuota });
    const writeRuling = await write(request, previous, issue, { at, ports: inside });
    if (writeRuling.outcome !== 'passed') return writeRuling;
    const device = writeRuling.value;
    return passed(device, 'deviceRegistered', { deviceId: device.registration.deviceId });
  });
}

/** Notes a join that was refused, so that an administrator sees why: identical ones of a user are one row an hour. */
export function noteRefusedJoin(
  { user, operation }: Pick<JoinRequest, 'user' | 'operation'>,
  because: Because,
  ipAddress: string,
  { audits }: Pick<AdminPorts, 'audits'>,
): Promise<void> {
  const { id, userPrincipalName: name } = user;
  return audits.noteRefusal({
    activity: 'Register device',
    operation: `device ${operation}`,
    targetKind: 'Device',
    targetId: id,
    actor: actorText({ kind: 'user', id, name, ipAddress }),
    caller: id,
    because,
  });
}

/**
 * The user's own device that proves to be the same: it has the same transport key, or the connection has its certificate.
 * A device of another user is never found here (windows-sign-in §9).
 */
async function reusable(
  { transportKey, connectedDeviceId, displayName }: JoinRequest,
  ownedIds: readonly string[],
  { objects, devices }: AdminPorts,
): Promise<StoredObject<Device> | undefined> {
  for (const id of ownedIds) {
    const object = await objects.find<Device>('devices', id);
    const registration = object && (await devices.registrations.find(object.document.deviceId));
    if (!object || !registration) continue;
    if (registration.deviceId === connectedDeviceId) return object;
    const isSameKey = Buffer.from(registration.transportKey).equals(transportKey);
    if (isSameKey && object.document.displayName === displayName) return object;
  }
  return undefined;
}

async function write(
  request: JoinRequest,
  previous: StoredObject<Device> | undefined,
  issue: IssueCertificate,
  { at, ports: inside }: SignInContext<AdminPorts>,
): Promise<Ruling<JoinedDevice>> {
  const { user, joinType } = request;
  const deviceId = previous?.document.deviceId ?? crypto.randomUUID();
  const isJoined = joinType !== 4;
  const issued = issue({ deviceId, userId: user.id, isJoined, deviceKey: request.deviceKey });
  const facts = factsOf(request, deviceId, issued.certificate, at);
  const objectRuling = previous ? await useAgain(previous, facts, inside) : await addNew(facts, user.id, inside);
  if (objectRuling.outcome !== 'passed') return objectRuling;
  const objectId = objectRuling.value;
  const registration: DeviceRegistration = {
    deviceId,
    objectId,
    certificate: issued.certificate,
    thumbprint: sha256(issued.certificate).toString('hex').toUpperCase(),
    transportKey: request.transportKey,
    joinType,
    authenticationMethods: request.methods,
    registeredDateTime: at,
    expiresDateTime: issued.expires,
  };
  await inside.devices.registrations.save(registration);
  await note(request, registration, previous !== undefined, inside);
  return success({ objectId, registration });
}

async function addNew(facts: Device, owner: string, inside: AdminPorts): Promise<Ruling<string>> {
  const auditEntry = { activity: 'Add device', actor: deviceRegistrationService };
  const deviceRuling = await addDevice(facts, owner, auditEntry, inside);
  return deviceRuling.outcome === 'passed' ? success(deviceRuling.value.id) : deviceRuling;
}

/** The old keys prove nothing any more, so what was issued for them ends. A disabled device stays disabled. */
async function useAgain(previous: StoredObject<Device>, facts: Device, inside: AdminPorts): Promise<Ruling<string>> {
  const { deviceId, accountEnabled: _, isCompliant: __, isManaged: ___, ...change } = facts;
  await inside.devices.primaryRefreshTokens.end({ deviceId });
  const deviceRuling = await changeDevice(previous.id, change, { actor: deviceRegistrationService, ports: inside });
  if (deviceRuling.outcome !== 'passed') return deviceRuling;
  return success(previous.id);
}

async function note(
  { user, deviceType, osVersion, methods, joinType }: JoinRequest,
  { deviceId, objectId }: DeviceRegistration,
  reused: boolean,
  { audits }: AdminPorts,
): Promise<void> {
  const warning = updateNeeded(deviceType, osVersion);
  const registration = {
    deviceId,
    joinType,
    userId: user.id,
    userPrincipalName: user.userPrincipalName,
    methods,
    reused,
  };
  await audits.note({
    activity: 'Register device',
    targetId: objectId,
    actor: deviceRegistrationService,
    old: undefined,
    new: { ...registration, osVersion, ...(warning === undefined ? {} : { smartCardSignIn: warning }) },
  });
}

function factsOf(request: JoinRequest, deviceId: string, certificate: Uint8Array, at: Date): Device {
  const { joinType, displayName, deviceType, osVersion, deviceKey } = request;
  return {
    deviceId,
    displayName: displayName?.trim() || deviceId,
    accountEnabled: true,
    operatingSystem: deviceType,
    operatingSystemVersion: osVersion,
    trustType: trustTypes[joinType] ?? null,
    profileType: 'RegisteredDevice',
    isCompliant: null,
    isManaged: null,
    registrationDateTime: at.toISOString(),
    approximateLastSignInDateTime: at.toISOString(),
    alternativeSecurityIds: [securityIdOf(certificate, deviceKey)],
    physicalIds: [],
    systemLabels: [],
    deviceOwnership: joinType === 4 ? 'Personal' : 'Company',
    enrollmentType: null,
    onPremisesSyncEnabled: null,
    mdmAppId: null,
  };
}

/** `X509:<SHA1-TP-PUBKEY>`, the thumbprint and the hash of the public key (windows-sign-in §2.6). */
export function securityIdOf(certificate: Uint8Array, deviceKey: Uint8Array): Device['alternativeSecurityIds'][number] {
  const thumbprint = createHash('sha1').update(certificate).digest('hex').toUpperCase();
  const text = `X509:<SHA1-TP-PUBKEY>${thumbprint}${sha256(deviceKey).toString('base64')}`;
  return { type: 2, identityProvider: null, key: Buffer.from(text, 'utf16le').toString('base64') };
}

const sha256 = (octets: Uint8Array): Buffer => createHash('sha256').update(octets).digest();
