import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { graphAppId } from '#core/directory/well-known-applications.ts';
import { checkConfirmation } from '#core/token/confirmation.ts';
import { issuersOf } from '#core/token/version.ts';
import { messageOf } from '#core/trace/fault.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import type { SigningKeys } from '#ports/keys.ts';
import type { Tenants } from '#ports/tenants.ts';
import { readClaims } from '#schema/json.ts';
import { verificationKeys } from '../endpoints/metadata.ts';
import { isAccessToken } from './kinds/token-kind.ts';
import { graphIdentifiers, type InstallationNames } from './resources/resources.ts';

/** What an access token for Graph says (graph-api §2.1). */
export interface GraphToken {
  readonly tenantId: string;
  readonly kind: 'person' | 'application';
  /** Object id of the user, or of the application. */
  readonly id: string;
  readonly appId: string;
  readonly permissions: readonly string[];
  /** When it was made. */
  readonly issuedAt: Date;
  /** `sid`; undefined where no session of the login host stands behind it. */
  readonly sessionId: string | undefined;
}
/** What an access token is evaluated with, at one moment. */
export interface TokenContext extends InstallationNames {
  readonly at: Date;
  readonly tenants: Tenants;
  signingKeysOf(tenantId: string): Pick<SigningKeys, 'current'>;
  /**
   * The client certificate of the connection (DER), for a bound token (RFC 8705 §3); `notItsHolder` where the token is what
   * another one hands on, and no credential of the sender.
   */
  readonly certificateOf: (() => Uint8Array | undefined) | 'notItsHolder';
}

const algorithms = ['RS256', 'PS256', 'ES256'];

/**
 * Is this a token of ours, for Graph, still valid? The tenant it names has the key; whatever else it says is believed
 * only after its signature. `further` audiences are taken, too. Refuses with graphTokenRefused.
 */
export async function checkAccessToken(
  token: string,
  context: TokenContext,
  further: readonly string[] = [],
): Promise<Ruling<GraphToken>> {
  const isOurs = (audience: Audience) => isGraphAudience(audience, context, further);
  const ruling = await verifyAccessToken(token, context, isOurs);
  return ruling.outcome === 'passed' ? read(ruling.value.payload, ruling.value.tenantId) : ruling;
}

type Audience = string | string[] | undefined;

/** What an access token says whose signature, issuer, time and audience are right. Refuses with graphTokenRefused. */
export async function verifyAccessToken(
  token: string,
  context: TokenContext,
  isOurs: (audience: Audience) => boolean,
): Promise<Ruling<{ readonly tenantId: string; readonly payload: JWTPayload }>> {
  const tenant = await context.tenants.find(tenantNamedIn(token));
  if (!tenant) return wrong('it is not an access token of a tenant of this installation');
  const issuer = issuersOf(context.publicOrigin, tenant.id);
  const keys = verificationKeys(await context.signingKeysOf(tenant.id).current(keyNamedIn(token)), issuer[0]!);
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      algorithms,
      currentDate: context.at,
      clockTolerance: 60,
      requiredClaims: ['exp', 'iat', 'aud'],
    });
    if (!isAccessToken({ protectedHeader, payload })) return wrong('it is not an access token');
    if (!isOurs(payload.aud)) return wrong('its audience is another API');
    const { certificateOf } = context;
    const proof = certificateOf === 'notItsHolder' ? undefined : checkConfirmation(payload.cnf, certificateOf);
    if (proof && proof.outcome !== 'passed') return wrong(messageOf(proof.because));
    const says = { tenantId: tenant.id, payload };
    return passed(says, 'graphTokenAccepted', { appId: String(payload.appid ?? '') });
  } catch (problem) {
    if (problem instanceof errors.JOSEError) return wrong(problem.message.slice(0, 120));
    throw problem;
  }
}

const wrong = (problem: string) => refused('graphTokenRefused', { problem });

/** Not trusted yet: another node may have made this key since ours were read. */
export function keyNamedIn(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}

/** Not trusted yet: only which tenant's keys to look at. */
const tenantNamedIn = (token: string): string => readClaims(tenantOfToken, token)?.tid ?? '';
const tenantOfToken = z.object({ tid: z.string() });

/** Whether a token with this audience is one for Graph; a trailing slash does not count. */
export function isGraphAudience(
  audience: Audience,
  names: InstallationNames,
  further: readonly string[] = [],
): boolean {
  const graphNames = new Set([graphAppId, ...graphIdentifiers(names), ...further]);
  return [audience ?? []].flat().some((item) => graphNames.has(item.replace(/\/+$/, '')));
}

function read(payload: Record<string, unknown>, tenantId: string): Ruling<GraphToken> {
  const { idtyp, oid, appid, scp, roles, sid } = payload;
  if (typeof oid !== 'string' || typeof appid !== 'string') return wrong('it does not name a user');
  if (idtyp !== 'user' && idtyp !== 'app') return wrong('it belongs to neither a user nor an application');
  const isPerson = idtyp === 'user';
  const permissions = isPerson ? String(scp ?? '').split(' ') : Array.isArray(roles) ? roles.map(String) : [];
  const token: GraphToken = {
    tenantId,
    kind: isPerson ? 'person' : 'application',
    id: oid,
    appId: appid,
    permissions: permissions.filter((name) => name !== ''),
    issuedAt: new Date(Number(payload.iat) * 1000),
    sessionId: typeof sid === 'string' ? sid : undefined,
  };
  return passed(token, 'graphTokenAccepted', { appId: appid });
}
