import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { mock } from 'node:test';
import type { Adapter, AdapterPayload, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { ExternalSigningKey, interactionPolicy } from 'oidc-provider';
import { jwksOf, noResource, onProviderError, provide } from '#oidc/provider/internals/configuration.ts';
import { CookieSignatures } from '#oidc/provider/internals/cookie-signatures.ts';
import { resumeWithout } from '#oidc/provider/internals/cookies.ts';
import type { ProviderError } from '#oidc/provider/internals/explain-error.ts';
import { currentRequest, replaceGetter, replaceMethod, TenantProvider } from '#oidc/provider/internals/models.ts';
import {
  formSecretOf,
  isUnsaved,
  nameNewSession,
  nameSessions,
  noteVersion,
  type ProviderSession,
  persistSavedSessionsAlone,
  secondsLeft,
  setEndsWithBrowser,
  setMethods,
  signIn,
  useGrant,
} from '#oidc/provider/internals/sessions.ts';
import { grantNamed, keepClaims } from '#oidc/provider/internals/tokens.ts';
import { freePort } from '../../free-port.ts';

export const tenant = '0b9f2f4a-0000-4000-8000-000000000001';
export const redirectUri = 'https://app.example.test/callback';
export const resource = 'https://api.example.test/';
export const lifetime = 3600;
const resumeCookie = 'resume-of-ours';

/** What the library did, as each part of `internals` saw it. */
export interface Observations {
  /** Arguments of methods that were replaced, by `Model.method`. */
  readonly calls: Map<string, unknown[][]>;
  /** Records as they are stored, by model and id. */
  readonly records: Map<string, AdapterPayload>;
  readonly errors: ProviderError[];
  /** Paths of the requests during which a record was read. */
  readonly readDuring: Set<string>;
  /** Logout tokens that were sent, by address. */
  readonly notices: Map<string, string>;
  sessionSeconds: number | undefined;
  signatures: number;
  userCodeForm: { readonly html: string; readonly secret: string } | undefined;
  wasUnsaved: boolean | undefined;
}

/** A real provider on a port of this computer, with what Cardea uses of the inside of the library, and records in memory. */
export async function openLibrary() {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const observations: Observations = {
    ...{ calls: new Map(), records: new Map(), errors: [], readDuring: new Set(), notices: new Map() },
    ...{ sessionSeconds: undefined, signatures: 0, userCodeForm: undefined, wasUnsaved: undefined },
  };
  const warn = mock.method(console, 'warn', () => undefined); // of settings for production
  const provider = new TenantProvider(`${origin}/${tenant}/v2.0`, configurationOf(observations));
  warn.mock.restore();
  provider.silent = true;
  spyOnMethods(provider, observations);
  persistSavedSessionsAlone(provider);
  nameSessions(provider, (uid) => `sid of ${uid}`);
  replaceGetter(provider, ['RefreshToken', 'resourceIndicators'], () => ({ has: () => true }));
  replaceGetter(provider, ['RefreshToken', 'scopes'], () => new Set(['openid', 'email', 'read', 'offline_access']));
  provider.use(async (ctx, next) => {
    const [, uid] = /\/auth\/([\w-]+)$/.exec(ctx.path) ?? [];
    if (uid !== undefined) resumeWithout(ctx, resumeCookie, uid);
    await next();
  });
  onProviderError(
    provider,
    (_, error) => observations.errors.push(error),
    (fault) => observations.errors.push(fault as ProviderError),
  );
  const server = createServer((req, res) => {
    req.url = req.url!.replace(`/${tenant}`, '');
    void provide(provider, req, res);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { origin, provider, observations, close: () => new Promise((resolve) => server.close(resolve)) };
}

function configurationOf(observations: Observations): Configuration {
  return {
    adapter: (model: string) => adapterOf(model, observations),
    clients: [
      {
        client_id: 'app',
        client_secret: 'secret-of-the-library',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
        backchannel_logout_uri: 'https://app.example.test/logout',
        backchannel_logout_session_required: true,
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: jwksOf([signingKey(observations)]),
    cookies: {
      keys: new CookieSignatures(['a key of cookies']),
      names: { session: 'session-of-ours', resume: resumeCookie },
      long: { httpOnly: true },
      short: { httpOnly: true },
    },
    scopes: ['openid', 'email', 'offline_access'],
    claims: { openid: ['sub', 'amr', 'acr'], email: ['email'], sid: null },
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      backchannelLogout: { enabled: true },
      deviceFlow: {
        enabled: true,
        async userCodeInputSource(ctx, html) {
          observations.userCodeForm = { html, secret: formSecretOf(ctx) };
          ctx.body = html;
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => noResource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: 'read', audience: 'api', accessTokenFormat: 'opaque' }),
      },
    },
    async fetch(url, options) {
      const body = new URLSearchParams(String(options?.body));
      observations.notices.set(String(url instanceof Request ? url.url : url), body.get('logout_token') ?? '');
      return new Response(null, { status: 200 });
    },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, email: 'ana@woodgrove.test' }) }),
    interactions: { policy: policyOf(observations), url: (_, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: grantOf,
    pkce: { required: () => false },
    issueRefreshToken: () => true,
    expiresWithSession: () => false,
    ttl: {
      ...{ AccessToken: lifetime, AuthorizationCode: 60, DeviceCode: 60, Grant: lifetime, IdToken: lifetime },
      ...{ Interaction: lifetime, RefreshToken: lifetime },
      Session: (_, session) => {
        const seconds = secondsLeft(session as ProviderSession, lifetime, new Date());
        observations.sessionSeconds = seconds ?? observations.sessionSeconds;
        return seconds ?? lifetime;
      },
    },
  };
}

/** One grant for each user, with every scope and resource of the request. */
async function grantOf({ oidc: { provider, session, client } }: KoaContextWithOIDC) {
  const owner = { userId: session!.accountId!, clientId: client!.clientId };
  const grant = grantNamed(provider, `grant-of-${owner.userId}`, owner);
  grant.addOIDCScope('openid email offline_access');
  grant.addResourceScope(resource, 'read');
  await grant.save();
  noteVersion(session!, owner.clientId, 1);
  return grant;
}

/** Asks for a sign-in, and names the session as Cardea does. `login_hint=device` signs in without one. */
function policyOf(observations: Observations) {
  const prompts = interactionPolicy.base();
  prompts.remove('consent');
  const byDevice = new interactionPolicy.Check('device', 'signs in by itself', 'login_required', async (ctx) => {
    if (ctx.oidc.params?.login_hint !== 'device' || ctx.oidc.session?.accountId) return false;
    signIn(ctx, { accountId: 'pia', claims: () => ({ sub: 'pia' }) });
    useGrant(ctx, await grantOf(ctx));
    return false;
  });
  prompts.add(new interactionPolicy.Prompt({ name: 'device', requestable: false }, byDevice), 0);
  const last = new interactionPolicy.Check('last', 'changes the session', 'interaction_required', (ctx) => {
    const session = ctx.oidc.session!;
    if (!ctx.oidc.entities.Interaction) return false;
    observations.wasUnsaved = isUnsaved(session);
    nameNewSession(session, 'uid-of-ours', ctx.oidc.client!.clientId);
    setEndsWithBrowser(session, false);
    setMethods(session, ['x509', 'mfa'], 'of ours');
    keepClaims(ctx, { access_token: { of_ours: { value: 'kept' } } });
    return false;
  });
  prompts.add(new interactionPolicy.Prompt({ name: 'last', requestable: false }, last));
  return prompts;
}

function adapterOf(model: string, { records, readDuring }: Observations): Adapter {
  const key = (id: string) => `${model} ${id}`;
  const by = (test: (payload: AdapterPayload) => boolean) =>
    [...records].find(([name, payload]) => name.startsWith(`${model} `) && test(payload))?.[1];
  return {
    upsert: async (id, payload) => void records.set(key(id), structuredClone(payload)),
    async find(id) {
      const path = currentRequest()?.req.url;
      if (path !== undefined) readDuring.add(path.split('?')[0]!);
      const payload = records.get(key(id));
      // The result of an interaction is stored nowhere.
      if (model !== 'Interaction' || !payload) return payload && structuredClone(payload);
      return { ...payload, result: { login: { accountId: 'ana', remember: false } } };
    },
    findByUid: async (uid) => by((payload) => payload.uid === uid),
    findByUserCode: async (code) => by((payload) => payload.userCode === code),
    destroy: async (id) => void records.delete(key(id)),
    revokeByGrantId: async () => undefined,
    consume: async (id) => void Object.assign(records.get(key(id))!, { consumed: Math.floor(Date.now() / 1000) }),
  };
}

function spyOnMethods(provider: TenantProvider, { calls }: Observations): void {
  const note = (name: string, values: unknown[]) => calls.set(name, [...(calls.get(name) ?? []), values]);
  for (const method of [
    'redirectUriAllowed',
    'grantTypeAllowed',
    'responseModeAllowed',
    'compareClientSecret',
    'includeSid',
  ] as const)
    replaceMethod(provider, ['Client', method], () => (...values: unknown[]) => {
      note(`Client.${method}`, values);
      return method === 'compareClientSecret' ? Promise.resolve(values[0] === 'our own secret') : true;
    });
  type Issue = (this: { payload(): Promise<object> }, options: { readonly use: string }) => Promise<string>;
  replaceMethod(
    provider,
    ['IdToken', 'issue'],
    (issue: Issue): Issue =>
      async function (options) {
        note('IdToken.issue', [options.use, await this.payload()]);
        return issue.call(this, options);
      },
  );
}

/** A key that the library does not hold. */
function signingKey(observations: Observations): ExternalSigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return new (class extends ExternalSigningKey {
    override get kid() {
      return 'on a token';
    }
    override get alg() {
      return 'ES256' as const;
    }
    override keyObject(): KeyObject {
      return publicKey;
    }
    override async sign(data: Uint8Array) {
      observations.signatures++;
      return sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    }
  })();
}
