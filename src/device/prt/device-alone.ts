import type { CompactJws } from '#core/device/jose/compact-jws.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import type { BrokerAnswer, BrokerRequest } from '#signin/device/broker.ts';
import { factsOf } from '#signin/device/device-facts.ts';
import { peerCertificateOfDevice } from '../certificates/peer-certificates.ts';
import { certificateAnswer, certificateUseIn } from '../certificates/requests.ts';
import { peerContent } from '../certificates/user-certificates.ts';
import type { PrtTenant } from './context.ts';
import { type DeviceRequest, readDeviceRequest, unreplayed } from './requests/device-request.ts';

/** Grants of a device without a user (windows-sign-in §3.11). */
const grants: Readonly<Record<string, typeof certificateOfDevice>> = {
  device_auth: certificateOfDevice,
  device_token: tokenOfDevice,
};

const grantOf = ({ payload }: CompactJws) => {
  const name = String(payload.grant_type);
  return Object.hasOwn(grants, name) ? grants[name] : undefined;
};

/** Whether a request is for the device itself. Not trusted before the request has been evaluated. */
export const isOfDeviceAlone = (jws: CompactJws): boolean => grantOf(jws) !== undefined;

/** Answers a request of a device for itself: a certificate for other devices, or an access token. */
export async function answerDeviceAlone(request: BrokerRequest, tenant: PrtTenant): Promise<BrokerAnswer> {
  const text = request.form.fields.request ?? '';
  const ruling = await unreplayed(await readDeviceRequest(text, tenant), tenant);
  if (ruling.outcome !== 'passed') return refusal(ruling.because, 'invalid_grant');
  return grantOf(ruling.value.jws)!(ruling.value, request, tenant);
}

const refusal = (because: Because, error: 'invalid_grant' | 'invalid_request'): BrokerAnswer => ({
  kind: 'refused',
  error,
  because,
});

async function certificateOfDevice(
  request: DeviceRequest,
  { version }: BrokerRequest,
  tenant: PrtTenant,
): Promise<BrokerAnswer> {
  const use = certificateUseIn(request.jws.payload);
  if (use !== 'device_cert')
    return refusal(
      because('certificateUseRefused', { problem: `cert_token_use "${use ?? ''}" is not offered to devices` }),
      'invalid_request',
    );
  const issuing = await peerCertificateOfDevice(request, tenant);
  if (issuing.outcome !== 'passed') return refusal(issuing.because, 'invalid_request');
  const body = certificateAnswer(issuing.value, peerContent(issuing.value), { version, at: tenant.at });
  return { kind: 'plain', body };
}

/** The OpenID provider makes the token, which proves the device alone. */
async function tokenOfDevice({ jws, device }: DeviceRequest): Promise<BrokerAnswer> {
  const text = (name: string) => String(jws.payload[name] ?? '').slice(0, 400);
  return {
    kind: 'deviceToken',
    device: factsOf(device.object.document),
    objectId: device.object.id,
    clientId: text('client_id'),
    resource: text('resource'),
  };
}
