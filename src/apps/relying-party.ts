import * as client from 'openid-client';
import { dropCookie, seal, unseal } from './sealed-cookie.ts';

/** An application that signs people in here, and knows us only by OpenID Connect. */
export interface RelyingParty {
  readonly clientId: string;
  /** `https://localhost:8443` */
  readonly origin: string;
  /** `/myapps`: everything of the application lives below. */
  readonly base: string;
  readonly fetch: typeof fetch;
}

/** What the application keeps of a sign-in. */
export interface SignedIn {
  readonly claims: client.IDToken;
  readonly idToken: string;
  readonly issuer: string;
}

interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

const names = (app: RelyingParty) => ({
  session: `__Host-app${app.base.replaceAll('/', '-')}`,
  pending: `__Host-asked${app.base.replaceAll('/', '-')}`,
});

/** `set-cookie` lines that end every session of an application of ours, of those whose cookies are given. */
export function endOwnSessions(cookies: string): readonly string[] {
  return cookies
    .split(/;\s*/)
    .map((cookie) => cookie.split('=')[0]!)
    .filter((name) => /^__Host-app-[a-z]{1,20}$/.test(name))
    .map(dropCookie);
}

/** Who is signed in to this application, by its own cookie. */
export function whoIs(app: RelyingParty, request: Request): SignedIn | undefined {
  return unseal<SignedIn>(names(app).session, request.headers.get('cookie') ?? '');
}

/** Sends the browser to the authorize endpoint of any tenant (`/organizations`): code flow, PKCE, state and nonce. */
export async function beginSignIn(app: RelyingParty, extra: Record<string, string> = {}): Promise<Response> {
  const request: Pending = {
    state: client.randomState(),
    nonce: client.randomNonce(),
    verifier: client.randomPKCECodeVerifier(),
  };
  const url = new URL('/organizations/oauth2/v2.0/authorize', app.origin);
  url.search = String(
    new URLSearchParams({
      client_id: app.clientId,
      response_type: 'code',
      redirect_uri: `${app.origin}${app.base}/callback`,
      scope: 'openid profile email',
      state: request.state,
      nonce: request.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(request.verifier),
      code_challenge_method: 'S256',
      ...extra,
    }),
  );
  return redirect(url.href, seal(names(app).pending, request, 900));
}

/**
 * Ends it: the answer names its issuer (RFC 9207), which must be a tenant of this very server, or the code would be
 * redeemed for a stranger (mix-up).
 */
export async function endSignIn(app: RelyingParty, request: Request): Promise<Response> {
  const query = unseal<Pending>(names(app).pending, request.headers.get('cookie') ?? '');
  const answer = new URL(request.url);
  const issuer = answer.searchParams.get('iss') ?? '';
  if (!query || !issuer.startsWith(`${app.origin}/`)) return redirect(`${app.origin}${app.base}`);
  const config = await configurationOf(app, issuer);
  const tokens = await client.authorizationCodeGrant(
    config,
    new URL(`${app.origin}${answer.pathname}${answer.search}`),
    {
      expectedState: query.state,
      expectedNonce: query.nonce,
      pkceCodeVerifier: query.verifier,
      idTokenExpected: true,
    },
  );
  const signedIn: SignedIn = { claims: tokens.claims()!, idToken: tokens.id_token!, issuer };
  const response = redirect(`${app.origin}${app.base}`, seal(names(app).session, signedIn, 3600));
  response.headers.append('set-cookie', dropCookie(names(app).pending));
  return response;
}

/** Signs out here and at the provider. */
export async function signOut(app: RelyingParty, request: Request): Promise<Response> {
  const person = whoIs(app, request);
  if (!person) return redirect(`${app.origin}${app.base}`);
  const config = await configurationOf(app, person.issuer);
  const url = client.buildEndSessionUrl(config, {
    id_token_hint: person.idToken,
    post_logout_redirect_uri: `${app.origin}${app.base}/signed-out`,
  });
  return redirect(url.href, dropCookie(names(app).session));
}

const configurations = new Map<string, Promise<client.Configuration>>();

function configurationOf(app: RelyingParty, issuer: string): Promise<client.Configuration> {
  const key = `${app.clientId} ${issuer}`;
  let knownItem = configurations.get(key);
  if (!knownItem) {
    knownItem = client.discovery(new URL(issuer), app.clientId, undefined, client.None(), {
      [client.customFetch]: app.fetch as client.CustomFetch,
    });
    knownItem.catch(() => configurations.delete(key));
    configurations.set(key, knownItem);
  }
  return knownItem;
}

function redirect(location: string, cookie?: string): Response {
  const response = new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
  if (cookie) response.headers.append('set-cookie', cookie);
  return response;
}
