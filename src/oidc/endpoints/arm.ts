import type { IncomingMessage } from 'node:http';
import { armAppId } from '#core/directory/well-known-applications.ts';
import { messageOf } from '#core/trace/fault.ts';
import { certificateReader, tokenIn } from '../provider/client-certificate.ts';
import type { OidcOptions } from '../provider/options.ts';
import { checkAccessToken } from '../tokens/check-access-token.ts';
import { armIdentifiers } from '../tokens/resources/resources.ts';

/**
 * As much of Azure Resource Manager as the Azure command line and Terraform ask for before they do what a user wants
 * (graph-api §13): where everything is, which tenants there are, and that there are no subscriptions.
 */
export const armPaths: ReadonlySet<string> = new Set(['/metadata/endpoints', '/tenants', '/subscriptions']);

export interface ArmAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** @param req the request, whose token metadata does not need */
export async function arm(
  path: string,
  version: string | undefined,
  req: IncomingMessage,
  options: OidcOptions,
): Promise<ArmAnswer> {
  if (path === '/metadata/endpoints') return { status: 200, body: endpoints(version ?? '', options.publicOrigin) };
  const token = tokenIn(req.headers.authorization) ?? '';
  const signingKeysOf = (tenantId: string) => ({
    current: async (kid?: string) => (await options.forTenant(tenantId))?.signingKeys.current(kid) ?? [],
  });
  const at = options.clock.now();
  const context = { ...options, at, signingKeysOf, certificateOf: certificateReader(req, options) };
  const ruling = await checkAccessToken(token, context, [armAppId, ...armIdentifiers(options.publicOrigin)]);
  if (ruling.outcome !== 'passed') return refusal(messageOf(ruling.because));
  if (path === '/subscriptions') return { status: 200, body: { value: [], count: { type: 'Total', value: 0 } } };
  const tenant = await options.tenants.find(ruling.value.tenantId);
  if (!tenant) return refusal('the tenant is gone');
  const { id, displayName, domains } = tenant;
  const defaultDomain = domains[0]?.id ?? '';
  const item = { id: `/tenants/${id}`, tenantId: id, tenantType: 'AAD', displayName, defaultDomain };
  return { status: 200, body: { value: [{ ...item, domains: domains.map((domain) => domain.id) }] } };
}

const refusal = (message: string): ArmAnswer => ({
  status: 401,
  body: { error: { code: 'InvalidAuthenticationToken', message } },
});

/** The cloud that this installation is, in the shape each version had. */
function endpoints(version: string, origin: string): unknown {
  const cloud = cloudOf(origin);
  if (version >= '2022-09-01') return cloud;
  if (version >= '2018-01-01') return [cloud];
  return {
    galleryEndpoint: origin,
    graphEndpoint: origin,
    portalEndpoint: origin,
    authentication: { loginEndpoint: origin, audiences: cloud.authentication.audiences },
  };
}

/** Terraform takes the address of the token endpoint from loginEndpoint, and no slash may end it. */
const cloudOf = (origin: string) => ({
  name: 'Cardea',
  portal: origin,
  authentication: {
    loginEndpoint: origin,
    audiences: ['https://management.core.windows.net/', 'https://management.azure.com/'],
    tenant: 'common',
    identityProvider: 'AAD',
  },
  graphAudience: origin,
  graph: origin,
  media: '',
  batch: '',
  resourceManager: origin,
  microsoftGraphResourceId: origin,
  suffixes: {},
});
