import { updatePrimaryTokenResource } from '#core/access/fresh-multifactor.ts';
import { graphPermissions } from '#core/roles/permissions.ts';
import type { Application } from '#model/application.ts';
import type { Applications } from '#ports/applications.ts';
import { graphAppId, offlineScope } from './scopes.ts';

/** An API tokens can be made for. */
export interface Resource {
  readonly appId: string;
  /** The audience of its tokens where it is not the appId. */
  readonly audience?: string;
  /** Whether a user's token may need consent before it carries a scope of this resource. */
  readonly needsGrants: boolean;
  /** What `.default` means to a person's token besides what was granted. */
  readonly defaultScopes: readonly string[];
  /** Whether this resource has this scope. */
  offers(scope: string): boolean;
  /** Whether a user's token may carry this scope without consent. */
  isFree(scope: string): boolean;
}

/** Azure Service Management: what the Azure command line signs in to first (graph-api §13). */
export const armAppId = '797f4846-ba00-4fd7-ba43-dac1f8f63013';

/** Delegated scopes of Graph that no administrator has to grant. */
const freeGraphScopes = new Set(['User.Read', 'User.ReadBasic.All', 'People.Read']);
const graphScopes: ReadonlySet<string> = new Set([
  ...graphPermissions.flatMap(({ value, delegatedId }) => (delegatedId === undefined ? [] : [value])),
  ...freeGraphScopes,
]);

const graph: Resource = {
  appId: graphAppId,
  needsGrants: true,
  defaultScopes: ['User.Read'],
  offers: (scope) => graphScopes.has(scope),
  isFree: (scope) => freeGraphScopes.has(scope),
};

/** RFC 6749 §3.3, less what would be read as something else. */
const scopeName = /^[!#-.0-[\]-~]{1,120}$/;

/** Applications that are resources are the administrator's own: their scopes need no grant. */
const api = (appId: string, offers = (scope: string) => scopeName.test(scope)): Resource => ({
  appId,
  needsGrants: false,
  defaultScopes: ['user_impersonation'],
  offers,
  isFree: offers,
});

const arm = api(armAppId, (scope) => scope === 'user_impersonation');

/** The device registration service, under the appId and the URN that it has in every Entra tenant (windows-sign-in §0.4). */
export const deviceRegistrationAppId = '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9';
const deviceRegistrationUrn = 'urn:ms-drs:enterpriseregistration.windows.net';
/** Audiences of tokens for the device registration service. */
export const deviceRegistrationAudiences: readonly string[] = [deviceRegistrationAppId, deviceRegistrationUrn];

const deviceRegistration: Resource = {
  ...api(deviceRegistrationAppId),
  defaultScopes: ['self_service_device_delete'],
};

/** Clients that name the service by its URN require the URN as audience (windows-sign-in §2.1). */
function deviceRegistrationNamed(identifier: string): Resource | undefined {
  if (identifier === `api://${deviceRegistrationAppId}`) return deviceRegistration;
  return identifier === deviceRegistrationUrn ? { ...deviceRegistration, audience: deviceRegistrationUrn } : undefined;
}

/**
 * Microsoft Intune and its enrolment, under the appIds that they have in every Entra tenant: libhimmelblau signs in to one of
 * them before it enrols a device (windows-sign-in §0.4). No device management is here, and no API takes these tokens.
 */
const intune: ReadonlyMap<string, Resource> = new Map([
  ['api://0000000a-0000-0000-c000-000000000000', api('0000000a-0000-0000-c000-000000000000')],
  ['https://enrollment.manage.microsoft.com', api('d4ebce55-015a-49b5-a083-c84d1797ae8c')],
  ['api://d4ebce55-015a-49b5-a083-c84d1797ae8c', api('d4ebce55-015a-49b5-a083-c84d1797ae8c')],
]);

/** What a broker asks for to give a primary refresh token the MFA claim; no API takes its tokens (windows-sign-in §3.9). */
const updatePrimaryToken = api(updatePrimaryTokenResource, () => false);

/** The resource with this identifier; undefined when there is none. */
export async function findResource(
  indicator: string,
  applications: Pick<Applications, 'find' | 'findByIdentifierUri'>,
  publicOrigin: string,
): Promise<Resource | undefined> {
  const plain = indicator.replace(/\/+$/, ''); // clients write https://host//.default (graph-api §0.3-9)
  if (graphIdentifiers(publicOrigin).has(plain)) return graph;
  if (armIdentifiers(publicOrigin).has(plain)) return arm;
  const registration = deviceRegistrationNamed(plain) ?? intune.get(plain);
  if (registration) return registration;
  if (plain === updatePrimaryTokenResource) return updatePrimaryToken;
  const byUri = (await applications.findByIdentifierUri(indicator)) ?? (await applications.findByIdentifierUri(plain));
  if (byUri) return api(byUri.appId);
  const appId = /^api:\/\/([0-9a-f-]{36})$/i.exec(plain)?.[1];
  const byId = appId === undefined ? undefined : await applications.find(appId);
  return byId && api(byId.appId);
}

function graphIdentifiers(publicOrigin: string): ReadonlySet<string> {
  return new Set([
    `api://${graphAppId}`,
    'https://graph.microsoft.com',
    publicOrigin,
    ...withName('graph', publicOrigin),
  ]);
}

function armIdentifiers(publicOrigin: string): ReadonlySet<string> {
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

/** Roles an application holds at a resource: Graph's are plain values, another API's are written `api://x/Role`. */
export function rolesAt(resource: Resource, indicator: string, application: Application): readonly string[] {
  if (resource.appId === graphAppId) return application.roles.filter((role) => !role.includes('/'));
  const prefix = `${indicator}/`;
  return application.roles.filter((role) => role.startsWith(prefix)).map((role) => role.slice(prefix.length));
}
