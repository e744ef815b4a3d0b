import type { AccessToken, ClientCredentials, JWTStructured, KoaContextWithOIDC } from 'oidc-provider';
import { graphAppId } from '#core/directory/well-known-applications.ts';
import { issuerOfVersion } from '#core/token/version.ts';
import type { Application } from '#model/application.ts';
import { acrOf, certificateClaims, isClaimWanted } from '#signin/tokens/optional-claims.ts';
import { applicationCheckOf } from '../endpoints/application-check.ts';
import { notesOf, remoteAddress } from '../endpoints/request-notes.ts';
import type { OidcOptions, ProviderContext, TenantContext } from '../provider/options.ts';
import { groupsInTokens, type PersonAccount } from './account.ts';
import { applicationClaims, clientInfo, delegatedClaims } from './claims.ts';
import { grantedTo } from './resources/consent.ts';
import { findResource, type Resource, rolesAt, scopesGranted } from './resources/resources.ts';
import { appIdNamed, openIdScopes } from './resources/scopes.ts';
import { browserRefreshTokenEnd } from './single-page.ts';

/** Writes the claims of an access token; nothing of the provider's own is kept. */
export async function accessTokenPayload(
  ctx: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
  parts: JWTStructured,
  { options, context }: ProviderContext,
): Promise<void> {
  const application = ctx.oidc.client!.cardea_application as Application;
  const { cnf } = parts.payload; // RFC 8705 §3.1: the provider makes it of the certificate of the connection
  const confirmation = cnf === undefined ? {} : { cnf };
  const { indicator, resource } = await resourceOf(token, options, context);
  parts.header = { typ: 'JWT' };
  const frame = {
    version: resource.tokenVersion,
    issuer: issuerOfVersion(options.publicOrigin, context.tenant.id, resource.tokenVersion),
    tenantId: context.tenant.id,
    audience: audienceOf(resource, indicator),
    application,
    provenBy: provenBy(ctx, application),
    issuedAt: parts.payload.iat as number,
    expiresAt: parts.payload.exp as number,
    tokenId: notesOf(ctx.req).tokenId ?? (parts.payload.jti as string),
  };
  if (token.kind === 'ClientCredentials') {
    await options.noteApplication({
      ...(await applicationCheckOf(ctx, options, context)),
      uniqueTokenIdentifier: frame.tokenId,
      ...credentialOf(ctx),
    });
    parts.payload = { ...applicationClaims(frame, rolesAt(resource, application)), ...confirmation };
    return;
  }
  const { user, attested, proofs } = ctx.oidc.account as PersonAccount;
  const source = sourceOf(ctx);
  const amr = source?.amr ?? [];
  const owner = await context.applications.find(resource.appId);
  const grant = await grantedTo(application, user.id, resource, context);
  const resourceScopes = scopesGranted(resource, (token.scope ?? '').split(' '), grant);
  scopesCarried.set(token, resourceScopes);
  const claimsRequest = {
    user,
    token: 'accessToken' as const,
    ipAddress: remoteAddress(ctx.req),
    physicalIds: notesOf(ctx.req).deviceSession?.device.physicalIds,
    authTime: source?.authTime,
    mostGroups: groupsInTokens,
  };
  parts.payload = delegatedClaims(frame, user, {
    scopes: resource.appId === graphAppId ? [...resourceScopes, ...openIdOf(source?.scope)] : resourceScopes,
    amr,
    optional: {
      ...(isClaimWanted(owner, 'accessToken', 'acr') ? { acr: acrOf(amr) } : {}),
      ...certificateClaims(owner, 'accessToken', proofs),
      ...(owner && (await context.userClaims?.({ ...claimsRequest, application: owner }))),
      ...(owner && (await context.extensionClaims?.({ ...claimsRequest, application: owner }))),
    },
    roleTemplateIds: (await context.roles?.templateIdsOf(user)) ?? [],
    attested,
    sessionId: source?.sid,
    grantId: owner ? source?.grantId : undefined,
    deviceId: deviceIdOf(ctx),
  });
  Object.assign(parts.payload, confirmation);
}

/** `aud`: the appId in version 2.0, and in version 1.0 what the client called the resource. */
function audienceOf(resource: Resource, indicator: string): string {
  if (resource.tokenVersion === 2) return resource.appId;
  return appIdNamed(indicator) ?? indicator;
}

/** PRT-5: the device that signed the request, or that the redeemed token was made on. */
function deviceIdOf({ req }: KoaContextWithOIDC): string | undefined {
  const { deviceSession, deviceId } = notesOf(req);
  return deviceSession?.device.deviceId ?? deviceId;
}

/** For the entry of an application that signs in as itself. */
function credentialOf({ req }: KoaContextWithOIDC) {
  const { credential = 'clientSecret' as const, certificateTrace } = notesOf(req).provenBy ?? {};
  return { credential, ...(certificateTrace ? { certificateTrace } : {}) };
}

function provenBy({ req }: KoaContextWithOIDC, application: Application): 'nothing' | 'secret' | 'certificate' {
  if (application.isPublicClient) return 'nothing';
  return notesOf(req).provenBy === undefined ? 'secret' : 'certificate';
}

/** Scopes of the resource in a token just made, for the answer that tells of it. */
const scopesCarried = new WeakMap<object, readonly string[]>();

/** What the token is made from: the newest first. */
const sourceOf = ({ oidc: { entities } }: KoaContextWithOIDC) =>
  entities.RefreshToken ?? entities.AuthorizationCode ?? entities.DeviceCode;

/** Graph also serves userinfo, so its tokens carry the scopes of OpenID Connect. */
const openIdOf = (scope = ''): readonly string[] => scope.split(' ').filter((name) => openIdScopes.has(name));

async function resourceOf(token: AccessToken | ClientCredentials, options: OidcOptions, context: TenantContext) {
  const indicator = token.resourceServer!.identifier();
  return { indicator, resource: (await findResource(indicator, context.applications, options))! };
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

/**
 * Scopes as the client wrote them: plain for Graph, `{resource}/{name}` for everything else. `.default` stands beside what
 * it came to: caches look a token up by what was asked for.
 */
function scopesInFull(token: AccessToken): readonly string[] {
  const indicator = token.resourceServer?.identifier() ?? '';
  const appId = appIdNamed(indicator);
  const prefix = appId === graphAppId ? '' : `${appId ?? indicator}/`;
  const request = (token.scope ?? '').split(' ').filter((name) => name === '.default');
  return [...(scopesCarried.get(token) ?? []), ...request].map((name) => `${prefix}${name}`);
}

function withoutScope({ scope: _, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}
