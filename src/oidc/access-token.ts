import type { AccessToken, ClientCredentials, JWTStructured, KoaContextWithOIDC } from 'oidc-provider';
import type { Application } from '../ports.ts';
import type { PersonAccount } from './account.ts';
import { applicationClaims, clientInfo, delegatedClaims } from './claims.ts';
import type { OidcOptions, TenantDoor } from './options.ts';
import { findResource, type Resource, rolesAt, scopesGranted } from './resources.ts';
import { graphAppId } from './scopes.ts';
import { visitOf } from './visit-of.ts';

/** Writes the claims of an access token; nothing of the provider's own is kept. */
export async function accessTokenPayload(
  ctx: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
  parts: JWTStructured,
  options: OidcOptions,
  door: TenantDoor,
): Promise<void> {
  const application = ctx.oidc.client!.cardea_application as Application;
  const { indicator, resource } = await resourceOf(token, options, door);
  const frame = {
    issuer: ctx.oidc.issuer,
    tenantId: door.tenant.id,
    audience: resource.appId,
    application,
    issuedAt: parts.payload.iat as number,
    expiresAt: parts.payload.exp as number,
    tokenId: parts.payload.jti as string,
  };
  if (token.kind === 'ClientCredentials') {
    await options.noteApplication(await visitOf(ctx, options, door));
    parts.payload = applicationClaims(frame, rolesAt(resource, indicator, application)) as never;
    return;
  }
  const { user } = ctx.oidc.account as PersonAccount;
  const source = ctx.oidc.entities.RefreshToken ?? ctx.oidc.entities.AuthorizationCode;
  parts.payload = delegatedClaims(frame, user, {
    scopes: scopesOf(resource, token.scope, source?.scope),
    amr: source?.amr ?? [],
  }) as never;
}

async function resourceOf(token: AccessToken | ClientCredentials, options: OidcOptions, door: TenantDoor) {
  const indicator = token.resourceServer!.identifier();
  return { indicator, resource: (await findResource(indicator, door.applications, options.publicOrigin))! };
}

/** Graph also serves userinfo, so its tokens carry the scopes of OpenID Connect. */
function scopesOf(resource: Resource, own: string | undefined, asked: string | undefined): readonly string[] {
  const openId = (asked ?? '').split(' ').filter((scope) => ['openid', 'profile', 'email'].includes(scope));
  const names = scopesGranted(resource, (own ?? '').split(' '));
  return resource.appId === graphAppId ? [...names, ...openId] : names;
}

/** The answer of the token endpoint as clients of Entra read it (graph-api §14.2). */
export function tokenResponse(
  ctx: KoaContextWithOIDC,
  body: Record<string, unknown>,
  door: TenantDoor,
): Record<string, unknown> {
  const asked = ctx.oidc.body as Record<string, unknown> | undefined;
  const userId = ctx.oidc.account?.accountId;
  const { AccessToken: token, RefreshToken, AuthorizationCode } = ctx.oidc.entities;
  const answer = { ...body, ext_expires_in: body.expires_in };
  if (!token || userId === undefined) return withoutScope(answer);
  const openId = ((RefreshToken ?? AuthorizationCode)?.scope ?? '').split(' ').filter((name) => openIdNames.has(name));
  return {
    ...answer,
    scope: [...scopesInFull(token), ...openId].join(' '),
    ...(asked?.client_info === '1' ? { client_info: clientInfo(userId, door.tenant.id) } : {}),
  };
}

const openIdNames = new Set(['openid', 'profile', 'email']);

/** Scopes as the client wrote them: plain for Graph, `{resource}/{name}` for everything else. */
function scopesInFull(token: AccessToken): readonly string[] {
  const indicator = token.resourceServer?.identifier() ?? '';
  const prefix = indicator === `api://${graphAppId}` ? '' : `${indicator}/`;
  return (token.scope ?? '')
    .split(' ')
    .filter((name) => name !== '' && name !== 'cardea.offline')
    .map((name) => `${prefix}${name}`);
}

function withoutScope({ scope: _, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}
