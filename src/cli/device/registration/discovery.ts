import { z } from 'zod';
import type { DeviceServer } from '../wire/device-server.ts';
import { answerIn, objectMember, textMember, textsMember } from '../wire/json.ts';

/** Where a tenant's devices register (windows-sign-in §1.5). */
export interface RegistrationService {
  readonly joinEndpoint: URL;
  readonly tenantId: string | undefined;
}

/** How a client of device registration names itself (windows-sign-in §2.3). */
export const registrationHeaders = (osVersion: string): Readonly<Record<string, string>> => ({
  'user-agent': `Dsreg/10.0 (${osVersion})`,
  'ocp-adrs-client-name': 'cardea',
  'ocp-adrs-client-version': '1.0',
});

const discoveryShape = z.object({
  DeviceJoinService: objectMember(z.object({ JoinEndpoint: textMember })),
  TenantInfo: objectMember(z.object({ TenantId: textMember })),
});

/** Asks the registration host for its services. `tenant` is a domain or tenant id. @throws what {@link DeviceServer.ask} does */
export async function discoverRegistration(
  server: DeviceServer,
  origin: string,
  tenant: string,
  osVersion: string,
): Promise<RegistrationService> {
  const about = 'the discovery of device registration';
  const answer = await server.ask({
    about,
    url: new URL(`/${encodeURIComponent(tenant)}/Discover?api-version=1.9&managed=True`, origin),
    headers: registrationHeaders(osVersion),
  });
  const { DeviceJoinService: service, TenantInfo: tenantInfo } = answerIn(discoveryShape, answer, about);
  return {
    joinEndpoint: new URL(service?.JoinEndpoint ?? '/EnrollmentServer/device/', origin),
    tenantId: tenantInfo?.TenantId,
  };
}

/** What the metadata of a tenant says to a broker (windows-sign-in §1.1). */
export interface Authority {
  /** The audience of assertions. */
  readonly issuer: string;
  /** Whether the server announces version 2 of the key derivation. */
  readonly knowsVersion2: boolean;
}

const metadataShape = z.object({ issuer: textMember, capabilities: textsMember });

export async function discoverAuthority(server: DeviceServer, origin: string, tenantId: string): Promise<Authority> {
  const about = 'the metadata of the tenant';
  const answer = await server.ask({
    about,
    url: new URL(`/${tenantId}/.well-known/openid-configuration`, origin),
  });
  const { issuer = tenantId, capabilities } = answerIn(metadataShape, answer, about);
  return { issuer, knowsVersion2: capabilities.includes('kdf_ver2') };
}

const realmShape = z.object({ account_type: textMember, domain_name: textMember });

/** Whether users of this name sign in here (windows-sign-in §1.3). */
export async function userRealm(
  server: DeviceServer,
  origin: string,
  name: string,
  domainHint: string | undefined,
): Promise<{ readonly isFederated: boolean; readonly domain: string }> {
  const url = new URL(`/common/UserRealm/${encodeURIComponent(name)}?api-version=1.0`, origin);
  if (domainHint !== undefined) url.searchParams.set('domain_hint', domainHint);
  const about = 'the realm of the user';
  const { account_type: type, domain_name: domain } = answerIn(realmShape, await server.ask({ about, url }), about);
  return {
    isFederated: type?.toLowerCase() === 'federated',
    domain: domain ?? name.slice(name.lastIndexOf('@') + 1),
  };
}
