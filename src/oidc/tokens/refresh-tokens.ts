import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { currentRequest, replaceGetter } from '../provider/internals/models.ts';
import { notOfResources, offlineScope } from './resources/scopes.ts';

/**
 * A refresh token is a person's for an application, not for one resource: as in Entra it renews for every resource and
 * scope that was granted. The provider would hold it to what was first asked for; {@link widenGrant} decides instead.
 */
export function refreshForEveryResource(provider: Provider): void {
  replaceGetter(provider, ['RefreshToken', 'resourceIndicators'], () => ({ has: () => true }));
  replaceGetter(provider, ['RefreshToken', 'scopes'], function (this: { readonly scope?: string }) {
    const request = currentRequest()?.oidc.params?.scope as string | undefined;
    return new Set(`${this.scope ?? ''} ${request ?? ''}`.split(' ').filter(Boolean));
  });
}

/** Adds to the grant of a refresh token what the refresh requests beyond it, after that was granted. */
export async function widenGrant(ctx: KoaContextWithOIDC): Promise<void> {
  const { Grant: grant } = ctx.oidc.entities;
  const indicators = [ctx.oidc.params?.resource ?? []].flat() as string[];
  if (!grant || indicators.length !== 1) return; // several are refused by name elsewhere
  const names = [...ctx.oidc.requestParamScopes].filter((name) => !notOfResources.has(name));
  grant.addResourceScope(indicators[0]!, [...names, offlineScope].join(' '));
  await grant.save();
}
