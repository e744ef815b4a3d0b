import { verify } from 'node:crypto';
import type { z } from 'zod';
import { findDevice } from '#admin/devices/devices.ts';
import { type RenewRequest, renewDevice } from '#admin/devices/renew-device.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { publicKey } from '#core/x509/algorithms/public-key.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import type { Device } from '#model/device.ts';
import type { SignInContext } from '#ports/ports.ts';
import { isFirstUse } from '../first-use.ts';
import { answer } from './answers.ts';
import { type ConnectedDevice, connectedDevice } from './authenticated.ts';
import type { RegistrationContext, RegistrationPorts, RegistrationRequest } from './context.ts';
import { deviceKeyIn, issuerOf, responseOf, transportKeyIn } from './join.ts';
import { readRequest, renewShape } from './request-shape.ts';

type Body = z.infer<typeof renewShape>;

/**
 * `PUT /EnrollmentServer/device/{deviceId}` (windows-sign-in §2.8). A registered device renews its certificate with the old
 * one as TLS client certificate. A device that a synchronization manages joins with a proof of its SID.
 */
export async function renew(context: RegistrationContext, call: RegistrationRequest): Promise<Response> {
  const device = await connectedDevice(context, call);
  const body = await readRequest(call.request, renewShape);
  if (device) return renewRegistered(context, call, body, device);
  if (!body.ServerAdJoinData) throw fault('deviceCertificateMissing', {});
  return joinSynchronised(context, call, body);
}

async function renewRegistered(
  context: RegistrationContext,
  { name }: RegistrationRequest,
  body: Body,
  device: ConnectedDevice,
): Promise<Response> {
  const { registration, ports, at } = device;
  if (registration.deviceId !== name) throw fault('deviceIdMismatch', { deviceId: name.slice(0, 40) });
  const request = requestOf(body, name, deviceKeyIn(body.CertificateRequest.Data, ports.tenant.id, context, at));
  return sendRenewal(context, { ...request, joinType: registration.joinType }, device);
}

/** Seconds that the time of a SID proof may differ from the time here (windows-sign-in §2.8). */
export const sidProofSeconds = 600;

/** @throws syncedDeviceMissing, sidProofRefused */
async function joinSynchronised(
  context: RegistrationContext,
  { name, at }: RegistrationRequest,
  body: Body,
): Promise<Response> {
  const target = await synchronisedDevice(name, body.ServerAdJoinData!, context);
  if (!target) throw fault('syncedDeviceMissing', { deviceId: name.slice(0, 40) });
  const { object, ports } = target;
  const problem = proofProblem(body.ServerAdJoinData!.ClientIdentity, object, at);
  if (problem !== undefined) throw fault('sidProofRefused', { problem });
  if (!object.accountEnabled) throw fault('deviceDisabled', { deviceId: name });
  const joinBody = { ...body, ...body.ServerAdJoinData };
  const request = requestOf(joinBody, name, deviceKeyIn(body.CertificateRequest.Data, ports.tenant.id, context, at));
  // The proof does not name the key of the request: sent again with another key, it would take the device over.
  const { Sid } = body.ServerAdJoinData!.ClientIdentity;
  if (!(await isFirstUse(`SID proof of ${name} ${Sid}`, 2 * sidProofSeconds, ports.oidcRecords)))
    throw fault('sidProofRefused', { problem: 'it was sent before' });
  return sendRenewal(context, { ...request, joinType: 6 }, { ports, at }, []);
}

/** The tenant is the one that the request names, by id or domain: there is no token. */
async function synchronisedDevice(
  deviceId: string,
  { TargetDomainId, TargetDomain }: NonNullable<Body['ServerAdJoinData']>,
  { tenants, portsOf }: RegistrationContext,
): Promise<{ readonly object: Device; readonly ports: RegistrationPorts } | undefined> {
  const tenant = await tenants.find((TargetDomainId ?? TargetDomain ?? '').toLowerCase());
  const ports = tenant && (await portsOf(tenant.id));
  const device = ports && (await findDevice({ deviceId }, ports));
  return ports && device?.document.onPremisesSyncEnabled ? { object: device.document, ports } : undefined;
}

/** What is wrong with `{SID}.{time}` and its signature by the synchronized certificate; undefined when nothing is. */
function proofProblem(
  { Type, Sid, SignedBlob }: NonNullable<Body['ServerAdJoinData']>['ClientIdentity'],
  device: Device,
  at: Date,
): string | undefined {
  if (Type.toLowerCase() !== 'sha256signed') return 'its type is not sha256signed';
  const dot = Sid.indexOf('.'); // a SID has none
  const [sid, time] = [Sid.slice(0, dot), Sid.slice(dot + 1)];
  if (dot < 0 || sid !== device.onPremisesSecurityIdentifier) return 'the SID is not the one of the computer';
  const parsed = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)Z$/.exec(time);
  const moment = parsed ? Date.parse(`${parsed[1]}T${parsed[2]}Z`) : Number.NaN;
  if (!(Math.abs(moment - at.getTime()) <= sidProofSeconds * 1000))
    return `its time is not within ${sidProofSeconds} seconds of the time here`;
  const signature = Buffer.from(SignedBlob, 'base64');
  const isSigned = (device.onPremisesCertificates ?? []).some((text) =>
    signs(text, Buffer.from(Sid, 'ascii'), signature),
  );
  return isSigned ? undefined : 'no synchronized certificate of the computer verifies the signature';
}

/** RSASSA-PKCS1-v1_5 with SHA-256. */
function signs(certificate: string, text: Uint8Array, signature: Uint8Array): boolean {
  const reading = readCertificate(new Uint8Array(Buffer.from(certificate, 'base64')));
  const key = reading.outcome === 'passed' ? publicKey(reading.value.subjectPublicKeyInfo) : undefined;
  if (key?.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) return false;
  return verify('sha256', text, key, signature);
}

type Described = Pick<Body, 'TransportKey' | 'DeviceDisplayName' | 'DeviceType' | 'OSVersion'>;

function requestOf(body: Described, deviceId: string, deviceKey: Uint8Array): Omit<RenewRequest, 'joinType'> {
  const { TransportKey, DeviceDisplayName, DeviceType, OSVersion } = body;
  return {
    deviceId,
    deviceKey,
    transportKey: TransportKey === undefined ? undefined : transportKeyIn(TransportKey),
    facts: {
      ...(DeviceDisplayName === undefined ? {} : { displayName: DeviceDisplayName }),
      ...(DeviceType === undefined ? {} : { operatingSystem: DeviceType }),
      ...(OSVersion === undefined ? {} : { operatingSystemVersion: OSVersion }),
    },
  };
}

async function sendRenewal(
  context: RegistrationContext,
  request: RenewRequest,
  inTenant: SignInContext<RegistrationPorts>,
  sids?: readonly string[],
): Promise<Response> {
  const { ports } = inTenant;
  const device = orThrow(await renewDevice(request, await issuerOf(context, inTenant), inTenant));
  const [owner] = await ports.devices.index.usersOf(device.objectId, 'owner');
  const user = owner === undefined ? undefined : await ports.users.find(owner);
  return answer(responseOf(device, user?.userPrincipalName ?? '', sids), {});
}
