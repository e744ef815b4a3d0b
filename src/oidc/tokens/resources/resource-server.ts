import type { KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import type { SigningKey } from '#model/signing-key.ts';
import type { ProviderContext } from '../../provider/options.ts';
import { refuse } from '../../provider/refuse.ts';
import { findResource } from './resources.ts';
import { appIdNamed, notOfResources, offlineScope } from './scopes.ts';

/**
 * The resource as the provider wants it.
 * @throws resourcesSeveral, resourceUnknown, scopeUnknown, as errors of the provider
 */
export async function resourceServer(
  ctx: KoaContextWithOIDC,
  indicator: string,
  { options, context }: ProviderContext,
  alg: SigningKey['alg'],
): Promise<ResourceServer> {
  const request = ctx.oidc.params?.resource;
  if (Array.isArray(request) && request.length > 1) {
    throw refuse('invalid_scope', 'resourcesSeveral', { resources: (request as string[]).slice(0, 5) });
  }
  const nameSent = appIdNamed(indicator) ?? indicator;
  const resource = await findResource(indicator, context.applications, options);
  if (!resource) {
    throw refuse('invalid_resource', 'resourceUnknown', {
      resource: nameSent.slice(0, 200),
      tenant: context.tenant.displayName,
    });
  }
  const unknown = namesIn(ctx.oidc.params?.scope).filter((name) => name !== '.default' && !resource.offers(name));
  if (unknown.length > 0) {
    throw refuse('invalid_scope', 'scopeUnknown', { scopes: unknown.slice(0, 5), resource: nameSent.slice(0, 200) });
  }
  const { AuthorizationCode, DeviceCode, RefreshToken } = ctx.oidc.entities;
  const names = [ctx.oidc.params?.scope, AuthorizationCode?.scope, DeviceCode?.scope, RefreshToken?.scope].flatMap(
    namesIn,
  );
  return {
    scope: [...new Set([...names, offlineScope])].join(' '),
    audience: resource.appId,
    accessTokenTTL: defaultLifetimes.accessToken,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg } },
  };
}

const namesIn = (scope: unknown): string[] =>
  typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '' && !notOfResources.has(name)) : [];
