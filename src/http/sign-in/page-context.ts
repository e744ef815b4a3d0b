import { hash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import type { DeviceFacts } from '#core/access/device/device-facts.ts';
import type { Proof } from '#core/access/proof.ts';
import { sessionIdOf, sessionUidOf, tokenIdOf } from '#core/token/session-id.ts';
import { type Because, because as reason } from '#core/trace/reasons.ts';
import type { Language } from '#languages/language.ts';
import type { Interaction } from '#model/interaction.ts';
import type { Flow } from '#model/sign-in.ts';
import { clientOf } from '#net/limits/limits.ts';
import { hostCookie } from '#pages/host-cookie.ts';
import { type Brand, type Markup, pageResponse } from '#pages/page.ts';
import { refusedResponse } from '#pages/refused.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';
import type { SignInRequest } from '#signin/request.ts';
import { rolesHeldBy } from '#signin/user/roles-held.ts';
import { readUsername } from '#signin/user/username.ts';
import { provenSince } from '#signin/with-session.ts';
import { brandOf, brandOfInstallation } from '../branding.ts';
import { type Env, languageOf, type ServerContext } from '../server-context.ts';

/** As long as the provider's interaction lives. */
const flowLifetimeMilliseconds = 15 * 60_000;

/** A sign-in on the pages by the browser that began it: its cookie was checked, its tenant is known. */
export interface SignInPageContext extends SignInContext {
  readonly interaction: Interaction;
  readonly flow: Flow;
  /** Whether the flow was begun by this very request and is stored nowhere yet: the first change stores it. */
  readonly isNewFlow: boolean;
  /** `/login/{uid}` */
  readonly base: string;
  readonly language: Language;
  readonly brand: Brand;
}

export type C = Context<Env>;
/** One page or form of a sign-in. */
export type Step = (c: C, signIn: SignInPageContext) => Promise<Response>;

/** Does the step for the browser that began the sign-in, and for no other. */
export async function attend(context: ServerContext, c: C, step: Step): Promise<Response> {
  const interaction = await context.interactions.find(c.env.incoming, c.env.outgoing);
  if (!interaction)
    return refuse(context, c, reason('browserForeign', { interaction: c.req.param('uid') ?? '' }), { status: 400 });
  return step(c, await pageContextOf(context, c, interaction));
}

/** The sign-in of an interaction, begun now where there is none; what is begun is stored with the first change. The caller has seen what binds the client to the interaction. */
export async function pageContextOf(
  context: ServerContext,
  c: C,
  interaction: Interaction,
): Promise<SignInPageContext> {
  const ports = await context.portsOf(interaction.tenantId);
  await noteDevice(context, c.env.incoming, interaction.tenantId);
  const at = ports.clock.now();
  const existing = await ports.flows.findByInteraction(interaction.uid, at);
  const flow = existing ?? (await beginFlow(interaction, { ports, at }));
  const base = `/login/${interaction.uid}`;
  const language = languageOf(c, interaction.languages);
  const brand = await brandOf(ports, language.tag);
  return { interaction, ports, flow, isNewFlow: existing === undefined, at, base, language, brand };
}

/** Devices by the request in which they proved themselves; those of another request do not count. */
const devices = new WeakMap<IncomingMessage, DeviceFacts>();

async function noteDevice({ signOn }: ServerContext, req: IncomingMessage, tenantId: string): Promise<void> {
  const proof = await signOn(req, tenantId);
  if (proof?.kind === 'session') devices.set(req, proof.session.device);
  if (proof?.kind === 'device') devices.set(req, proof.device);
}

async function beginFlow(interaction: Interaction, { ports, at }: SignInContext): Promise<Flow> {
  // A user who is to choose an account has not chosen yet: then a hint is one of the accounts to choose from.
  const hint = interaction.prompt === 'select_account' ? undefined : hintedName(interaction);
  const { clientAppType, authenticationContexts } = interaction;
  const flow: Flow = {
    id: randomBytes(24).toString('base64url'),
    interactionUid: interaction.uid,
    correlationId: interaction.correlationId,
    appId: interaction.appId,
    appDisplayName: interaction.appDisplayName,
    resourceId: interaction.resourceId,
    username: hint,
    ...(interaction.session ? { browserSession: interaction.session } : {}),
    ...(clientAppType ? { clientAppType } : {}),
    ...(authenticationContexts.length > 0 ? { authenticationContexts } : {}),
    expires: new Date(at.getTime() + flowLifetimeMilliseconds),
  };
  return { ...flow, ...(await goingOn(interaction, flow, ports)) };
}

/** CAP-5: where policy wants more of a live session, its person continues from there instead of beginning again. */
async function goingOn({ session, reason: why }: Interaction, flow: Flow, ports: Ports): Promise<Partial<Flow>> {
  const user = session && why ? await ports.directory.user(session.userId) : undefined;
  if (!user?.accountEnabled || !session) return {};
  const username = user.userPrincipalName;
  if (flow.username !== undefined && flow.username.toLowerCase() !== username.toLowerCase()) return {};
  // CAP-6: who is to sign in again has shown the rest already.
  const before = { username, sessionUid: session.uid };
  return why?.code === 'secondFactorNeeded' ? { ...before, userId: user.id } : before;
}

/** The user name that the application says its person has, if it is one. */
export function hintedName({ loginHint }: Interaction): string | undefined {
  const hint = loginHint ? readUsername(loginHint) : undefined;
  return hint?.outcome === 'passed' ? hint.value.username : undefined;
}

/** What every page of a sign-in says. */
export function commonOf({ brand, language, interaction }: SignInPageContext, wrong?: Because) {
  return { brand, language, appDisplayName: interaction.appDisplayName, wrong };
}

/** A page of a sign-in as an answer. Its forms may lead on to the application. */
export function show(markup: Markup, { interaction }: SignInPageContext, wrong?: Because): Promise<Response> {
  return pageResponse(markup, wrong ? 400 : 200, { formTargets: formTargets(interaction.redirectUri) });
}

/**
 * Where forms may lead in the end: browsers apply form-action to the redirects that follow, too. It may be that no one has checked
 * the address yet, so only a plain origin gets into a policy.
 */
export function formTargets(redirectUri: string): string[] {
  const origin = URL.canParse(redirectUri) ? new URL(redirectUri).origin : '';
  return /^https?:\/\/[\w.:[\]-]+$/.test(origin) ? [origin] : [];
}

/** What use cases know of a sign-in. */
export function signInRequestOf(c: C, flow: Flow): SignInRequest {
  const browser = browserOf(c);
  return { ...signInRequestWithoutCookies(c, flow), ...(browser === undefined ? {} : { browser }) };
}

/** The same on the certauth host, to which the browser does not send the cookies of the login host. */
export function signInRequestWithoutCookies(c: C, flow: Flow): SignInRequest {
  return {
    correlationId: flow.correlationId,
    application: { appId: flow.appId, displayName: flow.appDisplayName },
    resourceId: flow.resourceId,
    ipAddress: clientOf(c.env.incoming),
    userAgent: c.req.header('user-agent') ?? '',
    username: flow.username ?? '',
    device: devices.get(c.env.incoming),
    ...requestFromFlow(flow),
  };
}

/** What policy looks at of the request the sign-in began with, and which tokens its entry names. */
function requestFromFlow(flow: Flow): Partial<SignInRequest> {
  const { interactionUid, clientAppType, authenticationContexts, sessionUid, browserSession } = flow;
  return {
    sessionId: sessionIdOf(sessionUidOf(interactionUid)),
    uniqueTokenIdentifier: tokenIdOf(interactionUid),
    ...(browserSession
      ? { browserSession: { userId: browserSession.userId, sessionId: sessionIdOf(browserSession.uid) } }
      : {}),
    ...(sessionUid === undefined ? {} : { sessionUid }),
    ...(clientAppType ? { clientAppType } : {}),
    ...(authenticationContexts ? { authenticationContexts } : {}),
  };
}

/** By which a browser is known again, for any user. The store keeps digests. */
const browserCookie = '__Host-cardea-browser';
const browserDays = 180;

const browserDigest = (secret: string | undefined): string | undefined =>
  secret === undefined ? undefined : hash('sha256', secret, 'base64url');

/** The digest by which a browser is known again; undefined where it has no cookie of ours. */
export const browserOf = (c: C): string | undefined => browserDigest(getCookie(c, browserCookie));

/** From now on this browser is one of the person's own: their habits come back in it, and guesses elsewhere do not lock it. */
export async function knowBrowser(c: C, { ports, at }: SignInPageContext, userId: string): Promise<void> {
  const browserSecret = getCookie(c, browserCookie);
  const secret =
    browserSecret !== undefined && /^[\w-]{43}$/.test(browserSecret)
      ? browserSecret
      : randomBytes(32).toString('base64url');
  await ports.browsers.remember(userId, browserDigest(secret)!, new Date(at.getTime() + browserDays * 86_400_000));
  c.header('set-cookie', hostCookie(browserCookie, secret, browserDays * 86_400), { append: true });
}

/** What a sign-in shows and what the live session it began in has shown before. */
export async function provenSoFar(
  { userId, sessionUid, proofs = [] }: Flow,
  ports: Pick<Ports, 'sessions' | 'directory'>,
): Promise<readonly Proof[]> {
  if (userId === undefined || sessionUid === undefined) return proofs;
  const [user, before] = [await ports.directory.user(userId), await ports.sessions.proofs(sessionUid)];
  const userProofs = before.filter((proof) => proof.userId === userId);
  return user ? [...provenSince(user, userProofs), ...proofs] : proofs;
}

/** The sign-in as it was before a user proved anything. What its session has proven counts for that session's person alone. */
export function unproven({ userId: _, proofs: __, approval: ___, ...flow }: Flow): Flow {
  return flow;
}

/** A refusal in the middle of a sign-in: with its ids, and the ways that are still open. */
export async function refuseAttended(signIn: SignInPageContext, because: Because): Promise<Response> {
  const { base, brand, language, flow, ports, at } = signIn;
  const waysOut = { anotherCertificate: `${base}/certificate?another=1`, otherWays: `${base}/methods` };
  const about = { because, correlationId: flow.correlationId, at, brand, language, username: flow.username, waysOut };
  return refusedResponse({ ...about, isAdministrator: await isAdministrator(flow, ports) }, 403);
}

/** Whether the user who was proven in this sign-in, or is signed in in its browser, holds a directory role. */
export async function isAdministrator(
  { userId, browserSession }: Flow,
  ports: Pick<Ports, 'objects' | 'groups'>,
): Promise<boolean> {
  const id = userId ?? browserSession?.userId;
  return id !== undefined && (await rolesHeldBy(id, ports)).length > 0;
}

export async function refuse(
  context: ServerContext,
  c: C,
  because: Because,
  { status, correlationId, otherWays }: { status: number; correlationId?: string; otherWays?: string },
): Promise<Response> {
  const id = correlationId ?? c.req.header('client-request-id') ?? crypto.randomUUID();
  const waysOut = { waysOut: otherWays ? { otherWays } : { startAgain: '/' } };
  const brand = await brandOfInstallation(context);
  const about = { because, correlationId: id, at: context.clock.now(), brand, language: languageOf(c) };
  return refusedResponse({ ...about, ...waysOut }, status);
}
