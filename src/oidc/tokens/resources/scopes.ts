import { graphAppId } from '#core/directory/well-known-applications.ts';
import { graphPermissions } from '#core/roles/permissions.ts';

/** Scopes of OpenID Connect itself; every other scope belongs to a resource. */
export const openIdScopes: ReadonlySet<string> = new Set(['openid', 'profile', 'email']);

/**
 * Stands for `offline_access` inside the provider, which would drop that scope for want of a consent page. Asked for under
 * this name it is ignored.
 */
export const offlineScope = 'cardea.offline';

/** Names in a scope parameter that belong to no resource. */
export const notOfResources: ReadonlySet<string> = new Set([...openIdScopes, offlineScope]);

/** What a scope parameter asks for: scopes of OpenID Connect, and scopes of resources. */
export interface RequestedScopes {
  readonly openId: readonly string[];
  readonly offline: boolean;
  /** Resource as written (`api://x`, `https://graph.microsoft.com`, a GUID); undefined for the default. */
  readonly resources: readonly (string | undefined)[];
  /** Names without their resource: `User.Read`, `.default`. */
  readonly names: readonly string[];
}

/** Reads `openid offline_access api://x/read`. `{resource}/{name}` splits at the last slash: identifiers may have some. */
export function readScopes(parameter: string): RequestedScopes {
  const words = parameter.split(' ').filter((word) => word !== '');
  const rest = words.filter((word) => !openIdScopes.has(word) && word !== 'offline_access' && word !== offlineScope);
  const split = rest.map(splitScope);
  return {
    openId: [...new Set(words.filter((word) => openIdScopes.has(word)))],
    offline: words.includes('offline_access'),
    resources: [...new Set(split.map(({ resource }) => resource))],
    names: [...new Set(split.map(({ name }) => name))],
  };
}

function splitScope(word: string): { readonly resource: string | undefined; readonly name: string } {
  const slash = word.lastIndexOf('/');
  if (slash < 0) return { resource: undefined, name: asGraphWritesIt(word) };
  const resource = word.slice(0, slash);
  const name = word.slice(slash + 1);
  return { resource, name: graphHost.test(resource) ? asGraphWritesIt(name) : name };
}

const graphHost = /^https:\/\/graph\./i;
const graphNames = new Map(
  [...graphPermissions.map(({ value }) => value), 'People.Read'].map((n) => [n.toLowerCase(), n]),
);

/** Clients write `user.read`; permissions of Graph are compared without regard to case. */
const asGraphWritesIt = (name: string): string => graphNames.get(name.toLowerCase()) ?? name;

/** Azure AD Graph, which older clients name where they mean Microsoft Graph. */
const azureAdGraphNames: ReadonlySet<string> = new Set([
  'https://graph.windows.net',
  '00000002-0000-0000-c000-000000000000',
]);

const isAzureAdGraph = (resource: string): boolean => azureAdGraphNames.has(resource.toLowerCase().replace(/\/+$/, ''));

/** A resource as the provider can hold it: an absolute URI. None, and Azure AD Graph, is Graph. */
export function resourceIndicator(resource: string | undefined): string {
  if (resource === undefined || isAzureAdGraph(resource)) return `${appIdPrefix}${graphAppId}`;
  return /^[0-9a-f-]{36}$/i.test(resource) ? `${appIdPrefix}${resource.toLowerCase()}` : resource;
}

/** Inside the provider, a resource that was named by its bare appId: `api://{appId}` is a name of its own. */
const appIdPrefix = 'urn:appid:';

/** The appId that names this resource; undefined where a URI does. */
export const appIdNamed = (indicator: string): string | undefined =>
  indicator.startsWith(appIdPrefix) ? indicator.slice(appIdPrefix.length) : undefined;

/** The provider's own two parameters for what was asked. Several resources stay several, to be refused by name. */
export function providerParameters(requestedScopes: RequestedScopes): {
  readonly scope: string;
  readonly resource: string[];
} {
  const scope = [
    ...requestedScopes.openId,
    ...requestedScopes.names,
    ...(requestedScopes.offline ? [offlineScope] : []),
  ].join(' ');
  const resources = requestedScopes.resources.length > 0 ? requestedScopes.resources : [undefined];
  return { scope, resource: [...new Set(resources.map(resourceIndicator))] };
}
