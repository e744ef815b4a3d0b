import { updatePrimaryTokenResource } from '#core/access/controls/fresh-multifactor.ts';
import {
  armAppId,
  deviceRegistrationAppId,
  deviceRegistrationUri,
  graphAppId,
  intuneAppId,
  intuneEnrollmentAppId,
} from '#core/directory/well-known-applications.ts';
import { graphPermissions } from '#core/roles/permissions.ts';
import { accessTokenVersionOf, type TokenVersion } from '#core/token/version.ts';
import type { Application } from '#model/application.ts';
import type { Applications } from '#ports/applications.ts';
import { appIdNamed, offlineScope } from './scopes.ts';

/** An API tokens can be made for. */
export interface Resource {
  readonly appId: string;
  readonly tokenVersion: TokenVersion;
  /** URIs that name it, besides its appId. */
  readonly identifierUris: readonly string[];
  /** Whether a user's token may need consent before it carries a scope of this resource. */
  readonly needsGrants: boolean;
  /** What `.default` means to a person's token besides what was granted. */
  readonly defaultScopes: readonly string[];
  /** Whether this resource has this scope. */
  offers(scope: string): boolean;
  /** Whether a user's token may carry this scope without consent. */
  isFree(scope: string): boolean;
}

/** Delegated scopes of Graph that no administrator has to grant. */
const freeGraphScopes = new Set(['User.Read', 'User.ReadBasic.All', 'People.Read']);
const graphScopes: ReadonlySet<string> = new Set([
  ...graphPermissions.flatMap(({ value, delegatedId }) => (delegatedId === undefined ? [] : [value])),
  ...freeGraphScopes,
]);

const graph: Resource = {
  appId: graphAppId,
  tokenVersion: 1,
  identifierUris: [],
  needsGrants: true,
  defaultScopes: ['User.Read'],
  offers: (scope) => graphScopes.has(scope),
  isFree: (scope) => freeGraphScopes.has(scope),
};

/** RFC 6749 §3.3, less what would be read as something else. */
const scopeName = /^[!#-.0-[\]-~]{1,120}$/;

/** Applications that are resources are the administrator's own: their scopes need no grant. */
const api = (
  appId: string,
  { tokenVersion = 1, identifierUris = [] }: Partial<Pick<Resource, 'tokenVersion' | 'identifierUris'>> = {},
  offers = (scope: string) => scopeName.test(scope),
): Resource => ({
  appId,
  tokenVersion,
  identifierUris,
  needsGrants: false,
  defaultScopes: ['user_impersonation'],
  offers,
  isFree: offers,
});

const arm = api(armAppId, {}, (scope) => scope === 'user_impersonation');

/** Audiences of tokens for the device registration service. */
export const deviceRegistrationAudiences: readonly string[] = [
  deviceRegistrationAppId,
  deviceRegistrationUri,
  `api://${deviceRegistrationAppId}`,
];

const deviceRegistration: Resource = {
  ...api(deviceRegistrationAppId),
  defaultScopes: ['self_service_device_delete'],
};

/** Clients that name the service by its URN require the URN as audience (windows-sign-in §2.1), as version 1.0 has it. */
const deviceRegistrationNames: ReadonlySet<string> = new Set([
  deviceRegistrationUri,
  `api://${deviceRegistrationAppId}`,
]);

/**
 * Microsoft Intune and its enrollment, under the appIds that they have in every Entra tenant: libhimmelblau signs in to one of
 * them before it enrolls a device (windows-sign-in §0.4). No device management is here, and no API takes these tokens.
 */
const intune = api(intuneAppId);
const enrolment = api(intuneEnrollmentAppId, {
  identifierUris: ['https://enrollment.manage.microsoft.com'],
});

/** What a broker asks for to give a primary refresh token the MFA claim; no API takes its tokens (windows-sign-in §3.9). */
const updatePrimaryToken = api(updatePrimaryTokenResource, {}, () => false);

const wellKnownResources: ReadonlyMap<string, Resource> = new Map(
  [graph, arm, deviceRegistration, intune, enrolment].map((resource) => [resource.appId, resource]),
);

/**
 * The resource that a device gets a token of its own for, by any of its names, and the audience of that token: what manages and
 * registers devices. APIs that an administrator registers expect a user or an application.
 */
export function deviceTokenResource(indicator: string): { readonly audience: string } | undefined {
  const plain = indicator.replace(/\/+$/, '');
  const isRegistration = deviceRegistrationAudiences.includes(plain);
  const isManagement = [intune.appId, enrolment.appId, ...enrolment.identifierUris].includes(plain);
  return isRegistration || isManagement ? { audience: plain } : undefined;
}

/** The resource with this identifier; undefined when there is none. */
export async function findResource(
  indicator: string,
  applications: Pick<Applications, 'find' | 'findByIdentifierUri'>,
  names: InstallationNames,
): Promise<Resource | undefined> {
  const plain = indicator.replace(/\/+$/, ''); // clients write https://host//.default (graph-api §0.3-9)
  const wellKnown = wellKnownResources.get(appIdIn(plain) ?? '');
  if (wellKnown) return wellKnown;
  if (graphIdentifiers(names).has(plain)) return graph;
  if (armIdentifiers(names.publicOrigin).has(plain)) return arm;
  if (deviceRegistrationNames.has(plain)) return deviceRegistration;
  if (enrolment.identifierUris.includes(plain)) return enrolment;
  if (plain === updatePrimaryTokenResource) return updatePrimaryToken;
  // First by appId: no identifier URI of another application may stand for it.
  const appId = appIdIn(plain);
  const byId = appId === undefined ? undefined : await applications.find(appId);
  if (byId) return apiOf(byId);
  const byUri = (await applications.findByIdentifierUri(indicator)) ?? (await applications.findByIdentifierUri(plain));
  return byUri && apiOf(byUri);
}

/** The appId of a resource that is named by it, bare or as `api://{appId}`. */
const appIdIn = (plain: string): string | undefined =>
  appIdNamed(plain) ?? /^api:\/\/([0-9a-f-]{36})$/i.exec(plain)?.[1]?.toLowerCase();

const apiOf = (application: Application): Resource =>
  api(application.appId, {
    tokenVersion: accessTokenVersionOf(application),
    identifierUris: application.identifierUris,
  });

/** Names of this installation by which its Graph may be asked for. */
export interface InstallationNames {
  readonly publicOrigin: string;
  /** Further hosts of Graph, with a port or without. */
  readonly graphHosts?: readonly string[];
}

/** URIs that name Graph as a resource, without a slash at their end. */
export function graphIdentifiers({ publicOrigin, graphHosts = [] }: InstallationNames): ReadonlySet<string> {
  return new Set([
    `api://${graphAppId}`,
    'https://graph.microsoft.com',
    publicOrigin,
    ...withName('graph', publicOrigin),
    ...graphHosts.flatMap((host) => [`https://${host}`, `https://${host.replace(/:\d+$/, '')}`]),
  ]);
}

/** URIs that name Azure Service Management as a resource, without a slash at their end. */
export function armIdentifiers(publicOrigin: string): ReadonlySet<string> {
  const wellKnown = ['https://management.azure.com', 'https://management.core.windows.net'];
  return new Set([`api://${armAppId}`, ...wellKnown, ...withName('arm', publicOrigin)]);
}

/** The host of this name beside ours, with our port and without. */
function withName(name: string, publicOrigin: string): readonly string[] {
  const { protocol, host, hostname } = new URL(publicOrigin);
  return [`${protocol}//${name}.${host}`, `${protocol}//${name}.${hostname}`];
}

/** The scopes of a person's token: `.default` spelled out as everything granted, our own marker gone. */
export function scopesGranted(
  resource: Resource,
  names: readonly string[],
  grant: readonly string[],
): readonly string[] {
  const defaultAndGranted = [...resource.defaultScopes, ...grant];
  const spelling = names.flatMap((name) => (name === '.default' ? defaultAndGranted : [name]));
  return [...new Set(spelling)].filter(
    (name) => name !== offlineScope && resource.offers(name) && (resource.isFree(name) || grant.includes(name)),
  );
}

/**
 * Roles an application holds at a resource, whichever of its names it was asked for by: Graph's are plain values, another
 * API's are written `api://x/Role`.
 */
export function rolesAt(resource: Resource, application: Application): readonly string[] {
  if (resource.appId === graphAppId) return application.roles.filter((role) => !role.includes('/'));
  const prefixes = [`api://${resource.appId}`, ...resource.identifierUris].map((uri) => `${uri}/`);
  const roleNames = application.roles.flatMap((role) => {
    const prefix = prefixes.find((start) => role.startsWith(start));
    return prefix === undefined ? [] : [role.slice(prefix.length)];
  });
  return [...new Set(roleNames)];
}
