import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type InteractionResults, type Provider } from 'oidc-provider';
import type { Because } from '#core/trace/reasons.ts';
import type { BrowserSession, Interaction } from '#model/interaction.ts';
import { CapturedResponse, requestOnward } from '#net/inner-request.ts';
import type { Interactions, ProviderAnswer } from '#ports/sessions.ts';
import { clientAppTypeOf } from '../provider/client.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import { provide } from '../requests/request.ts';
import { readClaimsAsked } from '../tokens/claims-asked.ts';
import { resourceIdOf } from '../tokens/resource-of.ts';
import { nameRequest, notesOf, shareNotes } from './visit.ts';

type Opened = { readonly provider: Provider; readonly context: TenantContext };

export function makeInteractions(
  options: OidcOptions,
  open: (tenantId: string) => Promise<Opened | undefined>,
): Interactions {
  const handle = async (req: IncomingMessage) => {
    const uid = /^\/login\/([\w-]{10,64})(?=[/?]|$)/.exec(req.url ?? '')?.[1];
    const tenantId = uid === undefined ? undefined : await options.recordTenant('Interaction', uid);
    const match = tenantId === undefined ? undefined : await open(tenantId);
    return match && { ...match, uid };
  };
  return {
    async find(req, res) {
      const match = await handle(req);
      const details = match && (await detailsOf(match.provider, req, res));
      return details?.uid === match?.uid && details && match ? describe(details, match.context, options) : undefined;
    },
    async finish(req, res, result) {
      const match = (await handle(req))!;
      const details = await match.provider.interactionDetails(req, res);
      if ('error' in result) return goOn(match, options, { req, details }, { ...result });
      const outlivesTheBrowser = await leaveOtherAccount(match, details, { req, res }, result.userId);
      return goOn(
        match,
        options,
        { req, details },
        {
          login: { accountId: result.userId, remember: result.remember ?? outlivesTheBrowser },
          select_account: {},
          proofs: result.proofs,
        },
      );
    },
    async sessions(req, res) {
      const match = await Promise.all(tenantsIn(req).map((tenantId) => sessionIn(tenantId, open, req, res)));
      return match.filter((session) => session !== undefined);
    },
    async stay(req, res) {
      const match = (await handle(req))!;
      const details = await match.provider.interactionDetails(req, res);
      return goOn(match, options, { req, details }, { select_account: {} });
    },
  };
}

type Details = InstanceType<Provider['Interaction']>;

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
    authenticationContexts: readClaimsAsked(params.cardea_claims).contexts,
  };
}

/**
 * Goes on with the authorization request of an interaction, as the browser would at the address where the interaction leads back to the
 * provider. The result is stored nowhere: where the provider fails before it has stored its answer, the interaction is as it was.
 */
async function goOn(
  { provider }: Opened,
  options: OidcOptions,
  { req, details }: { readonly req: IncomingMessage; readonly details: Details },
  result: InteractionResults,
): Promise<ProviderAnswer> {
  const path = new URL(details.returnTo).pathname.replace(/^\/[^/]+/, '');
  const request = requestOnward(req, path);
  request.headers.host = new URL(options.publicOrigin).host;
  shareNotes(req, request);
  notesOf(request).ending = { uid: details.uid, result };
  const answer = new CapturedResponse(request);
  nameRequest(request, answer);
  await provide(provider, request, answer);
  return answer.captured;
}

/**
 * A user who signs in as another user leaves the old session first: no proof of one is ever near the other. Answers whether the
 * session that goes on outlives the browser, so that a further proof does not shorten it.
 */
async function leaveOtherAccount(
  { provider, context }: Opened,
  details: Details,
  { req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse },
  userId: string,
): Promise<boolean> {
  const session = await provider.Session.get(provider.createContext(req, res));
  if (session.accountId === undefined) return false;
  if (session.accountId === userId) return !session.transient;
  delete details.session;
  await details.save(details.exp! - Math.floor(Date.now() / 1000));
  await context.sessions.end(session.uid);
  await session.destroy();
  return false;
}

/** Tenants whose session cookie a browser sends. It can send any number; more than a few are not usual. */
function tenantsIn({ headers: { cookie = '' } }: IncomingMessage): readonly string[] {
  return [...cookie.matchAll(/(?:^|;\s*)__Host-cardea-session-([\da-f-]{36})=/g)].map(([, id]) => id!).slice(0, 5);
}

async function sessionIn(
  tenantId: string,
  open: (tenantId: string) => Promise<Opened | undefined>,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<BrowserSession | undefined> {
  const provider = (await open(tenantId))?.provider;
  const session = await provider?.Session.get(provider.createContext(req, res));
  return session?.accountId === undefined ? undefined : { tenantId, uid: session.uid, userId: session.accountId };
}
