import type { IncomingMessage, ServerResponse } from 'node:http';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { Provider } from 'oidc-provider';
import type { Application } from '../ports.ts';
import { publicKeys } from './metadata.ts';
import type { OidcOptions, TenantDoor } from './options.ts';
import { sendPage, signedOutPage } from './pages.ts';

/**
 * OpenID Connect RP-Initiated Logout: ends the session at once, as Entra does, and leads on to a registered address or
 * to our own page.
 */
export async function logout(
  req: IncomingMessage,
  res: ServerResponse,
  query: URLSearchParams,
  { provider, door, options }: { provider: Provider; door: TenantDoor; options: OidcOptions },
): Promise<void> {
  const session = await provider.Session.get(provider.createContext(req, res));
  const signedInTo = Object.keys(session.authorizations ?? {});
  if (session.accountId !== undefined) {
    await door.sessions.end(session.uid);
    await session.destroy();
  }
  const expired = 'Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0';
  res.setHeader('set-cookie', `${provider.cookieName('session')}=; ${expired}`);
  const named = [await hintedApplication(query.get('id_token_hint'), door, options), query.get('client_id')];
  const appIds = [...named.filter((appId) => typeof appId === 'string'), ...signedInTo].slice(0, 50);
  const target = await allowedTarget(query, appIds, door);
  if (!target) return sendPage(res, 200, await signedOutPage({ req, brand: await door.brand() }, '/'));
  res.writeHead(303, { location: target, 'cache-control': 'no-store' }).end();
}

/** Whose id_token it was; an expired one still tells, a forged one does not. */
async function hintedApplication(
  hint: string | null,
  door: TenantDoor,
  { publicOrigin }: OidcOptions,
): Promise<string | undefined> {
  if (hint === null) return undefined;
  const issuer = `${publicOrigin}/${door.tenant.id}/v2.0`;
  const keys = createLocalJWKSet({ keys: publicKeys(await door.signingKeys.current(), issuer) as never });
  try {
    const { payload } = await jwtVerify(hint, keys, { issuer, currentDate: new Date(0) });
    return typeof payload.aud === 'string' ? payload.aud : undefined;
  } catch {
    return undefined; // then the other ways to name the application decide
  }
}

async function allowedTarget(
  query: URLSearchParams,
  appIds: readonly string[],
  door: TenantDoor,
): Promise<string | undefined> {
  const asked = query.get('post_logout_redirect_uri');
  if (asked === null || !URL.canParse(asked)) return undefined;
  for (const appId of appIds) {
    const application: Application | undefined = await door.applications.find(appId);
    if (application?.postLogoutRedirectUris.includes(asked)) return withState(asked, query.get('state'));
  }
  return undefined;
}

function withState(uri: string, state: string | null): string {
  if (state === null) return uri;
  const url = new URL(uri);
  url.searchParams.set('state', state);
  return url.href;
}
