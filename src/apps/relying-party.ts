import { parse } from 'hono/utils/cookie';
import type { JWTPayload } from 'jose';
import type * as Client from 'openid-client';
import { z } from 'zod';
import { authorizeAnswer, queryIn, readFields } from '#schema/form.ts';
import { readJson } from '#schema/json.ts';
import { verifiedClaims } from './bearer.ts';
import { dropCookie, seal, unseal } from './sealed-cookie.ts';

/** Loaded by the first sign-in to an application of ours. */
const load = () => import('openid-client');

/** An application that signs people in here, and knows us only by OpenID Connect. */
export interface RelyingParty {
  readonly clientId: string;
  /** `https://localhost:8443` */
  readonly origin: string;
  /** `/myapps`: everything of the application lives below. */
  readonly base: string;
  readonly fetch: typeof fetch;
  now(): Date;
}

/** What the application keeps of a sign-in. */
const signedInShape = z.object({
  claims: z.custom<JWTPayload>((value) => typeof value === 'object' && value !== null),
  idToken: z.string(),
  issuer: z.string(),
});
export type SignedIn = Readonly<z.infer<typeof signedInShape>>;

const pendingShape = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });
type Pending = Readonly<z.infer<typeof pendingShape>>;

/** An answer of the token endpoint. */
const tokenAnswer = z.object({ id_token: z.string().optional(), error_description: z.string().optional() });

const names = (app: RelyingParty) => ({
  session: `__Host-app${app.base.replaceAll('/', '-')}`,
  pending: `__Host-asked${app.base.replaceAll('/', '-')}`,
});

/** `set-cookie` lines that end every session of an application of ours, of those whose cookies are given. */
export function endProductSessions(cookies: string): readonly string[] {
  return Object.keys(parse(cookies))
    .filter((name) => /^__Host-app-[a-z]{1,20}$/.test(name))
    .map(dropCookie);
}

/** Who is signed in to this application, by its own cookie. */
export function whoIs(app: RelyingParty, request: Request): SignedIn | undefined {
  return unseal(signedInShape, names(app).session, request.headers.get('cookie') ?? '');
}

/** Sends the browser to the authorize endpoint of any tenant (`/organizations`): code flow, PKCE, state and nonce. */
export async function beginSignIn(app: RelyingParty, extra: Record<string, string> = {}): Promise<Response> {
  const client = await load();
  const pending: Pending = {
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
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
      ...extra,
    }),
  );
  return redirect(url.href, seal(names(app).pending, pending, 900));
}

/**
 * Ends it. The answer to `organizations` does not name its issuer; there is no other server that it could come from (RFC 9207
 * §1), so the code is redeemed there, and the ID token must be of a tenant of this very server.
 */
export async function endSignIn(app: RelyingParty, request: Request): Promise<Response> {
  const pending = unseal(pendingShape, names(app).pending, request.headers.get('cookie') ?? '');
  const answer = readFields(authorizeAnswer, queryIn(request.url));
  if (!pending) return redirect(`${app.origin}${app.base}`);
  const { code, error, error_description: description, state } = answer ?? {};
  if (error !== undefined || code === undefined) throw new Error(description ?? error ?? 'There is no code.');
  if (state !== pending.state) throw new Error('This response belongs to another sign-in.');
  const signedIn = await redeem(app, pending, code);
  const response = redirect(`${app.origin}${app.base}`, seal(names(app).session, signedIn, 3600));
  response.headers.append('set-cookie', dropCookie(names(app).pending));
  return response;
}

/** RFC 6749 §4.1.3, RFC 7636 §4.5, and what OpenID Connect Core §3.1.3.7 asks of the ID token. */
async function redeem(app: RelyingParty, { verifier, nonce }: Pending, code: string): Promise<SignedIn> {
  const { clientId, origin, base, fetch, now } = app;
  const body = new URLSearchParams({
    ...{ grant_type: 'authorization_code', client_id: clientId, code, code_verifier: verifier },
    redirect_uri: `${origin}${base}/callback`,
  });
  const answer = await fetch(`${origin}/organizations/oauth2/v2.0/token`, { method: 'POST', body });
  const tokens = readJson(tokenAnswer, await answer.text());
  if (tokens?.id_token === undefined) throw new Error(tokens?.error_description ?? 'The code was not redeemed.');
  const claims = await verifiedClaims(tokens.id_token, { origin, audience: clientId, fetch }, now());
  if (claims?.nonce !== nonce) throw new Error('The ID token belongs to another sign-in, or is not valid.');
  return { claims, idToken: tokens.id_token, issuer: String(claims.iss) };
}

/** Signs out here and at the provider. */
export async function signOut(app: RelyingParty, request: Request): Promise<Response> {
  const person = whoIs(app, request);
  if (!person) return redirect(`${app.origin}${app.base}`);
  const config = await configurationOf(app, person.issuer);
  const url = (await load()).buildEndSessionUrl(config, {
    id_token_hint: person.idToken,
    post_logout_redirect_uri: `${app.origin}${app.base}/signed-out`,
  });
  return redirect(url.href, dropCookie(names(app).session));
}

const configurations = new Map<string, Promise<Client.Configuration>>();

function configurationOf(app: RelyingParty, issuer: string): Promise<Client.Configuration> {
  const key = `${app.clientId} ${issuer}`;
  let configuration = configurations.get(key);
  if (!configuration) {
    configuration = discover(app, issuer);
    configuration.catch(() => configurations.delete(key));
    configurations.set(key, configuration);
  }
  return configuration;
}

async function discover({ clientId, fetch }: RelyingParty, issuer: string): Promise<Client.Configuration> {
  const client = await load();
  return client.discovery(new URL(issuer), clientId, undefined, client.None(), {
    [client.customFetch]: fetch as Client.CustomFetch,
  });
}

function redirect(location: string, cookie?: string): Response {
  const response = new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
  if (cookie) response.headers.append('set-cookie', cookie);
  return response;
}
