import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CardeaError } from '#core/trace/fault.ts';
import { isFault } from '#core/trace/faults.ts';
import type { SigningKey } from '#model/signing-key.ts';
import { boundedCache } from '#net/bounded-cache.ts';
import type { Interactions } from '#ports/sessions.ts';
import { queryIn } from '#schema/form.ts';
import type { BrowserSignOn } from '#signin/device/broker.ts';
import { formIn } from '#signin/read-form.ts';
import { tenantAliases } from '#signin/user/realm.ts';
import { noteSignOn } from './broker/sign-on.ts';
import { UserCodeGuesses } from './device-code/user-code-guesses.ts';
import { arm, armPaths } from './endpoints/arm.ts';
import { azureAdGraphRetired, isAzureAdGraph } from './endpoints/azure-ad-graph.ts';
import { requestWith } from './endpoints/body.ts';
import { CredentialTypeQuestions, credentialTypePath } from './endpoints/credential-type.ts';
import { Documents } from './endpoints/documents.ts';
import { makeInteractions } from './endpoints/interactions.ts';
import { logout } from './endpoints/logout.ts';
import { sendLogoutNotices } from './endpoints/logout-notices.ts';
import { authorizeParameters, versionParameters } from './endpoints/parameters.ts';
import { nameRequest, notesOf } from './endpoints/request-notes.ts';
import { provide } from './provider/internals/configuration.ts';
import type { OidcOptions } from './provider/options.ts';
import { makeProvider } from './provider/provider.ts';
import { answerAuthorize, askAgainByGet } from './requests/authorize.ts';
import { answerEverybody, keysBody } from './requests/common.ts';
import { answerDevice, answerUserCode } from './requests/device-code.ts';
import {
  answerCredentialType,
  answerInstance,
  answerRealm,
  answerUserinfo,
  configurationOf,
} from './requests/discovery.ts';
import { answerFault, refuse, refuseTenant, sendJson } from './requests/replies.ts';
import { type AskPages, type Open, type Opened, pathIn, type Request } from './requests/request.ts';
import { answerToken } from './requests/token.ts';

/** OpenID Connect in Entra's shape, for every tenant of the installation. */
export interface Oidc {
  /** Whether this path is ours. */
  handles(url: string): boolean;
  /** Whether this path is one of `mtls_endpoint_aliases` (RFC 8705 §5). */
  handlesMutualTls(url: string): boolean;
  /** Answers a request whose path is ours. */
  listener(req: IncomingMessage, res: ServerResponse, askPages?: AskPages): Promise<void>;
  /** What a browser proves by its device in a request to the pages; undefined where it brings nothing. */
  signOn(req: IncomingMessage, tenantId: string): Promise<BrowserSignOn | undefined>;
  readonly interactions: Interactions;
  /** Tells the tenant's applications of sessions that have ended. */
  sendLogoutNotices(tenantId: string): Promise<void>;
}

const endpoints =
  /^\/([\w.-]{1,253})\/(v2\.0\/\.well-known\/openid-configuration|\.well-known\/openid-configuration|oauth2\/v2\.0\/(?:authorize|token|logout|devicecode)|oauth2\/(?:authorize|token|logout|devicecode)|oauth2\/deviceauth(?:\/[\w-]{1,64})?|oauth2\/v2\.0\/authorize\/[\w-]{1,64}|discovery\/(?:v2\.0\/)?keys|discovery\/instance|userrealm(?:\/[^/]{1,400})?)$/i;
/** What a program calls. Pages of people are not served where a certificate is asked for. */
const mutualTlsEndpoints = /^\/[\w.-]{1,253}\/oauth2\/(?:v2\.0\/)?(?:token|devicecode)$/i;
const mostProviders = 500;

/** @param options what it stands on; nothing is opened before the first request of a tenant */
export function createOidc(options: OidcOptions): Oidc {
  const { host } = new URL(options.publicOrigin);
  const tenants = boundedCache<Promise<Opened | undefined>>(mostProviders);
  const questions = new CredentialTypeQuestions(options);
  const documents = new Documents();
  const openCached = (tenantId: string) => {
    const cached = tenants.get(tenantId) ?? openTenant(options, tenantId);
    tenants.set(tenantId, cached);
    // A tenant that is not there, or could not be opened, is looked for again by the next request.
    cached.then((opened) => opened ?? tenants.delete(tenantId)).catch(() => tenants.delete(tenantId));
    return cached;
  };
  const open = async (tenantId: string) => {
    const opened = await openCached(tenantId);
    if (!opened || opened.kids === kidsOf(await opened.context.signingKeys.current())) return opened;
    tenants.delete(tenantId); // the keys were rotated, here or by another process
    return openCached(tenantId);
  };
  return {
    handles: (url) => {
      const path = pathIn(url);
      if (isAzureAdGraph(url)) return true;
      return path === '/oidc/userinfo' || armPaths.has(path) || endpoints.test(path) || credentialTypePath.test(path);
    },
    handlesMutualTls: (url) => {
      const path = pathIn(url);
      return path === '/oidc/userinfo' || mutualTlsEndpoints.test(path);
    },
    signOn: async (req, tenantId) => options.broker && noteSignOn(options.broker, req, tenantId),
    async listener(req, res, askPages) {
      nameRequest(req, res);
      // No copies in caches of HTTP/1.0 (windows-sign-in §0.5, rule 10).
      if (/\/token\/?$/i.test(pathIn(req.url ?? '/'))) res.setHeader('pragma', 'no-cache');
      if (!isForBrowsers(pathIn(req.url ?? '/'))) req.headers.accept = 'application/json';
      req.headers.host = host; // addresses in answers are made of ours, whatever the request called us
      try {
        if (credentialTypePath.test(pathIn(req.url ?? '/'))) await answerCredentialType(options, questions, req, res);
        else await route({ options, documents, open }, { req, res, askPages });
      } catch (thrown) {
        if (res.headersSent) return void res.destroy();
        if (isFault(thrown)) return await answerFault(options, req, res, thrown);
        const { because: reason } = thrown as CardeaError;
        await refuse(options, req, res, { status: 400, error: 'invalid_request', reason });
      }
    },
    interactions: makeInteractions(options, open),
    async sendLogoutNotices(tenantId) {
      const context = await options.forTenant(tenantId);
      if (context) await sendLogoutNotices(context, async () => (await open(tenantId))!.provider, options);
    },
  };
}

/** Endpoints that a person sees. Every other one is answered in JSON whatever the client accepts: a Java client accepts HTML. */
const isForBrowsers = (path: string): boolean =>
  /\/oauth2\/(?:v2\.0\/)?(?:authorize|logout|deviceauth)(?:\/|$)/.test(path);

async function openTenant(options: OidcOptions, tenantId: string): Promise<Opened | undefined> {
  const context = await options.forTenant(tenantId);
  if (!context) return undefined;
  const kids = kidsOf(await context.signingKeys.current());
  const guesses = new UserCodeGuesses(options.sharedLimits, tenantId);
  return { context, kids, guesses, provider: await makeProvider(options, context) };
}

const kidsOf = (keys: readonly SigningKey[]): string => keys.map(({ kid }) => kid).join(' ');

async function route(
  { options, documents, open }: { readonly options: OidcOptions; readonly documents: Documents; readonly open: Open },
  { req, res, askPages }: Pick<Request, 'req' | 'res' | 'askPages'>,
): Promise<void> {
  notesOf(req);
  const pathname = pathIn(req.url ?? '/');
  const query = formIn(authorizeParameters, queryIn(req.url ?? ''));
  if (isAzureAdGraph(req.url ?? '/')) {
    const { status, body } = azureAdGraphRetired();
    return sendJson(res, status, body);
  }
  if (armPaths.has(pathname)) {
    const { status, body } = await arm(
      pathname,
      formIn(versionParameters, String(query)).fields['api-version'],
      req,
      options,
    );
    return sendJson(res, status, body);
  }
  if (pathname === '/oidc/userinfo') return answerUserinfo(options, req, res);
  const [, name = '', endpoint = ''] = endpoints.exec(pathname) ?? [];
  const request = { req, res, tenant: name.toLowerCase(), query, askPages };
  if (endpoint === 'discovery/instance') return answerInstance(options, request);
  if (/^userrealm(?:\/|$)/.test(endpoint)) return answerRealm(options, request, endpoint);
  if (tenantAliases.has(request.tenant)) return answerEverybody({ options, documents, open }, request, endpoint);
  const tenant = await options.tenants.find(request.tenant);
  const handle = tenant && (await open(tenant.id));
  if (!handle) return refuseTenant(options, request);
  return answerTenant({ options, documents }, handle, request, endpoint);
}

async function answerTenant(
  { options, documents }: { readonly options: OidcOptions; readonly documents: Documents },
  handle: Opened,
  request: Request,
  endpoint: string,
): Promise<void> {
  const { req, res, query } = request;
  const { context, provider } = handle;
  if (endpoint.endsWith('openid-configuration')) {
    const algorithms = (await context.signingKeys.current()).map(({ alg }) => alg);
    const { id } = context.tenant;
    const body = documents.bodyOf([endpoint, id, ...algorithms], () =>
      configurationOf(endpoint, options, id, algorithms),
    );
    return sendJson(res, 200, body, { open: true });
  }
  if (/^discovery\/.*keys$/.test(endpoint)) {
    return sendJson(res, 200, await keysBody(options, documents, [context]), { open: true });
  }
  if (endpoint === 'oauth2/v2.0/token') return answerToken(options, handle, request);
  if (endpoint === 'oauth2/token') return answerToken(options, handle, { ...request, version: 1 });
  if (endpoint === 'oauth2/v2.0/devicecode') return answerDevice(options, handle, request);
  if (endpoint === 'oauth2/devicecode') return answerDevice(options, handle, { ...request, version: 1 });
  if (endpoint.startsWith('oauth2/deviceauth')) return answerUserCode(options, handle, request, endpoint);
  if (req.method === 'POST') return askAgainByGet(request, endpoint);
  if (endpoint.endsWith('/logout')) return logout(req, res, query, { ...handle, options });
  // The pages lead back here: what the device proves in this request counts, as it does at the start.
  if (!endpoint.endsWith('/authorize') && options.broker) await noteSignOn(options.broker, req, context.tenant.id);
  if (!endpoint.endsWith('/authorize')) return provide(provider, requestWith(req, `/${endpoint}?${query}`), res);
  return answerAuthorize(options, handle, request, endpoint);
}
