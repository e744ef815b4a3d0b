import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import type { Because } from '#core/trace/reasons.ts';
import type { BrowserSession, Interaction } from '#model/interaction.ts';
import type { Interactions } from '#ports/sessions.ts';
import { clientAppTypeOf } from '../provider/client.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import { readClaimsAsked } from '../tokens/claims-asked.ts';
import { resourceIdOf } from '../tokens/resource-of.ts';

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
      if ('error' in result) return match.provider.interactionResult(req, res, { ...result });
      const outlivesTheBrowser = await leaveOtherAccount(match, req, res, result.userId);
      return match.provider.interactionResult(
        req,
        res,
        {
          login: { accountId: result.userId, remember: result.remember ?? outlivesTheBrowser },
          select_account: {},
          proofs: result.proofs,
        },
        { mergeWithLastSubmission: false },
      );
    },
    async sessions(req, res) {
      const match = await Promise.all(tenantsIn(req).map((tenantId) => sessionIn(tenantId, open, req, res)));
      return match.filter((session) => session !== undefined);
    },
    async stay(req, res) {
      const match = (await handle(req))!;
      return match.provider.interactionResult(req, res, { select_account: {} }, { mergeWithLastSubmission: false });
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
 * A user who signs in as another user leaves the old session first: no proof of one is ever near the other. Answers whether the
 * session that goes on outlives the browser, so that a further proof does not shorten it.
 */
async function leaveOtherAccount(
  { provider, context }: Opened,
  req: IncomingMessage,
  res: ServerResponse,
  userId: string,
): Promise<boolean> {
  const session = await provider.Session.get(provider.createContext(req, res));
  if (session.accountId === undefined) return false;
  if (session.accountId === userId) return !session.transient;
  const details = await provider.interactionDetails(req, res);
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
