import { leaveDevice } from '#admin/devices/renew-device.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { answer } from './answers.ts';
import { connectedDevice } from './authenticated.ts';
import type { RegistrationContext, RegistrationRequest } from './context.ts';

/**
 * `DELETE /EnrollmentServer/device/{deviceId}` with the device certificate as TLS client certificate (windows-sign-in §2.7).
 * Everything that was issued to the device ends. @throws deviceCertificateMissing, deviceIdMismatch, those of `registeredDevice`
 */
export async function leave(context: RegistrationContext, call: RegistrationRequest): Promise<Response> {
  const device = await connectedDevice(context, call);
  if (!device) throw fault('deviceCertificateMissing', {});
  if (device.registration.deviceId !== call.name) throw fault('deviceIdMismatch', { deviceId: call.name.slice(0, 40) });
  orThrow(await leaveDevice(device.registration, device.ports));
  return answer({}, {});
}
