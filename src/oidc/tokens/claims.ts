import type { User } from '#core/binding/user.ts';
import { pairwiseSubject } from '#core/token/claims.ts';
import type { TokenVersion } from '#core/token/version.ts';
import type { Application } from '#model/application.ts';
import { userClaimNames } from '#signin/tokens/user-claims.ts';
import type { RequestedClaims } from './requested-claims.ts';

/** Which claims come with which scope. `amr` and `auth_time` are the provider's own. */
export const claimsOfScopes: Record<string, string[] | null> = {
  openid: ['sub', 'oid', 'tid', 'ver', 'amr', 'acr', 'uti', 'cardea_certificate', ...userClaimNames],
  profile: ['name', 'preferred_username', 'upn'],
  email: ['email'],
  auth_time: null,
  sid: null,
  iss: null,
};

/** What every access token says, and where it came from. Seconds since 1970. */
interface TokenFrame {
  readonly version: TokenVersion;
  readonly issuer: string;
  readonly tenantId: string;
  readonly audience: string;
  readonly application: Application;
  /** How the application proved who it is. */
  readonly provenBy: 'nothing' | 'secret' | 'certificate';
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly tokenId: string;
}

const azpacr = { nothing: '0', secret: '1', certificate: '2' } as const;

const frameClaims = ({
  version,
  issuer,
  tenantId,
  audience,
  application,
  provenBy,
  issuedAt,
  expiresAt,
  tokenId,
}: TokenFrame) => ({
  aud: audience,
  iss: issuer,
  iat: issuedAt,
  nbf: issuedAt,
  exp: expiresAt,
  appid: application.appId,
  azp: application.appId,
  azpacr: azpacr[provenBy],
  tid: tenantId,
  uti: tokenId,
  ...(version === 1
    ? { app_displayname: application.displayName, appidacr: azpacr[provenBy], ver: '1.0' }
    : { ver: '2.0' }),
});

/** An access token for a person (`idtyp` user). */
export function delegatedClaims(
  frame: TokenFrame,
  user: User,
  grant: {
    readonly scopes: readonly string[];
    readonly amr: readonly string[];
    /** Template ids of the directory roles held. */
    readonly roleTemplateIds: readonly string[];
    readonly attested: RequestedClaims;
    readonly sessionId: string | undefined;
    /** The grant that the token was made with, by which the resource gets tokens on behalf of the user; not for Microsoft's. */
    readonly grantId: string | undefined;
    /** The registered device that the token is made on. */
    readonly deviceId: string | undefined;
    /** What the resource's `optionalClaims` ask for besides. */
    readonly optional: Readonly<Record<string, unknown>>;
  },
): Record<string, unknown> {
  return {
    ...frameClaims(frame),
    idtyp: 'user',
    oid: user.id,
    sub: pairwiseSubject(user.id, { tenantId: frame.tenantId, clientId: frame.application.appId }),
    name: user.displayName,
    upn: user.userPrincipalName,
    preferred_username: user.userPrincipalName,
    ...(frame.version === 1 ? { unique_name: user.userPrincipalName } : {}),
    scp: grant.scopes.join(' '),
    amr: grant.amr,
    ...(grant.sessionId === undefined ? {} : { sid: grant.sessionId }),
    ...(grant.grantId === undefined ? {} : { rh: grant.grantId }),
    ...(grant.deviceId === undefined ? {} : { deviceid: grant.deviceId }),
    ...grant.optional,
    ...(grant.roleTemplateIds.length > 0 ? { wids: grant.roleTemplateIds } : {}),
    ...(grant.attested.contexts.length > 0 ? { acrs: grant.attested.contexts } : {}),
    ...(grant.attested.capabilities.length > 0 ? { xms_cc: grant.attested.capabilities } : {}),
  };
}

/** An access token for an application by itself (`idtyp` app): roles, never `scp`. */
export function applicationClaims(frame: TokenFrame, roles: readonly string[]): Record<string, unknown> {
  const { appId } = frame.application;
  return { ...frameClaims(frame), idtyp: 'app', oid: appId, sub: appId, roles };
}

/** `client_info`: which account the answer is about, for the caches of MSAL. */
export function clientInfo(userId: string, tenantId: string): string {
  return Buffer.from(JSON.stringify({ uid: userId, utid: tenantId })).toString('base64url');
}
