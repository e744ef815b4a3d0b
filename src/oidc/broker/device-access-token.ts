import { randomBytes } from 'node:crypto';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import { issuerOfVersion } from '#core/token/version.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { DeviceTokenRequested } from '#signin/device/broker.ts';
import { windowsSignIn } from '#signin/with-device.ts';
import type { TenantContext } from '../provider/options.ts';
import { signToken } from '../tokens/kinds/sign-token.ts';
import { deviceTokenResource } from '../tokens/resources/resources.ts';

/** Where a device token comes from. */
export interface DeviceTokenContext {
  readonly publicOrigin: string;
  readonly context: Pick<TenantContext, 'tenant' | 'applications' | 'signingKeys' | 'clock'>;
}

/**
 * An access token of a device, without a user (windows-sign-in §3.11): `idtyp` is `device`, and Graph, Azure Resource Manager,
 * the device registration service and userinfo take no such token. It is for what manages devices. Refuses with
 * deviceTokenResourceRefused and applicationUnknown.
 */
export async function deviceAccessToken(
  { device, objectId, clientId, resource: indicator }: DeviceTokenRequested,
  { publicOrigin, context }: DeviceTokenContext,
): Promise<Ruling<Readonly<Record<string, string>>>> {
  const { tenant, applications, signingKeys, clock } = context;
  const resource = deviceTokenResource(indicator);
  if (!resource) return refused('deviceTokenResourceRefused', { resource: indicator });
  const isKnown = clientId === windowsSignIn.appId || (await applications.find(clientId)) !== undefined;
  if (!isKnown) return refused('applicationUnknown', { appId: clientId, tenant: tenant.displayName });
  const [key] = await signingKeys.current();
  const now = Math.floor(clock.now().getTime() / 1000);
  const seconds = defaultLifetimes.accessToken;
  const claims = {
    aud: resource.audience,
    iss: issuerOfVersion(publicOrigin, tenant.id, 1),
    appid: clientId,
    azpacr: '0',
    appidacr: '0',
    tid: tenant.id,
    oid: objectId,
    sub: objectId,
    deviceid: device.deviceId,
    idtyp: 'device',
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
  };
  const times = { iat: now, nbf: now, exp: now + seconds };
  const token = await signToken(key!, { ...claims, ...times });
  return success({
    token_type: 'Bearer',
    expires_in: String(seconds),
    ext_expires_in: String(seconds),
    expires_on: String(now + seconds),
    not_before: String(now),
    resource: indicator,
    access_token: token,
  });
}
