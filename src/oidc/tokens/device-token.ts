import { messageOf } from '#core/trace/fault.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import { type TokenContext, verifyAccessToken } from './check-access-token.ts';
import { deviceRegistrationAudiences } from './resources/resources.ts';

/** What a user's access token for the device registration service says (windows-sign-in §2.1). */
export interface DeviceToken {
  readonly tenantId: string;
  readonly userId: string;
  readonly appId: string;
  readonly methods: readonly string[];
  readonly deviceId: string | undefined;
}

/** Whether this is a user's valid token of ours, for the device registration service. Refuses with deviceTokenRefused. */
export async function checkDeviceToken(token: string, context: TokenContext): Promise<Ruling<DeviceToken>> {
  const isOurs = (audience: string | string[] | undefined) =>
    [audience ?? []].flat().some((item) => deviceRegistrationAudiences.includes(item.replace(/\/+$/, '')));
  const ruling = await verifyAccessToken(token, context, isOurs);
  if (ruling.outcome !== 'passed') return refused('deviceTokenRefused', { problem: messageOf(ruling.because) });
  const { tenantId, payload } = ruling.value;
  const { oid, appid, amr, deviceid, idtyp } = payload;
  if (idtyp !== 'user' || typeof oid !== 'string')
    return refused('deviceTokenRefused', { problem: 'it is not a token of a user' });
  const says: DeviceToken = {
    tenantId,
    userId: oid,
    appId: String(appid ?? ''),
    methods: Array.isArray(amr) ? amr.map(String) : [],
    deviceId: typeof deviceid === 'string' ? deviceid.toLowerCase() : undefined,
  };
  return passed(says, 'deviceTokenAccepted', { userId: oid });
}
