import type { DeviceFacts } from '#core/access/device/device-facts.ts';
import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { passed, type Ruling, refused, success } from '#core/trace/ruling.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { validatePath } from '#core/x509/path.ts';
import { type Device, type DeviceRegistration, deviceKind, type PrimaryRefreshToken } from '#model/device.ts';
import { unrevokedPath } from '#signin/certificate/unrevoked-path.ts';
import { factsOf } from '#signin/device/device-facts.ts';
import { provenSince } from '#signin/with-session.ts';
import type { PrtPorts, PrtTenant } from '../context.ts';
import { deviceKeyOf } from '../requests/device-request.ts';
import { keysOf, type PrimaryToken, passwordStamp } from './primary-token.ts';

/** A primary refresh token that is alive, with its device and its user. */
export interface LiveToken {
  readonly row: PrimaryRefreshToken;
  readonly user: User;
  readonly proofs: readonly Proof[];
  readonly device: DeviceFacts;
  readonly registration: DeviceRegistration;
}

/** Proofs of a primary refresh token are kept under this name, beside those of sessions and grants. */
export const proofsName = (id: string): string => `prt ${id}`;

/**
 * Whether a primary refresh token may still be used (PRT-7): expiry, device, keys of the device, user, revocation of
 * sessions, password, the row itself, certificate. What is found dead is ended at once, so that it cannot come back when
 * the device is enabled again. Refuses with the reason of the first that does not hold.
 */
export async function liveToken(token: PrimaryToken, tenant: PrtTenant): Promise<Ruling<LiveToken>> {
  const { ports, at } = tenant;
  if (token.expires * 1000 <= at.getTime())
    return refused('primaryRefreshTokenExpired', { expired: new Date(token.expires * 1000).toISOString() });
  const device = await deviceOf(token, ports);
  return device.outcome === 'passed' ? evaluateUser(token, device.value, tenant) : ended(device, token, ports);
}

/** The same for the row alone, where the token itself is not presented: what an application got with it. */
export async function liveSession(id: string, tenant: PrtTenant): Promise<Ruling<LiveToken>> {
  const row = await tenant.ports.devices.primaryRefreshTokens.find(id);
  if (!row) return refused('primaryRefreshTokenEnded', { deviceId: '' });
  const device = await deviceOf({ deviceId: row.deviceId, deviceKeys: undefined }, tenant.ports);
  const token = { id, userId: row.userId, deviceId: row.deviceId };
  return device.outcome === 'passed' ? evaluateUser(token, device.value, tenant) : ended(device, token, tenant.ports);
}

interface LiveDevice {
  readonly registration: DeviceRegistration;
  readonly device: DeviceFacts;
}

async function deviceOf(
  { deviceId, deviceKeys }: Pick<PrimaryToken, 'deviceId'> & { readonly deviceKeys: string | undefined },
  ports: PrtPorts,
): Promise<Ruling<LiveDevice>> {
  const registration = await ports.devices.registrations.find(deviceId);
  const object = registration && (await ports.objects.find<Device>(deviceKind, registration.objectId));
  if (!registration || object?.document.deviceId !== deviceId) return refused('deviceUnknown', { deviceId });
  if (!object.document.accountEnabled) return refused('deviceDisabled', { deviceId });
  if (deviceKeys !== undefined && keysOf(deviceKeyOf(registration.certificate), registration) !== deviceKeys)
    return refused('deviceKeyChanged', { deviceId });
  return success({ registration, device: factsOf(object.document) });
}

async function evaluateUser(
  token: Pick<PrimaryToken, 'id' | 'userId' | 'deviceId' | 'password'>,
  { registration, device }: LiveDevice,
  tenant: PrtTenant,
): Promise<Ruling<LiveToken>> {
  const { ports } = tenant;
  const user = await ports.directory.user(token.userId);
  if (!user) return refused('accountUnknown', { username: '' });
  if (!user.accountEnabled)
    return ended(refused('accountDisabled', { userPrincipalName: user.userPrincipalName }), token, ports);
  if (token.password !== undefined && token.password !== passwordStamp(await ports.directory.passwordHash(user.id)))
    return ended(refused('primaryRefreshTokenOutdated', {}), token, ports);
  const row = await ports.devices.primaryRefreshTokens.find(token.id);
  const sessions = checkRevocation(user, row);
  if (sessions.outcome !== 'passed') return sessions;
  if (row?.userId !== user.id || row.deviceId !== token.deviceId)
    return refused('primaryRefreshTokenEnded', { deviceId: token.deviceId });
  const certificate = await checkCertificate(row, tenant);
  if (certificate.outcome !== 'passed') return ended(certificate, token, ports);
  const live = { row, user, registration, device, proofs: provenSince(user, row.proofs) };
  return passed(live, 'primaryRefreshTokenAccepted', { credential: row.credential, deviceId: row.deviceId });
}

/** REV-2. The row of a revoked token is gone with the sessions; the user remembers when that was. */
function checkRevocation(user: User, row: PrimaryRefreshToken | undefined): Ruling<void> {
  const validFrom = user.signInSessionsValidFromDateTime;
  if (validFrom === undefined) return success();
  const provenAt = row?.proofs.at(-1)?.at ?? '';
  const isOlder = row === undefined || provenSince(user, row.proofs).length === 0;
  return isOlder ? refused('sessionRevoked', { provenAt, validFrom }) : success();
}

/** The reasons of a certificate that end what rests on it; what cannot be evaluated ends nothing, as with sessions. */
const endings: ReadonlySet<string> = new Set(['certificateRevoked', 'authorityRevoked', 'certificateBlocked']);

async function checkCertificate(
  { certificateKey }: PrimaryRefreshToken,
  { ports, settings, at }: PrtTenant,
): Promise<Ruling<void>> {
  if (certificateKey === undefined || !settings.recheckCertificates) return success();
  const der = await ports.live.certificate(certificateKey);
  const certificateRuling = der && readCertificate(der);
  if (certificateRuling?.outcome !== 'passed') return success();
  const { trustStore, revocation } = await ports.policies.current();
  const path = validatePath(certificateRuling.value, trustStore, at);
  if (path.outcome !== 'passed') return success();
  const ruling = await unrevokedPath(path.value, { trustStore, revocation, at }, ports);
  return ruling.outcome === 'refused' && endings.has(ruling.because.code) ? ruling : success();
}

/** The refusal, with the token ended. */
async function ended<Ruled extends Exclude<Ruling<unknown>, { outcome: 'passed' }>>(
  refusal: Ruled,
  { id, userId }: Pick<PrimaryToken, 'id' | 'userId'>,
  ports: PrtPorts,
): Promise<Ruled> {
  await ports.devices.primaryRefreshTokens.end({ id, userId });
  await ports.sessions.end(proofsName(id));
  return refusal;
}
