import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { CardeaError } from '../core/trace/fault.ts';
import { isFault, publicFault } from '../core/trace/faults.ts';
import { type Because, because } from '../core/trace/reasons.ts';
import type { SigningKey, Tenant } from '../ports.ts';
import { arm, armPaths } from './arm.ts';
import { readForm, requestWith } from './body.ts';
import { readClientAssertion } from './client-assertion.ts';
import { deviceGrant } from './device-flow.ts';
import { errorBody } from './error-body.ts';
import { type Interactions, makeInteractions } from './interactions.ts';
import { logout } from './logout.ts';
import { tellOfLogouts } from './logout-notices.ts';
import { instanceDiscovery, openidConfiguration, publicKeys } from './metadata.ts';
import type { OidcOptions, TenantDoor } from './options.ts';
import { errorPage, sendPage } from './pages.ts';
import { issuerOf, makeProvider } from './provider.ts';
import { crossOriginRefusal } from './single-page.ts';
import { translateAuthorize, translateDevice, translateToken } from './translate.ts';
import { userRealm } from './user-realm.ts';
import { userinfo } from './userinfo.ts';
import { notesOf, remoteAddress } from './visit.ts';

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
  /^\/([\w.-]{1,253})\/(v2\.0\/\.well-known\/openid-configuration|\.well-known\/openid-configuration|oauth2\/v2\.0\/(?:authorize|token|logout|devicecode)|oauth2\/deviceauth(?:\/[\w-]{1,64})?|oauth2\/v2\.0\/authorize\/[\w-]{1,64}|discovery\/v2\.0\/keys|discovery\/instance|userrealm\/[^/]{1,400})$/;
const everybody = new Set(['common', 'organizations']);
const providersKept = 500;

interface Opened {
  readonly provider: Provider;
  /** Ids of the keys the provider was made with. */
  readonly kids: string;
  readonly door: TenantDoor;
}
interface Request {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly tenant: string;
  readonly query: URLSearchParams;
}

/** @param options what it stands on; nothing is opened before the first request of a tenant */
export function createOidc(options: OidcOptions): Oidc {
  const { host } = new URL(options.publicOrigin);
  const kept = new Map<string, Promise<Opened | undefined>>();
  const openKept = (tenantId: string) => {
    const made = kept.get(tenantId) ?? openTenant(options, tenantId);
    kept.delete(tenantId);
    kept.set(tenantId, made); // the newest last
    made.then((opened) => opened ?? kept.delete(tenantId)).catch(() => kept.delete(tenantId));
    for (const oldest of kept.keys()) if (kept.size > providersKept) kept.delete(oldest);
    return made;
  };
  const open = async (tenantId: string) => {
    const opened = await openKept(tenantId);
    if (!opened || opened.kids === kidsOf(await opened.door.signingKeys.current())) return opened;
    kept.delete(tenantId); // the keys were rotated, here or by another process
    return openKept(tenantId);
  };
  return {
    handles: (url) => {
      const path = pathIn(url);
      return path === '/oidc/userinfo' || armPaths.has(path) || endpoints.test(path);
    },
    async listener(req, res) {
      req.headers.host = host; // addresses in answers are made of ours, whatever the request called us
      try {
        await route(options, open, req, res);
      } catch (thrown) {
        if (res.headersSent) return void res.destroy();
        if (isFault(thrown)) return await answerFault(options, req, res, thrown);
        const { because: reason } = thrown as CardeaError;
        await refuse(options, req, res, { status: 400, error: 'invalid_request', reason });
      }
    },
    interactions: makeInteractions(options, open),
    async tellOfLogouts(tenantId) {
      const door = await options.forTenant(tenantId);
      if (door) await tellOfLogouts(door, async () => (await open(tenantId))!.provider, options);
    },
  };
}

async function openTenant(options: OidcOptions, tenantId: string): Promise<Opened | undefined> {
  const door = await options.forTenant(tenantId);
  if (!door) return undefined;
  const kids = kidsOf(await door.signingKeys.current());
  return { door, kids, provider: await makeProvider(options, door) };
}

const kidsOf = (keys: readonly SigningKey[]): string => keys.map(({ kid }) => kid).join(' ');

/** Some clients double slashes (graph-api §1.1). */
const pathIn = (url: string): string => url.split('?')[0]!.replace(/\/{2,}/g, '/');

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
  if (endpoint.startsWith('userrealm/')) return answerRealm(options, request, endpoint);
  if (everybody.has(request.tenant)) return answerEverybody(options, open, request, endpoint);
  const tenant = await options.tenants.find(request.tenant);
  const opened = tenant && (await open(tenant.id));
  if (!opened) return refuseTenant(options, request);
  return answerTenant(options, opened, request, endpoint);
}

async function answerTenant(options: OidcOptions, opened: Opened, request: Request, endpoint: string): Promise<void> {
  const { req, res, query } = request;
  const { door, provider } = opened;
  if (endpoint.endsWith('openid-configuration')) {
    const algorithms = (await door.signingKeys.current()).map(({ alg }) => alg);
    return sendJson(res, 200, openidConfiguration(options.publicOrigin, door.tenant.id, algorithms), { open: true });
  }
  if (endpoint === 'discovery/v2.0/keys') {
    const keys = publicKeys(await door.signingKeys.current(), issuerOf(options, door));
    return sendJson(res, 200, { keys }, { open: true });
  }
  if (endpoint === 'oauth2/v2.0/token') return answerToken(options, opened, request);
  if (endpoint === 'oauth2/v2.0/devicecode') return answerDevice(options, opened, request);
  if (endpoint.startsWith('oauth2/deviceauth')) return answerUserCode(provider, request, endpoint);
  if (req.method === 'POST') return askAgainByGet(request, endpoint);
  if (endpoint === 'oauth2/v2.0/logout') return logout(req, res, query, { ...opened, options });
  const translated = endpoint.endsWith('/authorize') ? translateAuthorize(query, notesOf(req).correlationId) : query;
  return provide(provider, requestWith(req, `/${endpoint}?${translated}`), res);
}

const provide = (provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> =>
  provider.callback()(req, res) as unknown as Promise<void>;

/** A form posted from another site brings no cookies; the same as an address does. */
async function askAgainByGet({ req, res, tenant }: Request, endpoint: string): Promise<void> {
  const form = await readForm(req);
  res.writeHead(303, { location: `/${tenant}/${endpoint}?${form}`, 'cache-control': 'no-store' }).end();
}

/** A device asks for a code (RFC 8628 §3.1). */
async function answerDevice(
  options: OidcOptions,
  { provider, door }: Opened,
  { req, res, tenant }: Request,
): Promise<void> {
  if (req.method !== 'POST') return void res.writeHead(405, { allow: 'POST' }).end();
  const form = await readForm(req);
  const translated = translateDevice(form, notesOf(req).correlationId);
  req.headers.accept = 'application/json';
  const reason = form.has('client_assertion')
    ? await takeAssertion(options, door, { req, tenant }, form, translated)
    : undefined;
  if (reason) return refuse(options, req, res, { status: 401, error: 'invalid_client', reason });
  return provide(provider, requestWith(req, '/oauth2/v2.0/devicecode', translated), res);
}

/** A person types what the device shows (RFC 8628 §3.3). A code in the address is not taken: it would be typed by nobody. */
async function answerUserCode(provider: Provider, { req, res }: Request, endpoint: string): Promise<void> {
  const form = req.method === 'POST' ? await readForm(req) : undefined;
  return provide(provider, requestWith(req, `/${endpoint}`, form), res);
}

async function answerToken(
  options: OidcOptions,
  { provider, door }: Opened,
  { req, res, tenant }: Request,
  form?: URLSearchParams,
): Promise<void> {
  if (req.method === 'OPTIONS') return provide(provider, requestWith(req, '/oauth2/v2.0/token'), res);
  if (req.method !== 'POST') return void res.writeHead(405, { allow: 'POST, OPTIONS' }).end();
  const given = form ?? (await readForm(req));
  const translated = translateToken(given);
  req.headers.accept = 'application/json';
  if ('code' in translated) {
    return refuse(options, req, res, { status: 400, error: 'invalid_scope', reason: translated });
  }
  if (given.has('client_assertion')) {
    const reason = await takeAssertion(options, door, { req, tenant }, given, translated);
    if (reason) return refuse(options, req, res, { status: 401, error: 'invalid_client', reason });
  }
  const application = await door.applications.find(translated.get('client_id') ?? '');
  const asked = { form: translated, origin: req.headers.origin, application: application! };
  const refusal = application && (await crossOriginRefusal(asked, door.oidcRecords));
  if (refusal) return refuse(options, req, res, { status: 400, error: 'invalid_request', reason: refusal });
  return provide(provider, requestWith(req, '/oauth2/v2.0/token', translated), res);
}

/** Judges the client assertion in the provider's place, which then finds the application proven; or tells why not. */
async function takeAssertion(
  { publicOrigin }: OidcOptions,
  door: TenantDoor,
  { req, tenant }: Pick<Request, 'req' | 'tenant'>,
  form: URLSearchParams,
  translated: URLSearchParams,
): Promise<Because | undefined> {
  const names = new Set([tenant, door.tenant.id, ...door.tenant.domains.map(({ id }) => id), ...everybody]);
  const endpointsOf = (name: string) => [`${publicOrigin}/${name}/oauth2/v2.0/token`, `${publicOrigin}/${name}/v2.0`];
  const asked = {
    form,
    ipAddress: remoteAddress(req),
    audiences: [...names].flatMap(endpointsOf),
    at: door.clock.now(),
  };
  const found = await readClientAssertion(asked, {
    findApplication: door.applications.find,
    records: door.oidcRecords,
    tenant: door.tenant.displayName,
  });
  if ('code' in found) return found;
  notesOf(req).assertedBy = found.appId;
  for (const name of ['client_assertion', 'client_assertion_type']) translated.delete(name);
  translated.set('client_id', found.appId);
  translated.set('client_secret', 'proven by assertion'); // compared with nothing: the notes of the request decide
  return undefined;
}

/** `common` and `organizations`: the tenant shows itself in the request, or the person is asked for a user name. */
async function answerEverybody(options: OidcOptions, open: Open, request: Request, endpoint: string): Promise<void> {
  const { req, res, query, tenant: alias } = request;
  if (endpoint.endsWith('openid-configuration')) {
    return sendJson(res, 200, openidConfiguration(options.publicOrigin, alias), { open: true });
  }
  if (endpoint === 'discovery/v2.0/keys') {
    return sendJson(res, 200, { keys: await keysOfEverybody(options) }, { open: true });
  }
  if (endpoint === 'oauth2/v2.0/token') return answerTokenOfEverybody(options, open, request);
  if (endpoint === 'oauth2/v2.0/devicecode') return answerDeviceOfEverybody(options, open, request);
  if (req.method === 'POST') return askAgainByGet(request, endpoint);
  const tenant = await tenantOf(options, req, query);
  const ending = endpoint.endsWith('logout') ? 'logout' : 'authorize';
  if (tenant) return redirect(res, `/${tenant.id}/oauth2/v2.0/${ending}?${query}`);
  if (ending === 'logout') return refuseTenant(options, request);
  return redirect(res, `/${alias}/login?${query}`);
}

async function keysOfEverybody(options: OidcOptions): Promise<readonly Record<string, unknown>[]> {
  const doors = await Promise.all((await options.tenants.list()).map(({ id }) => options.forTenant(id)));
  const sets = await Promise.all(
    doors.map(async (door) => (door ? publicKeys(await door.signingKeys.current(), issuerOf(options, door)) : [])),
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
    const found = hint ? await tenants.find(hint.toLowerCase()) : undefined;
    if (found) return found;
  }
  if (/\b(select_account|login)\b/.test(query.get('prompt') ?? '')) return undefined;
  const remembered = /(?:^|;\s*)__Host-cardea-tenant=([\w-]{36})/.exec(req.headers.cookie ?? '')?.[1];
  return remembered === undefined ? undefined : tenants.find(remembered);
}

/** Nobody has typed a user name yet, so a device can only mean the tenant that is the only one. */
async function answerDeviceOfEverybody(options: OidcOptions, open: Open, request: Request): Promise<void> {
  const [only, ...others] = await options.tenants.list();
  const opened = only && others.length === 0 ? await open(only.id) : undefined;
  if (opened) return answerDevice(options, opened, request);
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
  const form = await readForm(request.req);
  const { kind, value } = recordIn(form);
  const tenantId = value === null ? undefined : await options.recordTenant(kind, value);
  const opened = tenantId === undefined ? undefined : await open(tenantId);
  if (opened) return answerToken(options, opened, request, form);
  const evidence = { appId: (form.get('client_id') ?? '').slice(0, 100) };
  const reason = because(unknownCode[kind], evidence);
  const error = kind === 'DeviceCode' ? 'expired_token' : 'invalid_grant';
  return refuse(options, request.req, request.res, { status: 400, error, reason });
}

const unknownCode = {
  RefreshToken: 'refreshTokenUnknown',
  AuthorizationCode: 'codeUnknown',
  DeviceCode: 'deviceCodeExpired',
} as const;

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
  const asked = query.get('authorization_endpoint') ?? '';
  const found = instanceDiscovery(options.publicOrigin, asked);
  const reason = because('hostUnknown', { host: asked.slice(0, 200) });
  if (found) sendJson(res, 200, found, { open: true });
  else await refuse(options, req, res, { status: 400, error: 'invalid_instance', reason });
}

async function answerRealm(options: OidcOptions, { res, query }: Request, endpoint: string): Promise<void> {
  const typed = query.get('user') ?? decoded(endpoint.slice('userrealm/'.length));
  return sendJson(res, 200, await userRealm(typed, query.get('api-version'), options));
}

/** What is not percent-encoded as it should be is taken as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
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

/** A page for a browser, Entra's JSON for everybody else. */
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
  // A refusal tells nobody anything but whoever asked, and pages read theirs.
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
