import type { AccessToken, ClientCredentials, JWTStructured, KoaContextWithOIDC } from 'oidc-provider';
import type { Application } from '#model/application.ts';
import { acrOf, certificateClaims, isClaimWanted } from '#signin/tokens/optional-claims.ts';
import { notesOf } from '../endpoints/visit.ts';
import { visitOf } from '../endpoints/visit-of.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import type { PersonAccount } from './account.ts';
import { applicationClaims, clientInfo, delegatedClaims } from './claims.ts';
import { grantedTo } from './consent.ts';
import { findResource, rolesAt, scopesGranted } from './resources.ts';
import { graphAppId } from './scopes.ts';
import { browserRefreshTokenEnd } from './single-page.ts';

/** Writes the claims of an access token; nothing of the provider's own is kept. */
export async function accessTokenPayload(
  ctx: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
  parts: JWTStructured,
  options: OidcOptions,
  context: TenantContext,
): Promise<void> {
  const application = ctx.oidc.client!.cardea_application as Application;
  const { indicator, resource } = await resourceOf(token, options, context);
  const frame = {
    issuer: ctx.oidc.issuer,
    tenantId: context.tenant.id,
    audience: resource.audience ?? resource.appId,
    application,
    provenBy: provenBy(ctx, application),
    issuedAt: parts.payload.iat as number,
    expiresAt: parts.payload.exp as number,
    tokenId: notesOf(ctx.req).tokenId ?? (parts.payload.jti as string),
  };
  if (token.kind === 'ClientCredentials') {
    await options.noteApplication({
      ...(await visitOf(ctx, options, context)),
      uniqueTokenIdentifier: frame.tokenId,
    });
    parts.payload = applicationClaims(frame, rolesAt(resource, indicator, application)) as never;
    return;
  }
  const { user, attested, proofs } = ctx.oidc.account as PersonAccount;
  const source = sourceOf(ctx);
  const amr = source?.amr ?? [];
  const owner = await context.applications.find(resource.appId);
  const grant = await grantedTo(application, user.id, resource, context);
  const resourceScopes = scopesGranted(resource, (token.scope ?? '').split(' '), grant);
  scopesCarried.set(token, resourceScopes);
  parts.payload = delegatedClaims(frame, user, {
    scopes: resource.appId === graphAppId ? [...resourceScopes, ...openIdOf(source?.scope)] : resourceScopes,
    amr,
    optional: {
      ...(isClaimWanted(owner, 'accessToken', 'acr') ? { acr: acrOf(amr) } : {}),
      ...certificateClaims(owner, 'accessToken', proofs),
    },
    roleTemplateIds: (await context.roles?.templateIdsOf(user)) ?? [],
    attested,
    sessionId: source?.sid,
    deviceId: deviceIdOf(ctx),
  }) as never;
}

/** PRT-5: the device that signed the request, or that the redeemed token was made on. */
function deviceIdOf({ req }: KoaContextWithOIDC): string | undefined {
  const { deviceSession, deviceId } = notesOf(req);
  return deviceSession?.device.deviceId ?? deviceId;
}

function provenBy({ req }: KoaContextWithOIDC, application: Application): 'nothing' | 'secret' | 'certificate' {
  if (application.isPublicClient) return 'nothing';
  return notesOf(req).assertedBy === undefined ? 'secret' : 'certificate';
}

/** Scopes of the resource in a token just made, for the answer that tells of it. */
const scopesCarried = new WeakMap<object, readonly string[]>();

/** What the token is made from: the newest first. */
const sourceOf = ({ oidc: { entities } }: KoaContextWithOIDC) =>
  entities.RefreshToken ?? entities.AuthorizationCode ?? entities.DeviceCode;

/** Graph also serves userinfo, so its tokens carry the scopes of OpenID Connect. */
const openIdOf = (asked = ''): readonly string[] => asked.split(' ').filter((name) => openIdNames.has(name));

async function resourceOf(token: AccessToken | ClientCredentials, options: OidcOptions, context: TenantContext) {
  const indicator = token.resourceServer!.identifier();
  return { indicator, resource: (await findResource(indicator, context.applications, options.publicOrigin))! };
}

/** The answer of the token endpoint as clients of Entra read it (graph-api §14.2). */
export function tokenResponse(
  ctx: KoaContextWithOIDC,
  body: Record<string, unknown>,
  context: TenantContext,
): Record<string, unknown> {
  const request = ctx.oidc.body as Record<string, unknown> | undefined;
  const userId = ctx.oidc.account?.accountId;
  const token = ctx.oidc.entities.AccessToken;
  const answer = { ...body, ext_expires_in: body.expires_in };
  if (!token || userId === undefined) return withoutScope(answer);
  return {
    ...answer,
    scope: [...scopesInFull(token), ...openIdOf(sourceOf(ctx)?.scope)].join(' '),
    ...browserRefreshTokenEnd(ctx),
    ...(request?.client_info === '1' ? { client_info: clientInfo(userId, context.tenant.id) } : {}),
  };
}

const openIdNames = new Set(['openid', 'profile', 'email']);

/**
 * Scopes as the client wrote them: plain for Graph, `{resource}/{name}` for everything else. `.default` stands beside what
 * it came to: caches look a token up by what was asked for.
 */
function scopesInFull(token: AccessToken): readonly string[] {
  const indicator = token.resourceServer?.identifier() ?? '';
  const prefix = indicator === `api://${graphAppId}` ? '' : `${indicator}/`;
  const request = (token.scope ?? '').split(' ').filter((name) => name === '.default');
  return [...(scopesCarried.get(token) ?? []), ...request].map((name) => `${prefix}${name}`);
}

function withoutScope({ scope: _, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}
