import { createHash } from 'node:crypto';
import type { Provider } from 'oidc-provider';
import type { Proof } from '#core/access/proof.ts';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import { sessionIdOf } from '#core/token/session-id.ts';
import type { DeviceSession } from '#signin/device/broker.ts';
import { grantNamed, saveRefreshToken } from '../provider/internals/tokens.ts';
import type { TenantContext } from '../provider/options.ts';
import { offlineScope } from '../tokens/resources/scopes.ts';

/** The `sessionUid` of what is made with a primary refresh token. */
export const deviceSessionUid = (id: string): string => `prt ${id}`;

/** The id of the primary refresh token that something was made with; undefined where it was made in a browser session. */
export const primaryIdIn = (sessionUid: string | undefined): string | undefined =>
  sessionUid?.startsWith('prt ') ? sessionUid.slice('prt '.length) : undefined;

/** What a refresh token is made of that the caller redeems at once. */
interface TokenSource {
  /** Names it among all sources, so that each application has one grant of it. */
  readonly name: readonly string[];
  readonly sessionUid: string;
  readonly userId: string;
  readonly amr: readonly string[];
  readonly proofs: readonly Proof[];
}

/** The source that a primary refresh token is. */
export const sourceOfDevice = ({ id, userId, amr, proofs }: DeviceSession): TokenSource => ({
  name: ['prt', id],
  sessionUid: deviceSessionUid(id),
  userId,
  amr,
  proofs,
});

/**
 * A refresh token for an application, which the caller redeems at once: so the tokens of a primary refresh token come of
 * the same code as every other, with its policy, its entry in the log and its rules of replay. Undefined where there is no
 * such application.
 */
export async function mintRefreshToken(
  provider: Provider,
  source: TokenSource,
  clientId: string,
  context: TenantContext,
): Promise<string | undefined> {
  const client = await provider.Client.find(clientId);
  if (!client) return undefined;
  const grantId = await keepGrant(provider, source, clientId);
  const expires = new Date(context.clock.now().getTime() + defaultLifetimes.refreshToken * 1000);
  await context.sessions.add(`grant ${grantId}`, source.proofs, expires);
  const { sessionUid: uid, userId, amr, proofs } = source;
  return saveRefreshToken(provider, {
    accountId: userId,
    amr,
    authTime: Math.floor(Date.parse(proofs.at(-1)!.at) / 1000),
    client,
    expiresIn: defaultLifetimes.refreshToken,
    grantId,
    scope: `openid profile email ${offlineScope}`,
    sessionUid: uid,
    sid: sessionIdOf(uid),
  });
}

/** One grant for each application and source: a new one each time would leave a row each time. */
async function keepGrant(provider: Provider, { name, userId }: TokenSource, clientId: string): Promise<string> {
  const grantId = createHash('sha256')
    .update(JSON.stringify([...name, clientId]))
    .digest('base64url');
  const existing = await provider.Grant.find(grantId);
  if (existing?.accountId === userId) return grantId;
  const grant = grantNamed(provider, grantId, { userId, clientId });
  grant.addOIDCScope('openid profile email');
  await grant.save();
  return grantId;
}
