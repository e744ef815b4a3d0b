import { createHash, createPublicKey } from 'node:crypto';
import {
  type IssueCertificate,
  type JoinedDevice,
  type JoinRequest,
  joinDevice,
  noteRefusedJoin,
} from '#admin/devices/join-device.ts';
import { registrationPolicyOf } from '#admin/devices/registration-policy.ts';
import type { User } from '#core/binding/user.ts';
import { cloudSid } from '#core/device/guid.ts';
import { readCertificateRequest } from '#core/device/registration/certificate-request.ts';
import { type DeviceRegistrationPolicy, isMemberOf } from '#core/device/registration/registration-policy.ts';
import { readTransportKey } from '#core/device/transport-key.ts';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { clientOf } from '#net/limits/limits.ts';
import type { SignInContext } from '#ports/ports.ts';
import { answer } from './answers.ts';
import { authenticatedUser, connectedDevice } from './authenticated.ts';
import type { RegistrationContext, RegistrationPorts, RegistrationRequest } from './context.ts';
import { deviceAuthorityAt, deviceCertificateDays, issueDeviceCertificate } from './device-authority.ts';
import { isSet, joinShape, readRequest } from './request-shape.ts';

/** Entra's role of local administrators of joined devices, by template id. */
const localAdministrator = '9f06204d-73c1-4d4c-880a-6edb90606fd8';
const administratorsGroup = 'S-1-5-32-544';
const region = 'WW';

/**
 * `POST /EnrollmentServer/device/`: joins (0, 8) or registers (4) a device for the user of the token (windows-sign-in §2.3).
 * The token is checked before the body is read.
 */
export async function join(context: RegistrationContext, call: RegistrationRequest): Promise<Response> {
  const caller = await authenticatedUser(context, call);
  const { token, user, ports } = caller;
  const body = await readRequest(call.request, joinShape);
  const operation = operations[body.JoinType];
  if (!operation) throw fault('joinTypeUnknown', { joinType: body.JoinType });
  const deviceKey = deviceKeyIn(body.CertificateRequest.Data, token.tenantId, context, call.at);
  const reuse = isSet(body, 'ReuseDevice');
  const connected = reuse ? await connectedDevice(context, call) : undefined;
  const request: JoinRequest = {
    user,
    operation,
    methods: token.methods,
    joinType: body.JoinType,
    displayName: body.DeviceDisplayName,
    deviceType: body.DeviceType ?? 'Unknown',
    osVersion: body.OSVersion ?? '',
    deviceKey,
    transportKey: transportKeyIn(body.TransportKey),
    reuse,
    connectedDeviceId: connected?.ports.tenant.id === token.tenantId ? connected.registration.deviceId : undefined,
  };
  const ruling = await joinDevice(request, await issuerOf(context, caller), caller);
  if (ruling.outcome !== 'passed') await noteRefusedJoin(request, ruling.because, clientOf(call.incoming), ports);
  const device = orThrow(ruling);
  const sids = isSet(body, 'ReturnClientSid')
    ? administratorsOf(user, operation, await registrationPolicyOf(ports))
    : undefined;
  return answer(responseOf(device, user.userPrincipalName, sids), {});
}

const operations: Readonly<Record<number, 'join' | 'register'>> = { 0: 'join', 8: 'join', 4: 'register' };

/** The key of a certification request, DER; its nonce is checked where it has one. @throws its reasons, deviceNonceRefused */
export function deviceKeyIn(base64: string, tenantId: string, { nonces }: RegistrationContext, at: Date): Uint8Array {
  const { publicKey, nonce } = orThrow(readCertificateRequest(base64));
  const problem = nonce === undefined ? undefined : nonces.problemOf(nonce, tenantId, at);
  if (problem !== undefined) throw fault('deviceNonceRefused', { problem });
  return publicKey;
}

/** DER of SubjectPublicKeyInfo. @throws transportKeyUnreadable, transportKeyWeak */
export const transportKeyIn = (base64: string): Uint8Array =>
  new Uint8Array(orThrow(readTransportKey(base64)).export({ type: 'spki', format: 'der' }));

/** Issues with the tenant's authority, which is made before a transaction begins where there is none. */
export async function issuerOf(
  { authorityNames }: RegistrationContext,
  { ports: { tenant, devices }, at }: SignInContext<RegistrationPorts>,
): Promise<IssueCertificate> {
  const authority = await deviceAuthorityAt(devices.authorities, authorityNames, at);
  return ({ deviceId, userId, isJoined, deviceKey }) => {
    const key = createPublicKey({ key: Buffer.from(deviceKey), format: 'der', type: 'spki' });
    const extensions = { deviceId, userId, tenantId: tenant.id, isJoined, region };
    return {
      certificate: issueDeviceCertificate(authority, key, extensions, at),
      expires: new Date(at.getTime() + deviceCertificateDays * 86_400_000),
    };
  };
}

/** Security identifiers that become local administrators of a joined device (windows-sign-in §2.4). */
function administratorsOf(
  user: User,
  operation: 'join' | 'register',
  policy: DeviceRegistrationPolicy,
): readonly string[] {
  if (operation === 'register') return [];
  return [
    cloudSid(localAdministrator),
    ...(policy.enableGlobalAdmins ? [cloudSid(globalAdministrator)] : []),
    ...(isMemberOf(policy.registeringUsers, user) ? [cloudSid(user.id)] : []),
  ];
}

/** The answer of a join and of a renewal (windows-sign-in §2.4). */
export function responseOf({ registration }: JoinedDevice, upn: string, sids: readonly string[] | undefined) {
  const { certificate } = registration;
  return {
    Certificate: {
      Thumbprint: createHash('sha1').update(certificate).digest('hex').toUpperCase(),
      RawBody: Buffer.from(certificate).toString('base64'),
    },
    User: { Upn: upn },
    ...(sids === undefined ? {} : { MembershipChanges: [{ LocalSID: administratorsGroup, AddSIDs: sids }] }),
  };
}
