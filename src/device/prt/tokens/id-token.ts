import type { User } from '#core/binding/user.ts';
import { cloudSid, isGuid } from '#core/device/guid.ts';
import { encodeBase64Url } from '#core/device/jose/base64.ts';
import { pairwiseSubject } from '#core/token/claims.ts';
import type { PrtTenant } from '../context.ts';

/** What the `id_token` beside a primary refresh token tells. */
export interface IdTokenOf {
  readonly user: User;
  /** `client_id` of the request. */
  readonly audience: string;
  readonly amr: readonly string[];
  readonly ipAddress: string;
  /** Seconds since 1970. */
  readonly expires: number;
  /** Scope `ugs`: Windows wants the security identifiers of the user and of the groups. */
  readonly wantsSids: boolean;
}

/**
 * The unsigned `id_token` of an answer with a primary refresh token (windows-sign-in §3.5): the channel protects it, and
 * brokers expect `alg` none. `upn` is the name that Windows caches (WIN-9).
 */
export function unsignedIdToken(of: IdTokenOf, { tenantId, ports, at, publicOrigin }: PrtTenant): string {
  const { user, audience } = of;
  const now = Math.floor(at.getTime() / 1000);
  const claims = {
    aud: audience,
    iss: `https://sts.windows.net/${tenantId}/`,
    iat: now,
    nbf: now,
    exp: of.expires,
    amr: of.amr,
    ipaddr: of.ipAddress,
    name: user.displayName,
    oid: user.id,
    pwd_url: `${publicOrigin}/security-info`,
    rh: '0.',
    sub: pairwiseSubject(user.id, { tenantId, clientId: audience }),
    tenant_display_name: ports.tenant.displayName,
    tenant_region_scope: 'WW',
    tid: tenantId,
    unique_name: user.userPrincipalName,
    preferred_username: user.userPrincipalName,
    upn: user.userPrincipalName,
    ver: '1.0',
    ...(of.wantsSids ? sidsOf(user) : {}),
  };
  const part = (value: unknown) => encodeBase64Url(JSON.stringify(value));
  return `${part({ typ: 'JWT', alg: 'none' })}.${part(claims)}.`;
}

/** The claim names are not public (windows-sign-in §9). */
function sidsOf({ id, groupIds }: User) {
  const sids = groupIds.filter(isGuid).map(cloudSid);
  return isGuid(id) ? { primary_sid: cloudSid(id), group_sids: sids } : { group_sids: sids };
}
