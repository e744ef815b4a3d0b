import type { DeviceServer } from '../wire/device-server.ts';
import { objectIn, textIn } from '../wire/json.ts';

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

/** Asks the registration host for its services. `tenant` is a domain or tenant id. @throws what {@link DeviceServer.ask} does */
export async function discoverRegistration(
  server: DeviceServer,
  origin: string,
  tenant: string,
  osVersion: string,
): Promise<RegistrationService> {
  const answer = await server.ask({
    about: 'the discovery of device registration',
    url: new URL(`/${encodeURIComponent(tenant)}/Discover?api-version=1.9&managed=True`, origin),
    headers: registrationHeaders(osVersion),
  });
  const endpoint = textIn(objectIn(answer, 'DeviceJoinService'), 'JoinEndpoint');
  return {
    joinEndpoint: new URL(endpoint ?? '/EnrollmentServer/device/', origin),
    tenantId: textIn(objectIn(answer, 'TenantInfo'), 'TenantId'),
  };
}

/** What the metadata of a tenant says to a broker (windows-sign-in §1.1). */
export interface Authority {
  /** The audience of assertions. */
  readonly issuer: string;
  /** Whether the server announces version 2 of the key derivation. */
  readonly knowsVersion2: boolean;
}

export async function discoverAuthority(server: DeviceServer, origin: string, tenantId: string): Promise<Authority> {
  const answer = await server.ask({
    about: 'the metadata of the tenant',
    url: new URL(`/${tenantId}/.well-known/openid-configuration`, origin),
  });
  const { capabilities } = answer;
  return {
    issuer: textIn(answer, 'issuer') ?? tenantId,
    knowsVersion2: Array.isArray(capabilities) && capabilities.includes('kdf_ver2'),
  };
}

/** Whether users of this name sign in here (windows-sign-in §1.3). */
export async function userRealm(
  server: DeviceServer,
  origin: string,
  name: string,
  domainHint: string | undefined,
): Promise<{ readonly isFederated: boolean; readonly domain: string }> {
  const url = new URL(`/common/UserRealm/${encodeURIComponent(name)}?api-version=1.0`, origin);
  if (domainHint !== undefined) url.searchParams.set('domain_hint', domainHint);
  const answer = await server.ask({ about: 'the realm of the user', url });
  const domain = textIn(answer, 'domain_name') ?? name.slice(name.lastIndexOf('@') + 1);
  return { isFederated: textIn(answer, 'account_type')?.toLowerCase() === 'federated', domain };
}
