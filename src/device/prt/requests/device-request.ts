import { timesProblem } from '#core/device/jose/claimed-times.ts';
import { type CompactJws, certificatesInHeader, readCompactJws } from '#core/device/jose/compact-jws.ts';
import { isSignedBy, publicKeyOf } from '#core/device/jose/jws-signature.ts';
import { checkRequestNonce } from '#core/device/request-nonce.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { isFirstUse } from '../../first-use.ts';
import { type RegisteredDevice, registeredDevice } from '../../registered-device.ts';
import type { PrtTenant } from '../context.ts';

/** A request that a registered device has signed. */
export interface DeviceRequest {
  readonly jws: CompactJws;
  readonly device: RegisteredDevice;
}

/**
 * Reads a request that a device signs (windows-sign-in §3.2, §3.4 step 1): certificate, device, signature, nonce, in this
 * order. Refuses with `deviceRequestMalformed`, the reasons of {@link registeredDevice}, `deviceSignatureWrong`,
 * `deviceNonceMissing` or `deviceNonceInvalid`.
 */
export async function readDeviceRequest(text: string, tenant: PrtTenant): Promise<Ruling<DeviceRequest>> {
  const reading = readCompactJws(text);
  if (reading.outcome !== 'passed') return reading;
  const jws = reading.value;
  const certificates = certificatesInHeader(jws);
  if (certificates.outcome !== 'passed') return certificates;
  const [certificate] = certificates.value;
  const device = await registeredDevice(certificate!, tenant);
  if (device.outcome !== 'passed') return device;
  const { deviceId } = device.value.registration;
  // MS-OAPXBC names RS256 alone for the key of a device.
  const key = publicKeyOf(deviceKeyOf(device.value.registration.certificate));
  const isSigned = key && jws.header.alg === 'RS256' && isSignedBy(jws, 'RS256', key);
  if (!isSigned) return refused('deviceSignatureWrong', { deviceId });
  const problem = timesProblem(jws.payload, tenant.at);
  if (problem) return refused('assertionOutdated', { problem });
  const nonce = checkRequestNonce(jws.payload.request_nonce, tenant.nonceKey, tenant.at);
  if (nonce.outcome !== 'passed') return nonce;
  return passed({ jws, device: device.value }, 'deviceRequestSigned', { deviceId });
}

/** SubjectPublicKeyInfo of a device certificate that was registered. */
export function deviceKeyOf(certificate: Uint8Array): Uint8Array {
  const reading = readCertificate(certificate);
  if (reading.outcome !== 'passed') throw new Error('the certificate of a registration is unreadable');
  return reading.value.subjectPublicKeyInfo;
}

/** Seconds for which a signed request is remembered: longer than its nonce is taken. */
export const rememberedSeconds = 900;

/** A request that a device signs is taken once, though its nonce is not used up (windows-sign-in §3.1). */
export async function unreplayed(ruling: Ruling<DeviceRequest>, { ports }: PrtTenant): Promise<Ruling<DeviceRequest>> {
  if (ruling.outcome !== 'passed') return ruling;
  const { signingInput } = ruling.value.jws;
  return (await isFirstUse(signingInput, rememberedSeconds, ports.oidcRecords))
    ? ruling
    : refused('deviceRequestReplayed', {});
}
