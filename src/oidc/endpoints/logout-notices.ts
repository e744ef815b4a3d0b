import type { Provider } from 'oidc-provider';
import { messageOf } from '#core/trace/fault.ts';
import { because } from '#core/trace/reasons.ts';
import type { LogoutNotice } from '#model/session.ts';
import { AddressRefused } from '#net/http-client.ts';
import { notifiedClientOf } from '../provider/internals/models.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';

/** Sent in one go; the rest is sent the next time. */
const together = 50;

/**
 * OpenID Connect Back-Channel Logout 1.0: tells applications of sessions that have ended. One that does not answer is
 * told again later, for a day. The provider is not opened when there is nothing to tell.
 */
export async function sendLogoutNotices(
  context: TenantContext,
  openProvider: () => Promise<Provider>,
  options: OidcOptions,
): Promise<void> {
  const notices = await context.live.takeNotices(context.clock.now(), together);
  if (notices.length === 0) return;
  const provider = await openProvider();
  await Promise.all(notices.map((notice) => notifyApplication(notice, provider, context, options)));
}

async function notifyApplication(
  { id, appId, userId, sid }: LogoutNotice,
  provider: Provider,
  context: TenantContext,
  options: OidcOptions,
): Promise<void> {
  const client = await notifiedClientOf(provider, appId);
  try {
    if (client?.backchannelLogoutUri) await client.backchannelLogout(userId, sid);
    await context.live.dropNotice(id);
  } catch (problem) {
    const detail = `${appId} was sent no logout notice: ${describeProblem(problem as Error, client?.backchannelLogoutUri ?? '')}`;
    options.log({ event: 'notTold', tenantId: context.tenant.id, correlationId: 'none', detail });
  }
}

/** `fetch` says only that it failed; its cause says why. */
function describeProblem({ message, cause }: Error, url: string): string {
  if (!(cause instanceof AddressRefused)) return cause instanceof Error ? `${message}: ${cause.message}` : message;
  const reason = because('logoutAddressRefused', { url, problem: cause.message });
  return `${reason.code}: ${messageOf(reason)}`;
}
