import { createHash, randomBytes } from 'node:crypto';
import { getCookie } from 'hono/cookie';
import type { GuardPorts } from '#admin/safety/guard.ts';
import { securityInfoAppId } from '#core/access/methods/security-info.ts';
import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { sessionIdOf } from '#core/token/session-id.ts';
import type { Language } from '#languages/language.ts';
import type { BrowserSession } from '#model/interaction.ts';
import { clientOf } from '#net/limits/limits.ts';
import { tenantCookie } from '#pages/host-cookie.ts';
import type { Brand } from '#pages/page.ts';
import { refusedResponse } from '#pages/refused.ts';
import type { SignInContext } from '#ports/ports.ts';
import { evaluateProofs } from '#signin/with-factor.ts';
import { provenSince } from '#signin/with-session.ts';
import { brandOf } from '../branding.ts';
import { queryOf } from '../forms/reader.ts';
import { callbackQuery, signedInQuery } from '../forms/security-info.ts';
import { languageOf, type ServerContext } from '../server-context.ts';
import type { C } from '../sign-in/page-context.ts';

/** A person with a live session of the login host, and what that session has proven. */
export interface SignedIn extends SignInContext<GuardPorts> {
  readonly user: User;
  readonly sessionUid: string;
  readonly ipAddress: string;
  readonly proofs: readonly Proof[];
  readonly language: Language;
  readonly brand: Brand;
}

export type SignedInStep = (c: C, signedIn: SignedIn) => Promise<Response>;

/** Where the sign-in comes back to; the code it brings is not redeemed: the session itself is the purpose. */
const callback = '/security-info/callback';

/**
 * Does the step for the user who is signed in here. `fresh`: policy is asked about this very session, as at any application,
 * and with what this page asks for besides (a recent multifactor sign-in); a session that is not enough is led through a
 * sign-in first.
 */
export async function signedIn(
  context: ServerContext,
  c: C,
  step: SignedInStep,
  { fresh }: { readonly fresh: boolean },
) {
  const session = await sessionOf(context, c);
  if (!session) return signInFirst(context, c, 'organizations');
  const person = await whoIs(context, c, session);
  if (person && c.req.method === 'POST') await correlate(person);
  if (!person) return signInFirst(context, c, session.tenantId);
  if (!fresh) return step(c, person);
  const verdict = await evaluateProofs(
    { ...signInRequestOf(c, person.user), userId: person.user.id, proofs: person.proofs },
    person,
  );
  if (verdict.kind === 'granted') return step(c, person);
  const isFault = 'fault' in verdict;
  if (isFault) context.onFault(verdict.fault, verdict.trace.correlationId);
  if (!isFault && queryOf(c, signedInQuery).back === undefined) return signInFirst(context, c, session.tenantId);
  const { correlationId } = verdict.trace;
  const { at, brand, language, user } = person;
  const about = { because: verdict.because, correlationId, at, brand, language, username: user.userPrincipalName };
  return refusedResponse({ ...about, waysOut: { startAgain: '/security-info' } }, 403);
}

/** What the user changes here is audited with the correlation id of the sign-in that the session stands on. */
async function correlate({ ports, user, sessionUid }: SignedIn): Promise<void> {
  const query = { top: 1, userId: user.id, sessionId: sessionIdOf(sessionUid) };
  const [entry] = await ports.signInLog.list(query);
  if (entry) ports.audits.correlate(entry.correlationId);
}

/** The tenant signed in to last, where this browser is signed in to several. */
async function sessionOf(context: ServerContext, c: C): Promise<BrowserSession | undefined> {
  const sessions = await context.interactions.sessions(c.env.incoming, c.env.outgoing);
  const last = getCookie(c, tenantCookie);
  return sessions.find(({ tenantId }) => tenantId === last) ?? sessions[0];
}

async function whoIs(context: ServerContext, c: C, session: BrowserSession): Promise<SignedIn | undefined> {
  const ports = await context.portsOf(session.tenantId);
  const user = await ports.directory.user(session.userId);
  if (!user?.accountEnabled) return undefined;
  const sessionProofs = (await ports.sessions.proofs(session.uid)).filter((proof) => proof.userId === user.id);
  const proofs = provenSince(user, sessionProofs);
  if (proofs.length === 0) return undefined;
  const [at, language] = [ports.clock.now(), languageOf(c)];
  const brand = await brandOf(ports, language.tag);
  const ipAddress = clientOf(c.env.incoming);
  return { ports, user, sessionUid: session.uid, ipAddress, proofs, at, language, brand };
}

function signInRequestOf(c: C, user: User) {
  return {
    correlationId: crypto.randomUUID(),
    application: { appId: securityInfoAppId, displayName: 'My security info' },
    resourceId: securityInfoAppId,
    ipAddress: clientOf(c.env.incoming),
    userAgent: c.req.header('user-agent') ?? '',
    username: user.userPrincipalName,
  };
}

/** By an authorize request, like any application: so there is an entry in the log, and policy decides. */
function signInFirst(context: ServerContext, c: C, tenant: string): Response {
  const url = new URL(`/${tenant}/oauth2/v2.0/authorize`, context.loginOrigin);
  url.search = String(
    new URLSearchParams({
      client_id: securityInfoAppId,
      response_type: 'code',
      redirect_uri: `${context.loginOrigin}${callback}`,
      scope: 'openid',
      state: c.req.path === '/security-info/requests' ? 'requests' : 'methods',
      code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
      code_challenge_method: 'S256',
    }),
  );
  return c.redirect(url.pathname + url.search, 303);
}

/** The redirect after the sign-in. Its parameters are not used: the session is read again. */
export function comeBack(c: C): Response {
  const page = queryOf(c, callbackQuery).state === 'requests' ? '/security-info/requests' : '/security-info';
  return c.redirect(`${page}?back=1`, 303);
}
