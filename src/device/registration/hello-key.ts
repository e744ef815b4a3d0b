import { createHash } from 'node:crypto';
import { addHelloKey } from '#admin/devices/hello-key.ts';
import { decodeBase64 } from '#core/device/jose/base64.ts';
import { readTransportKey } from '#core/device/transport-key.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { type Device, deviceKind } from '#model/device.ts';
import { answer } from './answers.ts';
import { type AuthenticatedUser, authenticatedUser } from './authenticated.ts';
import type { RegistrationContext, RegistrationRequest } from './context.ts';
import { helloShape, readRequest } from './request-shape.ts';

/**
 * `POST /EnrollmentServer/key/`: registers the Windows Hello key of the token's user on the token's device (MS-KPP
 * 3.1.5.1.1). The token was issued on a registered device, with multifactor authentication.
 */
export async function registerHelloKey(context: RegistrationContext, call: RegistrationRequest): Promise<Response> {
  const authenticated = await authenticatedUser(context, call);
  const deviceId = await deviceOf(authenticated);
  if (!/\bapplication\/json\b/i.test(call.request.headers.get('accept') ?? ''))
    throw fault('deviceBodyUnreadable', { problem: 'the header Accept is not application/json' });
  const { kngc } = await readRequest(call.request, helloShape);
  const key = orThrow(readTransportKey(kngc));
  const { user, ports } = authenticated;
  const isAdded = await addHelloKey(
    {
      keyId: createHash('sha256').update(decodeBase64(kngc)!).digest('base64'),
      userId: user.id,
      deviceId,
      publicKey: new Uint8Array(key.export({ type: 'spki', format: 'der' })),
      createdDateTime: call.at,
    },
    ports,
  );
  if (!isAdded)
    throw fault('deviceBodyUnreadable', { problem: 'the key is registered already, or the user has too many' });
  const kid = crypto.randomUUID();
  return answer({ kid, upn: user.userPrincipalName }, { 'request-id': call.traceId });
}

/** The registered, enabled device that the token was issued on. @throws helloTokenRefused */
async function deviceOf({ token: { deviceId, methods }, ports }: AuthenticatedUser): Promise<string> {
  const refuse = (problem: string) => fault('helloTokenRefused', { problem });
  if (deviceId === undefined) throw refuse('the token was not issued on a device');
  if (!methods.some((method) => method === 'ngcmfa' || method === 'mfa'))
    throw refuse('the token has no multifactor authentication');
  const registration = await ports.devices.registrations.find(deviceId);
  const object = registration && (await ports.objects.find<Device>(deviceKind, registration.objectId));
  if (!object?.document.accountEnabled) throw refuse('the device of the token is deleted or disabled');
  return deviceId;
}
