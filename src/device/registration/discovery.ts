import { z } from 'zod';
import { deviceRegistrationUri } from '#core/directory/well-known-applications.ts';
import { fault } from '#core/trace/fault.ts';
import type { Tenant } from '#model/tenant.ts';
import { longest, queryIn, requireForm, text, textOrEmpty } from '#schema/form.ts';
import { answer } from './answers.ts';
import type { RegistrationContext, RegistrationRequest } from './context.ts';

const contractQuery = z.object({ 'api-version': text(longest.word) });
const federationQuery = z.object({ domain: textOrEmpty() });

/** @throws deviceBodyUnreadable */
const queryOf = <Schema extends z.ZodObject>({ url }: Request, schema: Schema): z.output<Schema> =>
  requireForm(schema, queryIn(url), (problem) => fault('deviceBodyUnreadable', { problem })).fields;

/** `GET /{tenant}/Discover` (windows-sign-in §1.5). Says nothing about users or devices. @throws tenantUnknown */
export async function discover(context: RegistrationContext, { name }: RegistrationRequest): Promise<Response> {
  const tenant = await tenantNamed(name, context);
  return answer(discoveryOf(context, tenant), {});
}

function discoveryOf({ registrationOrigin, loginOrigin }: RegistrationContext, tenant: Tenant) {
  const { id } = tenant;
  const services = `${registrationOrigin}/EnrollmentServer`;
  return {
    DiscoveryService: { DiscoveryEndpoint: `${registrationOrigin}/${id}/Discover`, ServiceVersion: '1.9' },
    DeviceRegistrationService: registrationService(services),
    AuthenticationService: authenticationService(loginOrigin, id),
    IdentityProviderService: identityProvider(loginOrigin, tenant),
    DeviceJoinService: joinService(services),
    KeyProvisioningService: keyService(services),
    WebAuthNService: {
      ServiceVersion: '1.0',
      WebAuthNEndpoint: `${registrationOrigin}/webauthn/${id}/`,
      WebAuthNResourceId: deviceRegistrationUri,
    },
    DeviceManagementService: {
      DeviceManagementEndpoint: `${registrationOrigin}/manage/${id}/`,
      DeviceManagementResourceId: deviceRegistrationUri,
      ServiceVersion: '1.0',
    },
    MsaProviderData: { SiteId: '', SiteUrl: '' },
    PrecreateService: {
      PrecreateEndpoint: `${services}/device/precreate/${id}/`,
      PrecreateResourceId: deviceRegistrationUri,
      ServiceVersion: '2.0',
    },
    TenantInfo: {
      DisplayName: tenant.displayName,
      TenantId: id,
      TenantName: tenant.domains.find(({ isVerified }) => isVerified)?.id ?? id,
    },
    AzureRbacService: { RbacPolicyEndpoint: loginOrigin },
    BPLService: {
      BPLProxyServicePrincipalId: '',
      BPLResourceId: deviceRegistrationUri,
      BPLServiceEndpoint: `${registrationOrigin}/aadpasswordpolicy/${id}/`,
      ServiceVersion: '1.0',
    },
    DeviceJoinResourceService: {
      Endpoint: `${services}/device/resource/${id}/`,
      ResourceId: deviceRegistrationUri,
      ServiceVersion: '2.0',
    },
    NonceService: { Endpoint: `${services}/nonce/${id}/`, ResourceId: deviceRegistrationUri, ServiceVersion: '1.0' },
  };
}

const registrationService = (services: string) => ({
  RegistrationEndpoint: `${services}/DeviceEnrollmentWebService.svc`,
  RegistrationResourceId: deviceRegistrationUri,
  ServiceVersion: '1.0',
});
const joinService = (services: string) => ({
  JoinEndpoint: `${services}/device/`,
  JoinResourceId: deviceRegistrationUri,
  ServiceVersion: '2.0',
});
const keyService = (services: string) => ({
  KeyProvisionEndpoint: `${services}/key/`,
  KeyProvisionResourceId: deviceRegistrationUri,
  ServiceVersion: '1.0',
});
const authenticationService = (loginOrigin: string, tenant: string) => ({
  OAuth2: {
    AuthCodeEndpoint: `${loginOrigin}/${tenant}/oauth2/authorize`,
    TokenEndpoint: `${loginOrigin}/${tenant}/oauth2/token`,
  },
});
const identityProvider = (loginOrigin: string, { id, domains }: Tenant) => ({
  Federated: domains.length > 0 && domains.every(({ authenticationType }) => authenticationType === 'Federated'),
  PassiveAuthEndpoint: `${loginOrigin}/${id}/wsfed`,
});

/**
 * `GET /EnrollmentServer/contract` as AD FS has it, in JSON (MS-DVRD). It names no tenant, so its addresses say
 * `organizations`. Refuses other versions and types. @throws deviceBodyUnreadable
 */
export async function contract(context: RegistrationContext, { request }: RegistrationRequest): Promise<Response> {
  const { 'api-version': version } = queryOf(request, contractQuery);
  if (version !== '1.0' && version !== '1.2')
    throw fault('deviceBodyUnreadable', { problem: 'api-version must be 1.0 or 1.2' });
  if (!/\bapplication\/json\b|\*\/\*/.test(request.headers.get('accept') ?? ''))
    throw fault('deviceBodyUnreadable', { problem: 'the response is available only as application/json' });
  const services = `${context.registrationOrigin}/EnrollmentServer`;
  const alias = 'organizations';
  const first = {
    DeviceRegistrationService: registrationService(services),
    AuthenticationService: authenticationService(context.loginOrigin, alias),
    IdentityProviderService: { Federated: false, PassiveAuthEndpoint: `${context.loginOrigin}/${alias}/wsfed` },
  };
  if (version === '1.0') return answer(first, {});
  const zones = { Intranet: { Endpoints: [] }, Trusted: { Endpoints: [] }, Untrusted: { Endpoints: [] } };
  return answer(
    {
      ...first,
      DeviceJoinService: joinService(services),
      WebBrowserZones: zones,
      KeyProvisioningService: keyService(services),
    },
    {},
  );
}

/**
 * `GET /EnrollmentServer/nonce/{tenant}` (windows-sign-in §2.2). The answer is alike for a tenant that does not exist:
 * its nonce is accepted nowhere. `ReponseStatus` is spelt as Entra spells it.
 */
export async function nonce(context: RegistrationContext, call: RegistrationRequest): Promise<Response> {
  const { name, at, traceId } = call;
  const tenant = await context.tenants.find(name);
  const time = `${at.toLocaleDateString('en-US', { timeZone: 'UTC' })} ${at.toLocaleTimeString('en-US', { timeZone: 'UTC' }).replaceAll('\u202f', ' ')}`;
  const status = { message: 'The nonce was created.', traceId, time };
  return answer({ ReponseStatus: status, Value: context.nonces.issue(tenant?.id ?? name, at) }, {});
}

/** `GET /odc/v2.1/federationProvider?domain=…` (windows-sign-in §1.5). @throws tenantUnknown */
export async function federationProvider(
  context: RegistrationContext,
  { request }: RegistrationRequest,
): Promise<Response> {
  const tenant = await tenantNamed(queryOf(request, federationQuery).domain.toLowerCase(), context);
  const host = new URL(context.loginOrigin).host;
  const graph = `https://graph.${host}`;
  return answer({ tenantId: tenant.id, authority_host: host, graph, environment: 'Global' }, {});
}

async function tenantNamed(name: string, { tenants }: RegistrationContext): Promise<Tenant> {
  const tenant = name === '' ? undefined : await tenants.find(name);
  if (!tenant) throw fault('tenantUnknown', { tenant: name.slice(0, 80) });
  return tenant;
}
