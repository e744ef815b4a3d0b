import { createHash } from 'node:crypto';
import type { Provider } from 'oidc-provider';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import { sessionIdOf } from '#core/token/session-id.ts';
import type { DeviceSession } from '#signin/device/broker.ts';
import type { TenantContext } from '../provider/options.ts';
import { offlineScope } from '../tokens/scopes.ts';

/** The `sessionUid` of what is made with a primary refresh token. */
export const deviceSessionUid = (id: string): string => `prt ${id}`;

/** The id of the primary refresh token that something was made with; undefined where it was made in a browser session. */
export const primaryIdIn = (sessionUid: string | undefined): string | undefined =>
  sessionUid?.startsWith('prt ') ? sessionUid.slice('prt '.length) : undefined;

/**
 * A refresh token for an application, which the caller redeems at once: so the tokens of a primary refresh token come of
 * the same code as every other, with its policy, its entry in the log and its rules of replay. Undefined where there is no
 * such application.
 */
export async function mintRefreshToken(
  provider: Provider,
  { session, clientId }: { readonly session: DeviceSession; readonly clientId: string },
  context: TenantContext,
): Promise<string | undefined> {
  const client = await provider.Client.find(clientId);
  if (!client) return undefined;
  const grantId = await keepGrant(provider, session, clientId);
  const expires = new Date(context.clock.now().getTime() + defaultLifetimes.refreshToken * 1000);
  await context.sessions.add(`grant ${grantId}`, session.proofs, expires);
  const uid = deviceSessionUid(session.id);
  const token = new provider.RefreshToken({
    accountId: session.userId,
    amr: [...session.amr],
    authTime: Math.floor(Date.parse(session.proofs.at(-1)!.at) / 1000),
    client,
    expiresIn: defaultLifetimes.refreshToken,
    expiresWithSession: false,
    grantId,
    gty: 'refresh_token',
    scope: `openid profile email ${offlineScope}`,
    sessionUid: uid,
    sid: sessionIdOf(uid),
  } as never);
  return token.save();
}

/** One grant for each application of a primary refresh token: a new one each time would leave a row each time. */
async function keepGrant(provider: Provider, session: DeviceSession, clientId: string): Promise<string> {
  const grantId = createHash('sha256')
    .update(JSON.stringify(['prt', session.id, clientId]))
    .digest('base64url');
  const existing = await provider.Grant.find(grantId);
  if (existing?.accountId === session.userId) return grantId;
  const grant = new provider.Grant({ jti: grantId, accountId: session.userId, clientId } as never);
  grant.addOIDCScope('openid profile email');
  await grant.save();
  return grantId;
}
