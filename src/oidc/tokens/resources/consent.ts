import type { KoaContextWithOIDC } from 'oidc-provider';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import type { OidcOptions, TenantContext } from '../../provider/options.ts';
import { findResource, type Resource } from './resources.ts';
import { notOfResources } from './scopes.ts';

/** Scopes of this resource that were granted to the application, for all users or for this one. */
export async function grantedTo(
  application: Pick<Application, 'appId'>,
  userId: string,
  resource: Resource,
  context: TenantContext,
): Promise<readonly string[]> {
  if (!resource.needsGrants || !context.grants) return [];
  return (await context.grants.scopesFor(application.appId, userId)).filter((scope) => resource.offers(scope));
}

/**
 * Whether what the application asks for is consented to. Refuses with consentMissing (AADSTS65001). Scopes the resource does not have are
 * refused elsewhere, by their own number.
 */
export async function checkConsent(
  ctx: KoaContextWithOIDC,
  userId: string,
  options: OidcOptions,
  context: TenantContext,
): Promise<Ruling<void>> {
  const { appId, displayName } = ctx.oidc.client!.cardea_application as Application;
  const request = [...ctx.oidc.requestParamScopes].filter((name) => !notOfResources.has(name) && name !== '.default');
  for (const indicator of [ctx.oidc.params?.resource ?? []].flat() as string[]) {
    const resource = await findResource(indicator, context.applications, options);
    const payment = resource ? request.filter((name) => resource.offers(name) && !resource.isFree(name)) : [];
    if (!resource || payment.length === 0) continue;
    const grant = await grantedTo({ appId }, userId, resource, context);
    const scopes = payment.filter((name) => !grant.includes(name));
    if (scopes.length > 0) return refused('consentMissing', { appId, application: displayName, scopes });
  }
  return success();
}
