import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'hono/utils/cookie';
import { errors, type InteractionResults, type Provider } from 'oidc-provider';
import type { Because } from '#core/trace/reasons.ts';
import type { BrowserSession, Interaction } from '#model/interaction.ts';
import { CapturedResponse, requestOnward } from '#net/inner-request.ts';
import type { Interactions, ProviderAnswer } from '#ports/sessions.ts';
import { clientAppTypeOf } from '../provider/client.ts';
import { errorThrown } from '../provider/error-situation.ts';
import { provide } from '../provider/internals/configuration.ts';
import { endsWithBrowser, sessionOf } from '../provider/internals/sessions.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import { readRequestedClaims } from '../tokens/requested-claims.ts';
import { resourceIdOf } from '../tokens/resources/resource-of.ts';
import { nameRequest, notesOf, shareNotes } from './request-notes.ts';

type Opened = { readonly provider: Provider; readonly context: TenantContext };

export function makeInteractions(
  options: OidcOptions,
  open: (tenantId: string) => Promise<Opened | undefined>,
): Interactions {
  const openInteractionOf = async (req: IncomingMessage, res: ServerResponse): Promise<OpenInteraction | undefined> => {
    const uid = /^\/login\/([\w-]{10,64})(?=[/?]|$)/.exec(req.url ?? '')?.[1];
    const tenantId = uid === undefined ? undefined : await options.recordTenant('Interaction', uid);
    const openedTenant = tenantId === undefined ? undefined : await open(tenantId);
    const details = openedTenant && (await detailsOf(openedTenant.provider, req, res));
    return openedTenant && details && details.uid === uid ? { ...openedTenant, details } : undefined;
  };
  return {
    async find(req, res) {
      const openInteraction = await openInteractionOf(req, res);
      return openInteraction && describe(openInteraction.details, openInteraction.context, options);
    },
    async finish(req, res, result) {
      const openInteraction = await openInteractionOf(req, res);
      if (!openInteraction) return undefined;
      if ('error' in result) return goOn(openInteraction, options, req, { result: { ...result } });
      const before = await leaveOtherAccount(openInteraction, { req, res }, result.userId);
      return goOn(openInteraction, options, req, {
        leavesSession: before === 'left',
        result: {
          login: { accountId: result.userId, remember: result.remember ?? before === 'outlivesTheBrowser' },
          select_account: {},
          proofs: result.proofs,
        },
      });
    },
    async sessions(req, res) {
      const sessions = await Promise.all(tenantsIn(req).map((tenantId) => sessionIn(tenantId, open, req, res)));
      return sessions.filter((session) => session !== undefined);
    },
    async stay(req, res) {
      const openInteraction = await openInteractionOf(req, res);
      return openInteraction && goOn(openInteraction, options, req, { result: { select_account: {} } });
    },
  };
}

type Details = InstanceType<Provider['Interaction']>;
/** An interaction that is under way, of the browser that began it. */
type OpenInteraction = Opened & { readonly details: Details };

async function detailsOf(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<Details | undefined> {
  try {
    return await provider.interactionDetails(req, res);
  } catch (problem) {
    if (problem instanceof errors.SessionNotFound) return undefined; // no cookie, another browser's, or too late
    throw problem;
  }
}

async function describe(details: Details, context: TenantContext, options: OidcOptions): Promise<Interaction> {
  const { uid, params, prompt } = details;
  const text = (name: string) => (typeof params[name] === 'string' ? params[name] : undefined);
  const appId = text('client_id') ?? '';
  const application = await context.applications.find(appId);
  const { accountId, uid: sessionUid } = details.session ?? {};
  return {
    uid,
    tenantId: context.tenant.id,
    appId,
    appDisplayName: application?.displayName ?? appId,
    resourceId: await resourceIdOf(params.resource, context, options),
    loginHint: text('login_hint'),
    domainHint: text('domain_hint'),
    prompt: prompt.name,
    redirectUri: text('redirect_uri') ?? '',
    correlationId: text('cardea_correlation') ?? uid,
    languages: [text('mkt'), text('ui_locales')].filter(Boolean).join(' '),
    reason: prompt.details.because as Because | undefined,
    session: accountId && sessionUid ? { uid: sessionUid, userId: accountId } : undefined,
    clientAppType: clientAppTypeOf(application),
    authenticationContexts: readRequestedClaims(params.cardea_claims).contexts,
  };
}

/**
 * Continues with the authorization request of an interaction, as the browser would at the address where the interaction leads back to the
 * provider. The result is stored nowhere: where the provider fails before it has stored its answer, the interaction is as it was.
 * Undefined where another request has ended the interaction meanwhile.
 */
async function goOn(
  { provider, details }: OpenInteraction,
  options: OidcOptions,
  req: IncomingMessage,
  ending: { readonly result: InteractionResults; readonly leavesSession?: boolean },
): Promise<ProviderAnswer | undefined> {
  const path = new URL(details.returnTo).pathname.replace(/^\/[^/]+/, '');
  const request = requestOnward(req, path);
  request.headers.host = new URL(options.publicOrigin).host;
  shareNotes(req, request);
  notesOf(request).ending = { uid: details.uid, ...ending };
  const answer = new CapturedResponse(request);
  nameRequest(request, answer);
  await provide(provider, request, answer);
  return errorThrown(request) instanceof errors.SessionNotFound ? undefined : answer.captured;
}

/**
 * A user who signs in as another user leaves the old session first: no proof of one is ever near the other. A session that continues
 * and outlives the browser still does so after a further proof.
 */
async function leaveOtherAccount(
  { provider, context }: Opened,
  { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
  userId: string,
): Promise<'left' | 'outlivesTheBrowser' | undefined> {
  const session = await sessionOf(provider, req, res);
  if (session.accountId === undefined) return undefined;
  if (session.accountId === userId) return endsWithBrowser(session) ? undefined : 'outlivesTheBrowser';
  await context.sessions.end(session.uid);
  await session.destroy();
  return 'left';
}

/** Tenants whose session cookie a browser sends. It can send any number; more than a few are not usual. */
function tenantsIn({ headers: { cookie = '' } }: IncomingMessage): readonly string[] {
  const ids = Object.keys(parse(cookie)).flatMap(
    (name) => /^__Host-cardea-session-([\da-f-]{36})$/.exec(name)?.[1] ?? [],
  );
  return ids.slice(0, 5);
}

async function sessionIn(
  tenantId: string,
  open: (tenantId: string) => Promise<Opened | undefined>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<BrowserSession | undefined> {
  const provider = (await open(tenantId))?.provider;
  const session = provider && (await sessionOf(provider, req, res));
  return session?.accountId === undefined ? undefined : { tenantId, uid: session.uid, userId: session.accountId };
}
