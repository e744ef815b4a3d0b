import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { transportKeyBlob } from '#core/device/transport-key.ts';
import type { DeviceRecord } from '../state/device-state.ts';
import type { DeviceServer } from '../wire/device-server.ts';
import type { JsonObject } from '../wire/json.ts';
import { type RegistrationService, registrationHeaders } from './discovery.ts';
import { certificateRequestPart, type NewDevice, readRegistration } from './registration.ts';

/** The computer object of Active Directory that a synchronization manages (windows-sign-in §2.8, §6.2). */
export interface ComputerObject {
  /** objectGUID: it becomes the device id. */
  readonly objectGuid: string;
  /** objectSid: `S-1-5-21-…`. */
  readonly sid: string;
  /** Private key of the certificate that the computer wrote to its userCertificate. RSA. */
  readonly key: KeyObject;
  readonly domainController: string;
}

/** What proves to the server that the computer itself asks: its SID and the time, signed. */
export function clientIdentity({ sid, key }: ComputerObject, at: Date): JsonObject {
  const text = `${sid}.${at.toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return {
    Type: 'sha256signed',
    Sid: text,
    SignedBlob: sign('sha256', Buffer.from(text, 'ascii'), key).toString('base64'),
  };
}

/** Joins a synchronized computer, without a user (windows-sign-in §2.8). @throws what {@link DeviceServer.ask} does */
export async function joinComputer(
  server: DeviceServer,
  target: RegistrationService & { readonly loginOrigin: string; readonly targetDomain: string },
  { description, keys }: NewDevice,
  { computer, at }: { readonly computer: ComputerObject; readonly at: Date },
): Promise<DeviceRecord> {
  const answer = await server.ask({
    about: 'the registration of the device',
    url: new URL(`${computer.objectGuid}?api-version=2.0`, target.joinEndpoint),
    method: 'PUT',
    headers: registrationHeaders(description.osVersion),
    json: {
      CertificateRequest: certificateRequestPart(keys.device),
      JoinType: 6,
      attributes: { ReuseDevice: 'true', ReturnClientSid: 'true', SharedDevice: 'false' },
      ServerAdJoinData: {
        TransportKey: Buffer.from(transportKeyBlob(createPublicKey(keys.transport))).toString('base64'),
        TargetDomain: target.targetDomain,
        ...(target.tenantId === undefined ? {} : { TargetDomainId: target.tenantId }),
        DeviceType: description.deviceType,
        OSVersion: description.osVersion,
        DeviceDisplayName: description.displayName,
        SourceDomainController: computer.domainController,
        ClientIdentity: clientIdentity(computer, at),
      },
    },
  });
  const identity = readRegistration(answer, keys.device, target.tenantId);
  const [loginOrigin, registrationOrigin] = [target.loginOrigin, target.joinEndpoint.origin];
  return {
    ...identity,
    ...description,
    join: 'hybrid',
    loginOrigin,
    registrationOrigin,
    registeredAt: at.toISOString(),
  };
}
