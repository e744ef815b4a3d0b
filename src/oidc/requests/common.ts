import type { IncomingMessage } from 'node:http';
import { parse } from 'hono/utils/cookie';
import { readLoginHint } from '#core/token/login-hint.ts';
import { because } from '#core/trace/reasons.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import { tenantCookie } from '#pages/host-cookie.ts';
import type { TokenForm } from '#signin/device/token-form.ts';
import { deviceGrant } from '../device-code/device-flow.ts';
import type { Documents } from '../endpoints/documents.ts';
import { publicKeys } from '../endpoints/metadata.ts';
import type { AuthorizeQuery } from '../endpoints/parameters.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import { issuerOf } from '../provider/provider.ts';
import { acceptsHtml, isScripted } from '../scripted/authorize.ts';
import { answerAuthorize, askAgainByGet } from './authorize.ts';
import { isAnsweredForDevice, tenantOfCredential, tenantOfDevice } from './broker.ts';
import { answerDevice } from './device-code.ts';
import { configurationOf } from './discovery.ts';
import { onBehalfOfGrant } from './grant-types.ts';
import { checkTokenForm, formRefusal, missing } from './missing-parameter.ts';
import { redirect, refuse, refuseMethod, refuseTenant, sendJson } from './replies.ts';
import type { Open, Opened, Request } from './request.ts';
import { answerToken, readTokenForm } from './token.ts';

/** `common` and `organizations`: the tenant shows itself in the request, or the person is asked for a user name. */
export async function answerEverybody(
  { options, documents, open }: { readonly options: OidcOptions; readonly documents: Documents; readonly open: Open },
  request: Request,
  endpoint: string,
): Promise<void> {
  const { req, res, query, tenant: alias } = request;
  if (endpoint.endsWith('openid-configuration')) {
    const sets = (await contextsOfEverybody(options)).map(({ signingKeys }) => signingKeys.current());
    const algorithms = (await Promise.all(sets)).flat().map(({ alg }) => alg);
    const body = documents.bodyOf([endpoint, alias, ...algorithms], () =>
      configurationOf(endpoint, options, alias, algorithms),
    );
    return sendJson(res, 200, body, { open: true });
  }
  if (/^discovery\/.*keys$/.test(endpoint)) {
    const body = await keysBody(options, documents, await contextsOfEverybody(options));
    return sendJson(res, 200, body, { open: true });
  }
  if (endpoint === 'oauth2/v2.0/token') return answerTokenOfEverybody(options, open, request);
  if (endpoint === 'oauth2/token') return answerTokenOfEverybody(options, open, { ...request, version: 1 });
  if (endpoint === 'oauth2/v2.0/devicecode') return answerDeviceOfEverybody(options, open, request);
  if (endpoint === 'oauth2/devicecode') return answerDeviceOfEverybody(options, open, { ...request, version: 1 });
  if (req.method === 'POST') return askAgainByGet(request, endpoint);
  const named = endpoint.endsWith('authorize') ? await tenantOfCredential(options, req) : undefined;
  const handle = named === undefined ? undefined : await open(named);
  if (handle) return answerAuthorize(options, handle, request, endpoint); // brokers do not follow a redirect of ours
  const tenant = await tenantOf(options, req, query);
  const isLogout = endpoint.endsWith('logout');
  const scripted = isLogout || acceptsHtml(req) ? undefined : await scriptedTenant(options, open, request, tenant);
  if (scripted) return answerAuthorize(options, scripted, request, endpoint);
  const ending = endpoint === 'oauth2/authorize' ? endpoint : `oauth2/v2.0/${isLogout ? 'logout' : 'authorize'}`;
  if (tenant) {
    const aliased = isLogout ? query : query.with({ cardea_alias: alias }); // its metadata names no issuer (RFC 9207 §2.3)
    return redirect(res, `/${tenant.id}/${ending}?${aliased}`);
  }
  if (isLogout) return refuseTenant(options, request);
  return redirect(res, `/${alias}/login?${query}`);
}

/** The JWK set of these tenants together. A key id names one key, so the ids say what the set is. */
export async function keysBody(
  options: OidcOptions,
  documents: Documents,
  contexts: readonly TenantContext[],
): Promise<Buffer> {
  const sets = await Promise.all(
    contexts.map(async (context) => ({
      issuer: issuerOf(options, context),
      keys: await context.signingKeys.published(),
    })),
  );
  const names = sets.flatMap(({ issuer, keys }) => [issuer, ...keys.map(({ kid }) => kid)]);
  return documents.bodyOf(['keys', ...names], () => ({
    keys: sets.flatMap(({ keys, issuer }) => publicKeys(keys, issuer)),
  }));
}

async function contextsOfEverybody(options: OidcOptions): Promise<readonly TenantContext[]> {
  const contexts = await Promise.all((await options.tenants.list()).map(({ id }) => options.forTenant(id)));
  return contexts.filter((context) => context !== undefined);
}

/** By hint, else by the cookie of the last sign-in, unless another account is wanted; else the only one there is. */
async function tenantOf(
  { tenants }: OidcOptions,
  req: IncomingMessage,
  { fields }: AuthorizeQuery,
): Promise<Tenant | undefined> {
  const hints = [tenantInHint(fields.login_hint), fields.domain_hint];
  for (const hint of hints) {
    const match = hint ? await tenants.find(hint.toLowerCase()) : undefined;
    if (match) return match;
  }
  const isAnother = fields.prompt.some((prompt) => prompt === 'select_account' || prompt === 'login');
  const rememberedId = parse(req.headers.cookie ?? '', tenantCookie)[tenantCookie] ?? '';
  const lastTenant = isAnother || !/^[\w-]{36}$/.test(rememberedId) ? undefined : await tenants.find(rememberedId);
  if (lastTenant) return lastTenant;
  const [only, ...rest] = await tenants.list();
  return rest.length === 0 ? only : undefined;
}

/** The domain of a user name, or the tenant of a value of the claim `login_hint`. */
const tenantInHint = (hint: string | undefined): string | undefined =>
  readLoginHint(hint)?.tenantId ?? hint?.split('@')[1];

/** No user name was typed yet, so a device can only mean the tenant that is the only one. */
async function answerDeviceOfEverybody(options: OidcOptions, open: Open, request: Request): Promise<void> {
  const [only, ...furtherTenants] = await options.tenants.list();
  const handle = only && furtherTenants.length === 0 ? await open(only.id) : undefined;
  if (handle) return answerDevice(options, handle, request);
  const reason = because('deviceTenantUnsaid', { alias: request.tenant });
  return refuse(options, request.req, request.res, { status: 400, error: 'invalid_request', reason });
}

/** A client that shows no pages follows no redirect either: the tenant that is named, or the only one, answers at once. */
async function scriptedTenant(
  options: OidcOptions,
  open: Open,
  request: Request,
  hint: Tenant | undefined,
): Promise<Opened | undefined> {
  if (!options.flowSealing) return undefined;
  const [only, ...furtherTenants] = hint ? [hint] : await options.tenants.list();
  const handle = only && furtherTenants.length === 0 ? await open(only.id) : undefined;
  return handle && (await isScripted(request, handle.context)) ? handle : undefined;
}

async function answerTokenOfEverybody(options: OidcOptions, open: Open, request: Request): Promise<void> {
  const { method = 'GET' } = request.req;
  if (method === 'OPTIONS') {
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'content-type',
      allow: 'POST',
    };
    return void request.res.writeHead(204, headers).end();
  }
  if (method !== 'POST') return refuseMethod(options, request);
  const form = await readTokenForm(request.req);
  if (await isAnsweredForDevice(options, request.req, request.res, form)) return;
  const grant = options.broker?.isRequest(form) ? success() : checkGrant(request, form);
  if (grant.outcome !== 'passed') return refuse(options, request.req, request.res, formRefusal(grant.because));
  const { kind, value } = recordIn(form);
  const tenantOfRecord = async () => (value === undefined ? undefined : options.recordTenant(kind, value));
  const tenantId = await (options.broker?.isRequest(form) ? tenantOfDevice(options, form) : tenantOfRecord());
  const handle = tenantId === undefined ? undefined : await open(tenantId);
  if (handle) return answerToken(options, handle, request, form);
  const evidence = { appId: (form.fields.client_id ?? '').slice(0, 100) };
  const reason = because(unknownCode[kind], evidence);
  const error = kind === 'DeviceCode' ? 'expired_token' : 'invalid_grant';
  return refuse(options, request.req, request.res, { status: 400, error, reason });
}

const unknownCode = {
  RefreshToken: 'refreshTokenUnknown',
  AuthorizationCode: 'codeUnknown',
  DeviceCode: 'deviceCodeExpired',
} as const;

/**
 * Whether a token request at an alias of tenants can be answered, as far as its form tells. Refuses with tenantUnsaid,
 * grantTypeUnsupported and as {@link checkTokenForm}.
 */
function checkGrant({ req, tenant: alias }: Pick<Request, 'req' | 'tenant'>, form: TokenForm): Ruling<void> {
  const grantType = (form.fields.grant_type ?? '').slice(0, 100);
  if (grantType === '') return missing('grant_type');
  if (tenantGrants.has(grantType)) return refused('tenantUnsaid', { alias, grantType });
  if (!recordGrants.has(grantType)) {
    const appId = (form.fields.client_id ?? '').slice(0, 100);
    return refused('grantTypeUnsupported', { grantType, appId });
  }
  return checkTokenForm(req, form);
}

/** Grants that are offered at a tenant, and that stand on nothing which names one. */
const tenantGrants: ReadonlySet<string> = new Set(['client_credentials', onBehalfOfGrant]);

/** Grants whose record names the tenant. Any other one, a password among them, is not offered at `common`. */
const recordGrants: ReadonlySet<string> = new Set(['authorization_code', 'refresh_token', 'device_code', deviceGrant]);

/** Which record of which tenant a token request stands on. */
function recordIn({ fields }: TokenForm): { kind: keyof typeof unknownCode; value: string | undefined } {
  switch (fields.grant_type) {
    case 'refresh_token':
      return { kind: 'RefreshToken', value: fields.refresh_token };
    case 'device_code':
    case deviceGrant:
      return { kind: 'DeviceCode', value: fields.device_code ?? fields.code };
    default:
      return { kind: 'AuthorizationCode', value: fields.code };
  }
}
