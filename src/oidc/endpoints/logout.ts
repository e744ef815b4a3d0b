import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeJwt, jwtVerify } from 'jose';
import type { Provider } from 'oidc-provider';
import type { z } from 'zod';
import type { SessionAuthorization } from '#core/token/provider-records.ts';
import { issuerOfVersion, issuersOf } from '#core/token/version.ts';
import type { Application } from '#model/application.ts';
import { hostCookie } from '#pages/host-cookie.ts';
import { formIn } from '#signin/read-form.ts';
import { redirectUriAllowed } from '../provider/client.ts';
import { sessionCookiesOf } from '../provider/internals/cookies.ts';
import { authorizationsIn, sessionOf } from '../provider/internals/sessions.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import { keyNamedIn } from '../tokens/check-access-token.ts';
import { isIdToken } from '../tokens/kinds/token-kind.ts';
import { sendLogoutNotices } from './logout-notices.ts';
import { verificationKeys } from './metadata.ts';
import { sendPage, signedOutPage } from './pages.ts';
import { type AuthorizeQuery, logoutParameters } from './parameters.ts';

/**
 * OpenID Connect RP-Initiated Logout: ends the session at once, as Entra does, and leads on to a registered address or
 * to our own page.
 */
export async function logout(
  req: IncomingMessage,
  res: ServerResponse,
  query: AuthorizeQuery,
  { provider, context, options }: { provider: Provider; context: TenantContext; options: OidcOptions },
): Promise<void> {
  const session = await sessionOf(provider, req, res);
  const authorizations = authorizationsIn(session);
  const signedInTo = Object.keys(authorizations);
  if (session.accountId !== undefined) {
    await context.live.endSession(session.uid);
    sendLogoutNotices(context, async () => provider, options).catch((fault: unknown) =>
      options.log({ event: 'fault', tenantId: context.tenant.id, correlationId: 'none', detail: 'logout', fault }),
    );
  }
  const applicationCookies = options.endProductSessions?.(req.headers.cookie ?? '') ?? [];
  res.setHeader('set-cookie', [
    ...sessionCookiesOf(provider).map((name) => hostCookie(name, '', 0)),
    ...applicationCookies,
  ]);
  const { fields } = formIn(logoutParameters, String(query));
  const hintedIds = [await hintedApplication(fields.id_token_hint, context, options), fields.client_id];
  const appIds = [...hintedIds.filter((appId) => typeof appId === 'string'), ...signedInTo].slice(0, 50);
  const target = await allowedTarget(fields, appIds, context);
  const frames = await framesOf(authorizations, options, context);
  if (!target || frames.length > 0) {
    const brand = await context.brand();
    return sendPage(res, 200, await signedOutPage({ req, brand }, { again: '/', frames, target }));
  }
  res.writeHead(303, { location: target, 'cache-control': 'no-store' }).end();
}

/**
 * OpenID Connect Front-Channel Logout 1.0 §3: where the applications of this session want to see its browser once more. `iss` is
 * the one in the ID tokens of the application.
 */
async function framesOf(
  authorizations: Readonly<Record<string, SessionAuthorization>>,
  { publicOrigin }: OidcOptions,
  context: TenantContext,
): Promise<readonly string[]> {
  const request = Object.entries(authorizations).map(async ([appId, { sid, cardeaVersion = 2 }]) => {
    const { logoutUrl } = (await context.applications.find(appId)) ?? {};
    if (logoutUrl === undefined || !URL.canParse(logoutUrl)) return [];
    const url = new URL(logoutUrl);
    url.searchParams.set('iss', issuerOfVersion(publicOrigin, context.tenant.id, cardeaVersion));
    if (sid !== undefined) url.searchParams.set('sid', sid);
    return [url.href];
  });
  return (await Promise.all(request)).flat();
}

/** Whose id_token it was; an expired one still tells, a forged one does not. */
async function hintedApplication(
  hint: string | undefined,
  context: TenantContext,
  { publicOrigin }: OidcOptions,
): Promise<string | undefined> {
  if (hint === undefined) return undefined;
  const issuer = issuersOf(publicOrigin, context.tenant.id);
  const keys = verificationKeys(await context.signingKeys.current(keyNamedIn(hint)), issuer[0]!);
  try {
    const currentDate = new Date(Number(decodeJwt(hint).iat) * 1000);
    const { payload, protectedHeader } = await jwtVerify(hint, keys, { issuer, currentDate });
    return isIdToken({ protectedHeader, payload }) && typeof payload.aud === 'string' ? payload.aud : undefined;
  } catch {
    return undefined; // then the other ways to name the application decide
  }
}

async function allowedTarget(
  { post_logout_redirect_uri: request, state }: z.output<typeof logoutParameters>,
  appIds: readonly string[],
  context: TenantContext,
): Promise<string | undefined> {
  if (request === undefined || !URL.canParse(request)) return undefined;
  for (const appId of appIds) {
    const application: Application | undefined = await context.applications.find(appId);
    if (application && isRegistered(request, application)) return withState(request, state);
  }
  return undefined;
}

/** As at Entra, a redirect URI of the application will do: Graph has no list of addresses after sign-out. */
const isRegistered = (uri: string, { postLogoutRedirectUris, redirectUris }: Application): boolean =>
  postLogoutRedirectUris.includes(uri) || redirectUriAllowed(uri, redirectUris);

function withState(uri: string, state: string | undefined): string {
  if (state === undefined) return uri;
  const url = new URL(uri);
  url.searchParams.set('state', state);
  return url.href;
}
