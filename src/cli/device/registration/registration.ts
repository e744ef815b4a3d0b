import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { isGuid } from '#core/device/guid.ts';
import { decodeBase64 } from '#core/device/jose/base64.ts';
import { decodeDeviceExtensions } from '#core/device/registration/certificate-extensions.ts';
import { transportKeyBlob } from '#core/device/transport-key.ts';
import { fault } from '#core/trace/fault.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import { pem } from '#pki/build/certificate-builder.ts';
import { buildCertificationRequest } from '#pki/build/certification-request.ts';
import { publicKeyInfo } from '#pki/build/fields/keys.ts';
import type { ClientTls } from '../../client/network.ts';
import type { DeviceKeys, DeviceRecord } from '../state/device-state.ts';
import { certificationRequestSubject } from '../well-known.ts';
import type { DeviceServer } from '../wire/device-server.ts';
import { answerIn, type JsonObject, objectMember, textMember, textsMember } from '../wire/json.ts';
import { registrationHeaders } from './discovery.ts';

/** What a device says of itself at registration. */
export interface DeviceDescription {
  readonly displayName: string;
  /** `Windows`, `Linux` and so on. */
  readonly deviceType: string;
  readonly osVersion: string;
}

/** A device that is to be registered, and its keys. */
export interface NewDevice {
  readonly description: DeviceDescription;
  readonly keys: DeviceKeys;
}

/** Two RSA keys of 2048 bits, as a Windows device makes them. */
export async function generateDeviceKeys(): Promise<DeviceKeys> {
  const generate = async () => (await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })).privateKey;
  return { device: await generate(), transport: await generate() };
}

/** JoinType of a request of a user (windows-sign-in §2.3). */
const joinTypes = { joined: 0, registered: 4 } as const;

/** The certification request of a body: its subject is the constant of all devices (windows-sign-in §0.4). */
export const certificateRequestPart = (deviceKey: KeyObject): JsonObject => ({
  Type: 'pkcs10',
  Data: base64(buildCertificationRequest(certificationRequestSubject, deviceKey)),
});

/** The body of a registration request (windows-sign-in §2.3). */
export function registrationBody(
  description: DeviceDescription,
  keys: DeviceKeys,
  join: keyof typeof joinTypes,
  targetDomain: string,
): JsonObject {
  return {
    CertificateRequest: certificateRequestPart(keys.device),
    TransportKey: base64(transportKeyBlob(createPublicKey(keys.transport))),
    TargetDomain: targetDomain,
    DeviceType: description.deviceType,
    OSVersion: description.osVersion,
    DeviceDisplayName: description.displayName,
    JoinType: joinTypes[join],
    AikCertificate: '',
    AttestationData: '',
    Attributes: { ReuseDevice: 'true', ReturnClientSid: 'true', SharedDevice: 'false' },
  };
}

/** Where and as whom a device registers. */
export interface RegistrationTarget {
  readonly loginOrigin: string;
  /** Of the discovery; the device is removed at the same host. */
  readonly joinEndpoint: URL;
  readonly accessToken: string;
  readonly targetDomain: string;
  /** Tenant of the discovery, for servers whose device certificates do not name it. */
  readonly tenantId: string | undefined;
}

/** Registers the device and answers what the state folder keeps. @throws what {@link DeviceServer.ask} does */
export async function registerDevice(
  server: DeviceServer,
  target: RegistrationTarget,
  { description, keys }: NewDevice,
  { join, at }: { readonly join: 'joined' | 'registered'; readonly at: Date },
): Promise<DeviceRecord> {
  const url = new URL(target.joinEndpoint);
  url.searchParams.set('api-version', '2.0');
  const answer = await server.ask({
    about: 'the registration of the device',
    url,
    headers: { authorization: `Bearer ${target.accessToken}`, ...registrationHeaders(description.osVersion) },
    json: registrationBody(description, keys, join, target.targetDomain),
  });
  const identity = readRegistration(answer, keys.device, target.tenantId);
  const [loginOrigin, registrationOrigin] = [target.loginOrigin, target.joinEndpoint.origin];
  return { ...identity, ...description, join, loginOrigin, registrationOrigin, registeredAt: at.toISOString() };
}

/** What is read of the answer (windows-sign-in §2.4). */
const registrationShape = z.object({
  Certificate: objectMember(z.object({ RawBody: textMember })),
  User: objectMember(z.object({ Upn: textMember })),
  MembershipChanges: z
    .array(z.object({ LocalSID: textMember, AddSIDs: textsMember }).catch({ LocalSID: undefined, AddSIDs: [] }))
    .catch([]),
});

type Identity = Pick<DeviceRecord, 'deviceId' | 'tenantId' | 'certificate' | 'registeredBy' | 'localAdministrators'>;

/**
 * Reads the answer (windows-sign-in §2.4): a certificate for the key of this device, whose subject is the device id.
 * @throws deviceAnswerMalformed
 */
export function readRegistration(answer: JsonObject, deviceKey: KeyObject, tenantId: string | undefined): Identity {
  const content = answerIn(registrationShape, answer, 'the registration of the device');
  const certificate = content.Certificate?.RawBody;
  const read = certificateFor(certificate, deviceKey);
  const [, deviceId = ''] = /^CN=([\da-f-]{36})$/i.exec(nameToString(read.subject)) ?? [];
  if (!isGuid(deviceId)) throw malformedAnswer('the subject of the device certificate is not a device id');
  const extensions = decodeDeviceExtensions(new Map(read.extensions.map(({ oid, value }) => [oid, value])));
  const tenant = extensions?.tenantId ?? tenantId;
  if (tenant === undefined) throw malformedAnswer('neither the device certificate nor the discovery names the tenant');
  return {
    deviceId: deviceId.toLowerCase(),
    tenantId: tenant,
    certificate: certificate!,
    registeredBy: content.User?.Upn ?? '',
    localAdministrators: administratorsIn(content.MembershipChanges),
  };
}

function certificateFor(base64Text: string | undefined, deviceKey: KeyObject): Certificate {
  const der = base64Text === undefined ? undefined : decodeBase64(base64Text);
  const ruling = der && readCertificate(der);
  if (ruling?.outcome !== 'passed') throw malformedAnswer('Certificate.RawBody is not base64 of a certificate');
  if (!Buffer.from(ruling.value.subjectPublicKeyInfo).equals(publicKeyInfo(deviceKey)))
    throw malformedAnswer('the device certificate is for another key');
  return ruling.value;
}

/** The group S-1-5-32-544 of a device: its administrators. */
const administratorsIn = (changes: z.infer<typeof registrationShape>['MembershipChanges']): readonly string[] =>
  changes.filter(({ LocalSID }) => LocalSID === 'S-1-5-32-544').flatMap(({ AddSIDs }) => AddSIDs);

/** The device certificate and its key, for TLS. */
export const deviceTls = (record: DeviceRecord, keys: DeviceKeys): ClientTls => ({
  cert: pem('CERTIFICATE', Buffer.from(record.certificate, 'base64')),
  key: keys.device.export({ type: 'pkcs8', format: 'pem' }).toString(),
});

/** Removes the device from the directory. `server` shows the device certificate in TLS (windows-sign-in §2.7). */
export async function deleteDevice(server: DeviceServer, record: DeviceRecord) {
  const url = new URL(`/EnrollmentServer/device/${record.deviceId}?api-version=1.0`, record.registrationOrigin);
  return server.send({
    about: 'the removal of the device',
    url,
    method: 'DELETE',
    headers: registrationHeaders(record.osVersion),
  });
}

const malformedAnswer = (problem: string) =>
  fault('deviceAnswerMalformed', { request: 'the registration of the device', problem });
const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');
