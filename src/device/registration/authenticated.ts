import type { User } from '#core/binding/user.ts';
import { accessTokenIn } from '#core/token/bearer.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { SignInContext } from '#ports/ports.ts';
import { type RegisteredDevice, registeredDevice, tenantIdInCertificate } from '../registered-device.ts';
import type { DeviceToken, RegistrationContext, RegistrationPorts, RegistrationRequest } from './context.ts';

export interface AuthenticatedUser extends SignInContext<RegistrationPorts> {
  readonly token: DeviceToken;
  readonly user: User;
}

export interface ConnectedDevice extends RegisteredDevice, SignInContext<RegistrationPorts> {}

/** The enabled user whose token the request has. The body has not been read. @throws deviceTokenRefused */
export async function authenticatedUser(
  context: RegistrationContext,
  { request, incoming, at }: RegistrationRequest,
): Promise<AuthenticatedUser> {
  const refuse = (problem: string) => fault('deviceTokenRefused', { problem });
  const text = accessTokenIn(request.headers.get('authorization'));
  if (text === undefined) throw refuse('the header Authorization has no token');
  const token = orThrow(await context.checkToken(text, () => context.certificateOf(incoming)));
  const ports = await context.portsOf(token.tenantId);
  const user = await ports.users.find(token.userId);
  if (!user) throw refuse('its user is deleted');
  if (!user.accountEnabled) throw refuse('its user is disabled');
  return { token, user, ports, at };
}

/** The device whose certificate the connection has; undefined when it has none. @throws the reasons of `registeredDevice` */
export async function connectedDevice(
  context: RegistrationContext,
  { incoming, at }: RegistrationRequest,
): Promise<ConnectedDevice | undefined> {
  const certificate = context.certificateOf(incoming);
  if (!certificate) return undefined;
  const tenantId = tenantIdInCertificate(certificate);
  const tenant = tenantId === undefined ? undefined : await context.tenants.find(tenantId);
  if (!tenant) throw fault('deviceCertificateMisfit', { problem: 'it does not name a tenant of this installation' });
  const inTenant = { ports: await context.portsOf(tenant.id), at };
  return { ...orThrow(await registeredDevice(certificate, inTenant)), ...inTenant };
}
