import type { Application, Applications } from '../ports.ts';
import { graphAppId, offlineScope } from './scopes.ts';

/** An API tokens can be made for. */
export interface Resource {
  /** The audience of its tokens. */
  readonly appId: string;
  /** What `.default` means to a person's token, where no list of granted scopes exists. */
  readonly defaultScopes: readonly string[];
  /** Whether a person's token may carry this scope. */
  offers(scope: string): boolean;
}

/** Delegated scopes of Graph that no administrator has to grant. Others are unknown until grants are kept. */
const graphScopes = new Set(['User.Read', 'User.ReadBasic.All', 'People.Read']);

const graph: Resource = { appId: graphAppId, defaultScopes: ['User.Read'], offers: (scope) => graphScopes.has(scope) };

/** RFC 6749 §3.3, less what would be read as something else. */
const scopeName = /^[!#-.0-[\]-~]{1,120}$/;

const api = (application: Application): Resource => ({
  appId: application.appId,
  defaultScopes: ['user_impersonation'],
  offers: (scope) => scopeName.test(scope),
});

/** The resource with this identifier; undefined when nobody here answers to it. */
export async function findResource(
  indicator: string,
  applications: Pick<Applications, 'find' | 'findByIdentifierUri'>,
  publicOrigin: string,
): Promise<Resource | undefined> {
  if (graphIdentifiers(publicOrigin).has(indicator.replace(/\/$/, ''))) return graph;
  const byUri = await applications.findByIdentifierUri(indicator);
  if (byUri) return api(byUri);
  const appId = /^api:\/\/([0-9a-f-]{36})$/i.exec(indicator)?.[1];
  const byId = appId === undefined ? undefined : await applications.find(appId);
  return byId && api(byId);
}

function graphIdentifiers(publicOrigin: string): ReadonlySet<string> {
  const { protocol, host, hostname } = new URL(publicOrigin);
  return new Set([
    `api://${graphAppId}`,
    'https://graph.microsoft.com',
    publicOrigin,
    `${protocol}//graph.${host}`,
    `${protocol}//graph.${hostname}`,
  ]);
}

/** The scopes of a person's token: `.default` spelled out, our own marker gone. */
export function scopesGranted(resource: Resource, names: readonly string[]): readonly string[] {
  return [...new Set(names.flatMap((name) => (name === '.default' ? resource.defaultScopes : [name])))].filter(
    (name) => name !== offlineScope && resource.offers(name),
  );
}

/** Roles an application holds at a resource: Graph's are plain values, another API's are written `api://x/Role`. */
export function rolesAt(resource: Resource, indicator: string, application: Application): readonly string[] {
  if (resource.appId === graphAppId) return application.roles.filter((role) => !role.includes('/'));
  const prefix = `${indicator}/`;
  return application.roles.filter((role) => role.startsWith(prefix)).map((role) => role.slice(prefix.length));
}
