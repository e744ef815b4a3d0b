import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Application } from '#model/application.ts';
import { clientAppTypeOf } from '../provider/client.ts';
import type { ApplicationCheck, OidcOptions, TenantContext } from '../provider/options.ts';
import { resourceIdOf } from '../tokens/resources/resource-of.ts';
import { notesOf, remoteAddress } from './request-notes.ts';

/** What every question about a request of the provider tells: who asks, for what, from where. */
export async function applicationCheckOf(
  ctx: KoaContextWithOIDC,
  options: OidcOptions,
  context: TenantContext,
): Promise<ApplicationCheck> {
  const application = ctx.oidc.client!.cardea_application as Application;
  const { appId, displayName } = application;
  const correlationId = ctx.oidc.params?.cardea_correlation;
  const { deviceSession, device = deviceSession?.device } = notesOf(ctx.req);
  return {
    tenantId: context.tenant.id,
    application: { appId, displayName },
    clientAppType: clientAppTypeOf(application),
    resourceId: await resourceIdOf(ctx.oidc.params?.resource, context, options),
    ipAddress: remoteAddress(ctx.req),
    userAgent: ctx.get('user-agent'),
    correlationId: typeof correlationId === 'string' ? correlationId : notesOf(ctx.req).correlationId,
    ...(device ? { device } : {}),
    ...(deviceSession ? { incomingTokenType: 'primaryRefreshToken' as const } : {}),
  };
}
