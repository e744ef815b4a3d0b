import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'hono/utils/cookie';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import { movedBody } from '#pages/moved.ts';
import type { Broker, BrowserSignOn, DeviceSession } from '#signin/device/broker.ts';
import { credentialsIn, hasCredential } from '#signin/device/browser-credentials.ts';
import { keepBrowserSession } from '#signin/device/browser-session.ts';
import type { AuthorizeQuery } from '../endpoints/parameters.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { signIn, useGrant } from '../provider/internals/sessions.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import { findAccount } from '../tokens/account.ts';
import { grantEverything } from '../tokens/grant.ts';

/** Notes what the browser proves by its device, for the provider to use; undefined where it brings nothing. */
export async function noteSignOn(
  broker: Broker,
  req: IncomingMessage,
  tenantId: string,
): Promise<BrowserSignOn | undefined> {
  const credentials = credentialsIn(req.headers, parse(req.headers.cookie ?? ''));
  if (!hasCredential(credentials)) return undefined;
  const signOn = await broker.signOn(credentials, tenantId);
  const notes = notesOf(req);
  if (signOn.kind === 'session') notes.deviceSession = signOn.session;
  if (signOn.kind === 'device') notes.device = signOn.device;
  return signOn;
}

/**
 * Notes what the browser proves by its device, for the provider to use. True when the answer is sent: the same address
 * with a nonce to sign.
 */
export async function isChallenged(
  broker: Broker,
  {
    req,
    res,
    query,
    path,
  }: {
    readonly req: IncomingMessage;
    readonly res: ServerResponse;
    readonly query: AuthorizeQuery;
    readonly path: string;
  },
  tenantId: string,
): Promise<boolean> {
  const signOn = await noteSignOn(broker, req, tenantId);
  // A client that was given a nonce a moment ago and does not sign it is shown the pages.
  if (signOn?.kind !== 'challenge' || query.fields.sso_nonce !== undefined) return false;
  const next = query.with({ sso_nonce: signOn.nonce });
  res.writeHead(302, { location: `${path}?${next}`, 'cache-control': 'no-store' }).end();
  return true;
}

/**
 * Signs the browser in with its primary refresh token, in place of the pages: the session of the provider is the user's,
 * has proven what the token stands for, and ends with the token.
 */
export async function signInByDevice(
  ctx: KoaContextWithOIDC,
  options: OidcOptions,
  context: TenantContext,
): Promise<void> {
  const { deviceSession } = notesOf(ctx.req);
  const session = ctx.oidc.session;
  if (!deviceSession || !session || wantsPages(ctx) || session.accountId === deviceSession.userId) return;
  if (session.accountId !== undefined) return; // another account is signed in, and the application may mean that one
  const account = await findAccount(ctx, deviceSession.userId, undefined, { options, context });
  if (!account) return;
  signIn(ctx, account);
  await bind(session.uid, deviceSession, context);
  useGrant(ctx, await grantEverything(ctx));
}

/** `prompt=login` and an account that the user chooses ask for the pages. */
const wantsPages = ({ oidc }: KoaContextWithOIDC): boolean => {
  const hint = oidc.params?.prompt;
  return typeof hint === 'string' && /\b(login|select_account)\b/.test(hint);
};

async function bind(sessionUid: string, session: DeviceSession, context: TenantContext): Promise<void> {
  const seconds = defaultLifetimes.session;
  const expires = new Date(context.clock.now().getTime() + seconds * 1000);
  await context.sessions.add(sessionUid, session.proofs, expires);
  const record = { primary: session.id, accountId: session.userId, sessionKey: session.sealedSessionKey };
  await keepBrowserSession(sessionUid, record, seconds + defaultLifetimes.refreshToken, context.oidcRecords);
}

/** The answer as clients without a browser read it: 302, and the address in an anchor (windows-sign-in §3.12). */
export function answerAsAnchor(ctx: KoaContextWithOIDC): void {
  const location = ctx.response.get('location');
  if (ctx.status !== 303 || !location || !notesOf(ctx.req).deviceSession) return;
  ctx.status = 302;
  ctx.type = 'html';
  ctx.body = movedBody(location);
}
