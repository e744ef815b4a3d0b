import type { IncomingMessage, ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { Provider } from 'oidc-provider';
import { readPrimaryTokenText } from '#core/device/primary-token-text.ts';
import { type CardeaError, fault } from '#core/trace/fault.ts';
import { isFault, publicFault } from '#core/trace/faults.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import type { SigningKey } from '#model/signing-key.ts';
import type { Tenant } from '#model/tenant.ts';
import { sourceOf } from '#net/limits.ts';
import type { Interactions } from '#ports/sessions.ts';
import type { Broker } from '#signin/device/broker.ts';
import { encryptionOfCode } from './broker/bound-session.ts';
import { fromFirstVersion } from './broker/first-version.ts';
import { credentialsIn, isChallenged } from './broker/sign-on.ts';
import { answerDeviceToken } from './broker/token-requests.ts';
import { deviceGrant } from './device-code/device-flow.ts';
import { UserCodeGuesses } from './device-code/user-code-guesses.ts';
import { arm, armPaths } from './endpoints/arm.ts';
import { readForm, requestWith } from './endpoints/body.ts';
import { CredentialTypeQuestions, credentialTypePath } from './endpoints/credential-type.ts';
import { makeInteractions } from './endpoints/interactions.ts';
import { logout } from './endpoints/logout.ts';
import { tellOfLogouts } from './endpoints/logout-notices.ts';
import { firstVersion, instanceDiscovery, openidConfiguration, publicKeys } from './endpoints/metadata.ts';
import { errorPage, sendPage } from './endpoints/pages.ts';
import { userRealm } from './endpoints/user-realm.ts';
import { userinfo } from './endpoints/userinfo.ts';
import { notesOf, remoteAddress } from './endpoints/visit.ts';
import { readClientAssertion } from './provider/client-assertion.ts';
import { errorBody } from './provider/error-body.ts';
import type { OidcOptions, TenantContext } from './provider/options.ts';
import { issuerOf, makeProvider } from './provider/provider.ts';
import { translateAuthorize, translateDevice, translateToken } from './provider/translate.ts';
import { acceptsHtml, answerScripted, isScripted } from './scripted/authorize.ts';
import { crossOriginRefusal } from './tokens/single-page.ts';

/** OpenID Connect in Entra's shape, for every tenant of the installation. */
export interface Oidc {
  /** Whether this path is ours. */
  handles(url: string): boolean;
  /** Answers a request whose path is ours. */
  listener(req: IncomingMessage, res: ServerResponse): Promise<void>;
  readonly interactions: Interactions;
  /** Tells the tenant's applications of sessions that have ended. */
  tellOfLogouts(tenantId: string): Promise<void>;
}

const endpoints =
  /^\/([\w.-]{1,253})\/(v2\.0\/\.well-known\/openid-configuration|\.well-known\/openid-configuration|oauth2\/v2\.0\/(?:authorize|token|logout|devicecode)|oauth2\/(?:authorize|token)|oauth2\/deviceauth(?:\/[\w-]{1,64})?|oauth2\/v2\.0\/authorize\/[\w-]{1,64}|discovery\/v2\.0\/keys|discovery\/instance|userrealm(?:\/[^/]{1,400})?)$/i;
const everybody = new Set(['common', 'organizations']);
const providersKept = 500;
/** Characters of a form that becomes an address. Clients and the front read 16 KB of headers. */
const longestAddress = 12 * 1024;

interface Opened {
  readonly provider: Provider;
  /** Ids of the keys the provider was made with. */
  readonly kids: string;
  readonly context: TenantContext;
  readonly guesses: UserCodeGuesses;
}
interface Request {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly tenant: string;
  readonly query: URLSearchParams;
  /** Of the token endpoint; 2 when absent. */
  readonly version?: 1 | 2;
}

/** @param options what it stands on; nothing is opened before the first request of a tenant */
export function createOidc(options: OidcOptions): Oidc {
  const { host } = new URL(options.publicOrigin);
  const tenants = new LRUCache<string, Promise<Opened | undefined>>({ max: providersKept });
  const questions = new CredentialTypeQuestions(options);
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
      return path === '/oidc/userinfo' || armPaths.has(path) || endpoints.test(path) || credentialTypePath.test(path);
    },
    async listener(req, res) {
      nameRequest(req, res);
      req.headers.host = host; // addresses in answers are made of ours, whatever the request called us
      try {
        if (credentialTypePath.test(pathIn(req.url ?? '/'))) await answerCredentialType(options, questions, req, res);
        else await route(options, open, req, res);
      } catch (thrown) {
        if (res.headersSent) return void res.destroy();
        if (isFault(thrown)) return await answerFault(options, req, res, thrown);
        const { because: reason } = thrown as CardeaError;
        await refuse(options, req, res, { status: 400, error: 'invalid_request', reason });
      }
    },
    interactions: makeInteractions(options, open),
    async tellOfLogouts(tenantId) {
      const context = await options.forTenant(tenantId);
      if (context) await tellOfLogouts(context, async () => (await open(tenantId))!.provider, options);
    },
  };
}

/** Names of the request, and no copies in caches of HTTP/1.0 (windows-sign-in §0.5, rule 10). */
function nameRequest(req: IncomingMessage, res: ServerResponse): void {
  const { traceId, correlationId } = notesOf(req);
  res.setHeader('x-ms-request-id', traceId);
  if (/^true$/i.test(String(req.headers['return-client-request-id'])))
    res.setHeader('client-request-id', correlationId);
  if (/\/token\/?$/i.test(pathIn(req.url ?? '/'))) res.setHeader('pragma', 'no-cache');
}

async function openTenant(options: OidcOptions, tenantId: string): Promise<Opened | undefined> {
  const context = await options.forTenant(tenantId);
  if (!context) return undefined;
  const kids = kidsOf(await context.signingKeys.current());
  return { context, kids, guesses: new UserCodeGuesses(), provider: await makeProvider(options, context) };
}

const kidsOf = (keys: readonly SigningKey[]): string => keys.map(({ kid }) => kid).join(' ');

/**
 * Some clients double slashes (graph-api §1.1), others end the path with one or write it in another case (windows-sign-in
 * §0.5, rule 1). What stands behind a fixed word, such as an interaction or a user name, keeps its case.
 */
const pathIn = (url: string): string =>
  url
    .split('?')[0]!
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '')
    .replace(fixedWords, (words) => words.toLowerCase());
const fixedWords =
  /(?<=^\/[\w.-]{1,253}\/)(?:v2\.0\/\.well-known\/openid-configuration|\.well-known\/openid-configuration|oauth2\/(?:v2\.0\/)?(?:authorize|token|logout|devicecode|deviceauth)|discovery\/(?:v2\.0\/keys|instance)|userrealm|getcredentialtype)(?=\/|$)/i;

type Open = (tenantId: string) => Promise<Opened | undefined>;

async function route(options: OidcOptions, open: Open, req: IncomingMessage, res: ServerResponse): Promise<void> {
  notesOf(req);
  const pathname = pathIn(req.url ?? '/');
  const query = new URLSearchParams((req.url ?? '').split('?').slice(1).join('?'));
  if (armPaths.has(pathname)) {
    const { status, body } = await arm(pathname, query.get('api-version'), req.headers.authorization, options);
    return sendJson(res, status, body);
  }
  if (pathname === '/oidc/userinfo') return answerUserinfo(options, req, res);
  const [, name = '', endpoint = ''] = endpoints.exec(pathname) ?? [];
  const request = { req, res, tenant: name.toLowerCase(), query };
  if (endpoint === 'discovery/instance') return answerInstance(options, request);
  if (/^userrealm(?:\/|$)/.test(endpoint)) return answerRealm(options, request, endpoint);
  if (everybody.has(request.tenant)) return answerEverybody(options, open, request, endpoint);
  const tenant = await options.tenants.find(request.tenant);
  const handle = tenant && (await open(tenant.id));
  if (!handle) return refuseTenant(options, request);
  return answerTenant(options, handle, request, endpoint);
}

/** The discovery document of the version that the path names. */
function configurationOf(
  endpoint: string,
  { publicOrigin }: OidcOptions,
  tenant: string,
  algorithms?: readonly string[],
) {
  const document = openidConfiguration(publicOrigin, tenant, algorithms);
  return endpoint.startsWith('v2.0/') ? document : { ...document, ...firstVersion(publicOrigin, tenant) };
}

async function answerTenant(options: OidcOptions, handle: Opened, request: Request, endpoint: string): Promise<void> {
  const { req, res, query } = request;
  const { context, provider } = handle;
  if (endpoint.endsWith('openid-configuration')) {
    const algorithms = (await context.signingKeys.current()).map(({ alg }) => alg);
    return sendJson(res, 200, configurationOf(endpoint, options, context.tenant.id, algorithms), { open: true });
  }
  if (endpoint === 'discovery/v2.0/keys') {
    const keys = publicKeys(await context.signingKeys.published(), issuerOf(options, context));
    return sendJson(res, 200, { keys }, { open: true });
  }
  if (endpoint === 'oauth2/v2.0/token') return answerToken(options, handle, request);
  if (endpoint === 'oauth2/token') return answerToken(options, handle, { ...request, version: 1 });
  if (endpoint === 'oauth2/v2.0/devicecode') return answerDevice(options, handle, request);
  if (endpoint.startsWith('oauth2/deviceauth')) return answerUserCode(options, handle, request, endpoint);
  if (req.method === 'POST') return askAgainByGet(request, endpoint);
  if (endpoint === 'oauth2/v2.0/logout') return logout(req, res, query, { ...handle, options });
  if (!endpoint.endsWith('/authorize')) return provide(provider, requestWith(req, `/${endpoint}?${query}`), res);
  return answerAuthorize(options, handle, request, endpoint);
}

/** Both versions: the provider knows the second alone. What a device proves is noted for it. */
async function answerAuthorize(
  options: OidcOptions,
  { provider, context }: Opened,
  { req, res, query, tenant }: Request,
  endpoint: string,
): Promise<void> {
  const visit = { req, res, query, path: `/${tenant}/${endpoint}` };
  if (options.broker && (await isChallenged(options.broker, visit, context.tenant.id))) return;
  const parameters = endpoint === 'oauth2/authorize' ? fromFirstVersion(query) : query;
  const translation = translateAuthorize(parameters, notesOf(req).correlationId);
  const answer = (to: ServerResponse) =>
    provide(provider, requestWith(req, `/oauth2/v2.0/authorize?${translation}`), to);
  const { flowSealing } = options;
  if (!flowSealing || !(await isScripted(visit, context))) return answer(res);
  return answerScripted(visit, answer, { ...options, flowSealing }, context);
}

const provide = (provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> =>
  provider.callback()(req, res) as unknown as Promise<void>;

/** A form posted from another site brings no cookies; the same as an address does. */
async function askAgainByGet({ req, res, tenant }: Request, endpoint: string): Promise<void> {
  const form = String(await readForm(req));
  if (form.length > longestAddress) throw fault('requestMalformed', { problem: 'the form is too long for an address' });
  res.writeHead(303, { location: `/${tenant}/${endpoint}?${form}`, 'cache-control': 'no-store' }).end();
}

/** A device asks for a code (RFC 8628 §3.1). */
async function answerDevice(
  options: OidcOptions,
  { provider, context }: Opened,
  { req, res, tenant }: Request,
): Promise<void> {
  if (req.method !== 'POST') return void res.writeHead(405, { allow: 'POST' }).end();
  const form = await readForm(req);
  const translation = translateDevice(form, notesOf(req).correlationId);
  req.headers.accept = 'application/json';
  const reason = form.has('client_assertion')
    ? await takeAssertion(options, context, { req, tenant }, form, translation)
    : undefined;
  if (reason) return refuse(options, req, res, { status: 401, error: 'invalid_client', reason });
  return provide(provider, requestWith(req, '/oauth2/v2.0/devicecode', translation), res);
}

/** A person types what the device shows (RFC 8628 §3.3). A code in the address is not taken, because the user would not type it. */
async function answerUserCode(
  options: OidcOptions,
  { provider, guesses }: Opened,
  { req, res }: Request,
  endpoint: string,
): Promise<void> {
  const form = req.method === 'POST' ? await readForm(req) : undefined;
  if (!form?.has('user_code')) return provide(provider, requestWith(req, `/${endpoint}`, form), res);
  const source = sourceOf(remoteAddress(req));
  const seconds = guesses.take(source, options.clock.now().getTime());
  if (seconds !== undefined) {
    res.setHeader('retry-after', String(seconds));
    const reason = because('userCodeGuessesExhausted', { seconds });
    return refuse(options, req, res, { status: 429, error: 'access_denied', reason });
  }
  await provide(provider, requestWith(req, `/${endpoint}`, form), res);
  if (!notesOf(req).userCodeWrong) guesses.giveBack(source);
}

async function answerToken(
  options: OidcOptions,
  handle: Opened,
  request: Request,
  form?: URLSearchParams,
): Promise<void> {
  const { provider, context } = handle;
  const { req, res, tenant, version = 2 } = request;
  if (req.method === 'OPTIONS') return provide(provider, requestWith(req, '/oauth2/v2.0/token'), res);
  if (req.method !== 'POST') return void res.writeHead(405, { allow: 'POST, OPTIONS' }).end();
  const sent = form ?? (await readTokenForm(req));
  if (await isAnsweredForDevice(options, req, res, sent)) return;
  if (options.broker?.isRequest(sent)) return answerBroker(options, options.broker, handle, { ...request, form: sent });
  const input = version === 1 ? fromFirstVersion(sent) : sent;
  const encrypt = await encryptionOfCode(sent, options.broker, context);
  if (version === 1 || encrypt)
    notesOf(req).answerShape = { version, resource: sent.get('resource'), ...(encrypt ? { encrypt } : {}) };
  const translation = translateToken(input);
  req.headers.accept = 'application/json';
  if ('code' in translation) {
    return refuse(options, req, res, { status: 400, error: 'invalid_scope', reason: translation });
  }
  if (input.has('client_assertion')) {
    const reason = await takeAssertion(options, context, { req, tenant }, input, translation);
    if (reason) return refuse(options, req, res, { status: 401, error: 'invalid_client', reason });
  }
  const application = await context.applications.find(translation.get('client_id') ?? '');
  const redemption = { form: translation, origin: req.headers.origin, application: application! };
  const refusal = application && (await crossOriginRefusal(redemption, context.oidcRecords));
  if (refusal) return refuse(options, req, res, { status: 400, error: 'invalid_request', reason: refusal });
  return provide(provider, requestWith(req, '/oauth2/v2.0/token', translation), res);
}

/** The form of a token request. A JWT in standard base64 that is not percent-encoded has its plus signs back (windows-sign-in §0.5, rule 7). */
async function readTokenForm(req: IncomingMessage): Promise<URLSearchParams> {
  const form = await readForm(req, { isTypeless: true });
  const request = form.get('request');
  if (request?.includes(' ')) form.set('request', request.replaceAll(' ', '+'));
  return form;
}

/** What needs no tenant: a nonce, and the refusal of a primary refresh token that no session key signed. True when it is answered. */
async function isAnsweredForDevice(
  options: OidcOptions,
  req: IncomingMessage,
  res: ServerResponse,
  form: URLSearchParams,
): Promise<boolean> {
  const nonce = options.broker?.nonceFor(form);
  if (nonce !== undefined) sendJson(res, 200, { Nonce: nonce });
  if (nonce !== undefined) return true;
  if (!readPrimaryTokenText(form.get('refresh_token'))) return false;
  await refuse(options, req, res, {
    status: 400,
    error: 'invalid_grant',
    reason: because('primaryRefreshTokenBare', {}),
  });
  return true;
}

function answerBroker(
  options: OidcOptions,
  broker: Broker,
  handle: Opened,
  { req, res, tenant, form, version = 2 }: Request & { readonly form: URLSearchParams },
): Promise<void> {
  const request = { req, res, form, tenantName: tenant, version };
  return answerDeviceToken(broker, request, handle, {
    refuse: (refusal) => refuse(options, req, res, refusal),
    json: (body) => sendJson(res, 200, body),
    provide: (inner) => provide(handle.provider, inner, res),
  });
}

/** Judges the client assertion in the provider's place, which then finds the application proven; or tells why not. */
async function takeAssertion(
  { publicOrigin }: OidcOptions,
  context: TenantContext,
  { req, tenant }: Pick<Request, 'req' | 'tenant'>,
  form: URLSearchParams,
  translation: URLSearchParams,
): Promise<Because | undefined> {
  const names = new Set([tenant, context.tenant.id, ...context.tenant.domains.map(({ id }) => id), ...everybody]);
  const endpointsOf = (name: string) => [`${publicOrigin}/${name}/oauth2/v2.0/token`, `${publicOrigin}/${name}/v2.0`];
  const request = {
    form,
    ipAddress: remoteAddress(req),
    audiences: [...names].flatMap(endpointsOf),
    at: context.clock.now(),
  };
  const clientAssertion = await readClientAssertion(request, {
    findApplication: context.applications.find,
    records: context.oidcRecords,
    tenant: context.tenant.displayName,
  });
  if ('code' in clientAssertion) return clientAssertion;
  notesOf(req).assertedBy = clientAssertion.appId;
  for (const name of ['client_assertion', 'client_assertion_type']) translation.delete(name);
  translation.set('client_id', clientAssertion.appId);
  translation.set('client_secret', 'proven by assertion'); // compared with nothing: the notes of the request decide
  return undefined;
}

/** `common` and `organizations`: the tenant shows itself in the request, or the person is asked for a user name. */
async function answerEverybody(options: OidcOptions, open: Open, request: Request, endpoint: string): Promise<void> {
  const { req, res, query, tenant: alias } = request;
  if (endpoint.endsWith('openid-configuration')) {
    return sendJson(res, 200, configurationOf(endpoint, options, alias), { open: true });
  }
  if (endpoint === 'discovery/v2.0/keys') {
    return sendJson(res, 200, { keys: await keysOfEverybody(options) }, { open: true });
  }
  if (endpoint === 'oauth2/v2.0/token') return answerTokenOfEverybody(options, open, request);
  if (endpoint === 'oauth2/token') return answerTokenOfEverybody(options, open, { ...request, version: 1 });
  if (endpoint === 'oauth2/v2.0/devicecode') return answerDeviceOfEverybody(options, open, request);
  if (req.method === 'POST') return askAgainByGet(request, endpoint);
  const named = endpoint.endsWith('authorize') ? await tenantOfCredential(options, req) : undefined;
  const handle = named === undefined ? undefined : await open(named);
  if (handle) return answerAuthorize(options, handle, request, endpoint); // brokers do not follow a redirect of ours
  const tenant = await tenantOf(options, req, query);
  const isLogout = endpoint.endsWith('logout');
  const scripted = isLogout || acceptsHtml(req) ? undefined : await scriptedTenant(options, open, request, tenant);
  if (scripted) return answerAuthorize(options, scripted, request, endpoint);
  const ending = endpoint === 'oauth2/authorize' ? endpoint : `oauth2/v2.0/${isLogout ? 'logout' : 'authorize'}`;
  if (tenant) return redirect(res, `/${tenant.id}/${ending}?${query}`);
  if (isLogout) return refuseTenant(options, request);
  return redirect(res, `/${alias}/login?${query}`);
}

/** The tenant that a credential of the device names, where the browser brings one. */
async function tenantOfCredential({ broker, tenants }: OidcOptions, req: IncomingMessage): Promise<string | undefined> {
  const { refreshToken, device } = credentialsIn(req);
  const credential = refreshToken ?? device;
  if (!broker || credential === undefined) return undefined;
  const id = broker.tenantIdIn(new URLSearchParams({ request: credential }));
  return id === undefined ? undefined : (await tenants.find(id))?.id;
}

/** A client that shows no pages follows no redirect either: the tenant that is named, or the only one, answers at once. */
async function scriptedTenant(
  options: OidcOptions,
  open: Open,
  request: Request,
  hint: Tenant | undefined,
): Promise<Opened | undefined> {
  if (!options.flowSealing) return undefined;
  const [only, ...others] = hint ? [hint] : await options.tenants.list();
  const handle = only && others.length === 0 ? await open(only.id) : undefined;
  return handle && (await isScripted(request, handle.context)) ? handle : undefined;
}

async function keysOfEverybody(options: OidcOptions): Promise<readonly Record<string, unknown>[]> {
  const doors = await Promise.all((await options.tenants.list()).map(({ id }) => options.forTenant(id)));
  const sets = await Promise.all(
    doors.map(async (context) =>
      context ? publicKeys(await context.signingKeys.published(), issuerOf(options, context)) : [],
    ),
  );
  return sets.flat();
}

/** By hint, else by the cookie of the last sign-in, unless another account is wanted. */
async function tenantOf(
  { tenants }: OidcOptions,
  req: IncomingMessage,
  query: URLSearchParams,
): Promise<Tenant | undefined> {
  const hints = [query.get('login_hint')?.split('@')[1], query.get('domain_hint')];
  for (const hint of hints) {
    const match = hint ? await tenants.find(hint.toLowerCase()) : undefined;
    if (match) return match;
  }
  if (/\b(select_account|login)\b/.test(query.get('prompt') ?? '')) return undefined;
  const rememberedTenant = /(?:^|;\s*)__Host-cardea-tenant=([\w-]{36})/.exec(req.headers.cookie ?? '')?.[1];
  return rememberedTenant === undefined ? undefined : tenants.find(rememberedTenant);
}

/** No user name was typed yet, so a device can only mean the tenant that is the only one. */
async function answerDeviceOfEverybody(options: OidcOptions, open: Open, request: Request): Promise<void> {
  const [only, ...others] = await options.tenants.list();
  const handle = only && others.length === 0 ? await open(only.id) : undefined;
  if (handle) return answerDevice(options, handle, request);
  const reason = because('deviceTenantUnsaid', { alias: request.tenant });
  return refuse(options, request.req, request.res, { status: 400, error: 'invalid_request', reason });
}

async function answerTokenOfEverybody(options: OidcOptions, open: Open, request: Request): Promise<void> {
  if (request.req.method !== 'POST') {
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'content-type',
      allow: 'POST',
    };
    return void request.res.writeHead(204, headers).end();
  }
  const form = await readTokenForm(request.req);
  if (await isAnsweredForDevice(options, request.req, request.res, form)) return;
  const grantType = form.get('grant_type') ?? '';
  if (!options.broker?.isRequest(form) && grantType !== '' && !recordGrants.has(grantType)) {
    const evidence = { grantType: grantType.slice(0, 100), appId: (form.get('client_id') ?? '').slice(0, 100) };
    const reason = because('grantTypeUnsupported', evidence);
    return refuse(options, request.req, request.res, { status: 400, error: 'unsupported_grant_type', reason });
  }
  const { kind, value } = recordIn(form);
  const tenantOfRecord = async () => (value === null ? undefined : options.recordTenant(kind, value));
  const tenantId = await (options.broker?.isRequest(form) ? tenantOfDevice(options, form) : tenantOfRecord());
  const handle = tenantId === undefined ? undefined : await open(tenantId);
  if (handle) return answerToken(options, handle, request, form);
  const evidence = { appId: (form.get('client_id') ?? '').slice(0, 100) };
  const reason = because(unknownCode[kind], evidence);
  const error = kind === 'DeviceCode' ? 'expired_token' : 'invalid_grant';
  return refuse(options, request.req, request.res, { status: 400, error, reason });
}

/** A signed request at `common` names its tenant by the certificate of the device, or by its primary refresh token. */
async function tenantOfDevice({ broker, tenants }: OidcOptions, form: URLSearchParams): Promise<string | undefined> {
  const id = broker?.tenantIdIn(form);
  return id === undefined ? undefined : (await tenants.find(id))?.id;
}

const unknownCode = {
  RefreshToken: 'refreshTokenUnknown',
  AuthorizationCode: 'codeUnknown',
  DeviceCode: 'deviceCodeExpired',
} as const;

/** Grants whose record names the tenant. Any other one, a password among them, is not offered at `common`. */
const recordGrants: ReadonlySet<string> = new Set(['authorization_code', 'refresh_token', 'device_code', deviceGrant]);

/** Which record of which tenant a token request stands on. */
function recordIn(form: URLSearchParams): { kind: keyof typeof unknownCode; value: string | null } {
  switch (form.get('grant_type')) {
    case 'refresh_token':
      return { kind: 'RefreshToken', value: form.get('refresh_token') };
    case 'device_code':
    case deviceGrant:
      return { kind: 'DeviceCode', value: form.get('device_code') ?? form.get('code') };
    default:
      return { kind: 'AuthorizationCode', value: form.get('code') };
  }
}

async function answerInstance(options: OidcOptions, { req, res, query }: Request): Promise<void> {
  const request = query.get('authorization_endpoint') ?? '';
  const match = instanceDiscovery(options.publicOrigin, request);
  const reason = because('hostUnknown', { host: request.slice(0, 200) });
  if (match) sendJson(res, 200, match, { open: true });
  else await refuse(options, req, res, { status: 400, error: 'invalid_instance', reason });
}

async function answerRealm(options: OidcOptions, { res, query }: Request, endpoint: string): Promise<void> {
  const typedText = query.get('user') ?? plain(endpoint.slice('userrealm/'.length));
  return sendJson(res, 200, await userRealm(typedText, query.get('api-version'), options));
}

/** What is not percent-encoded as it should be is taken as it stands. */
function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** windows-sign-in §1.4. */
async function answerCredentialType(
  options: OidcOptions,
  questions: CredentialTypeQuestions,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.method !== 'POST') return void res.writeHead(405, { allow: 'POST' }).end();
  const name = credentialTypePath.exec(pathIn(req.url ?? '/'))![1]!.toLowerCase();
  const tenant = everybody.has(name) ? undefined : await options.tenants.find(name);
  if (!tenant && !everybody.has(name)) {
    const reason = because('tenantUnknown', { tenant: name });
    return refuse(options, req, res, { status: 400, error: 'invalid_tenant', reason });
  }
  const answer = await questions.answer(req, tenant);
  if (!isReason(answer)) return sendJson(res, 200, answer);
  return refuse(options, req, res, { status: 400, error: 'invalid_request', reason: answer });
}

async function answerUserinfo(options: OidcOptions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const answer = await userinfo(req.headers.authorization, options);
  if (!isReason(answer)) return sendJson(res, 200, answer, { open: true });
  res.setHeader('www-authenticate', 'Bearer error="invalid_token"');
  return refuse(options, req, res, { status: 401, error: 'invalid_token', reason: answer });
}

const isReason = (answer: Record<string, unknown> | Because): answer is Because =>
  'code' in answer && 'evidence' in answer;

function refuseTenant(options: OidcOptions, { req, res, tenant }: Request): Promise<void> {
  const reason = because('tenantUnknown', { tenant: tenant.slice(0, 253) });
  return refuse(options, req, res, { status: 400, error: 'invalid_tenant', reason });
}

interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly reason: Because;
}

/** A fault of the service: one error line in the log, and an answer that lets a client keep what it has. */
function answerFault(options: OidcOptions, req: IncomingMessage, res: ServerResponse, thrown: unknown): Promise<void> {
  const { status, headers, error, because: reason } = publicFault(thrown);
  const { correlationId } = notesOf(req);
  options.log({ event: 'fault', tenantId: undefined, correlationId, detail: reason.code, fault: thrown });
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  return answerRefusal(options, req, res, { status, error, reason });
}

/** A page for a browser, Entra's JSON for every other client. */
async function refuse(
  options: OidcOptions,
  req: IncomingMessage,
  res: ServerResponse,
  refusal: Refusal,
): Promise<void> {
  const { correlationId } = notesOf(req);
  options.log({ event: 'refused', tenantId: undefined, correlationId, detail: refusal.reason.code });
  return answerRefusal(options, req, res, refusal);
}

async function answerRefusal(
  options: OidcOptions,
  req: IncomingMessage,
  res: ServerResponse,
  { status, error, reason }: Refusal,
): Promise<void> {
  const at = options.clock.now();
  const notes = notesOf(req);
  if (/\btext\/html\b/.test(req.headers.accept ?? '')) sendPage(res, status, await errorPage({ req }, reason, at));
  // Pages of other origins may read it: it tells only the caller.
  else sendJson(res, status, errorBody(error, reason, notes, at, options.publicOrigin), { open: true });
}

function redirect(res: ServerResponse, location: string): void {
  res.writeHead(303, { location, 'cache-control': 'no-store' }).end();
}

function sendJson(res: ServerResponse, status: number, body: unknown, { open = false } = {}): void {
  const text = JSON.stringify(body);
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...(open ? { 'access-control-allow-origin': '*' } : {}),
  });
  res.end(text);
}
