import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { brokerAppId, linuxBrokerAppId } from '#core/directory/well-known-applications.ts';
import { pairwiseSubject } from '#core/token/claims.ts';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import { sessionIdOf } from '#core/token/session-id.ts';
import { messageOf } from '#core/trace/fault.ts';
import type { Application } from '#model/application.ts';
import type { SigningKey } from '#model/signing-key.ts';
import { answerAsAnchor } from '../broker/sign-on.ts';
import { deviceFlow, deviceGrant } from '../device-code/device-flow.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { accessTokenPayload } from '../tokens/access-token.ts';
import { findAccount } from '../tokens/account.ts';
import { claimsOfScopes } from '../tokens/claims.ts';
import { grantEverything } from '../tokens/grant.ts';
import { signIdTokens } from '../tokens/kinds/id-token.ts';
import { providerKey } from '../tokens/kinds/sign-token.ts';
import { refreshForEveryResource } from '../tokens/refresh-tokens.ts';
import { resourceServer } from '../tokens/resources/resource-server.ts';
import { offlineScope, openIdScopes } from '../tokens/resources/scopes.ts';
import { originsOf, refreshTokenSeconds } from '../tokens/single-page.ts';
import { adapterOf } from './adapter.ts';
import {
  answerThrown,
  finishTokenAnswer,
  refuseWhereGrantEnded,
  renderError,
  slowDownWherePolledTooFast,
} from './answers.ts';
import { redirectUriAllowed, responseModeAllowed, responseTypes, secretMatches } from './client.ts';
import { certificateForProvider } from './client-certificate.ts';
import { noteError, situationOf } from './error-situation.ts';
import { signInPolicy } from './interaction-policy.ts';
import { jwksOf, noResource, onProviderError } from './internals/configuration.ts';
import { CookieSignatures } from './internals/cookie-signatures.ts';
import { resumeWithout } from './internals/cookies.ts';
import { explainError, faultIn, type ProviderError } from './internals/explain-error.ts';
import { currentRequest, replaceMethod, TenantProvider } from './internals/models.ts';
import {
  endsWithBrowser,
  nameSessions,
  type ProviderSession,
  persistSavedSessionsAlone,
  secondsLeft,
} from './internals/sessions.ts';
import type { OidcOptions, TenantContext } from './options.ts';
import { storingTogether } from './record-batch.ts';
import { addResponseModes } from './response-modes.ts';

/** Name of the cookie that holds an interaction; its path is the interaction's own, so tenants cannot collide. */
export const interactionCookie = '__Secure-cardea-interaction';
/** Name of the cookie with which a browser comes to the address where an interaction leads back to the provider. */
const resumeCookie = '__Secure-cardea-resume';
const interactionSeconds = 15 * 60;

/** Parameters of an authorization request that are kept beside those the provider knows. */
const extraParameters = [
  'domain_hint',
  'client_info',
  'mkt',
  'amr_values',
  'cardea_correlation',
  'cardea_claims',
  'cardea_alias',
  'cardea_version',
];

/** One instance of oidc-provider for one tenant, with the keys it has now. */
export async function makeProvider(options: OidcOptions, context: TenantContext): Promise<Provider> {
  const keys = await context.signingKeys.current();
  const provider = new TenantProvider(issuerOf(options, context), configurationOf(options, context, keys));
  provider.silent = true;
  checkClientsOurWay(provider, context);
  refreshForEveryResource(provider);
  signIdTokens(provider, keys[0]!, options, context);
  addResponseModes(provider, options, context);
  persistSavedSessionsAlone(provider);
  provider.use(async (ctx, next) => {
    const { ending } = notesOf(ctx.req);
    if (ending) resumeWithout(ctx, resumeCookie, ending.uid);
    try {
      if (isAuthorization(ctx.path)) await storingTogether(ctx.req, context.oidcRecords, next);
      else await next();
      await slowDownWherePolledTooFast(ctx as KoaContextWithOIDC, context);
      await refuseWhereGrantEnded(ctx as KoaContextWithOIDC, options, context);
    } catch (thrown) {
      await answerThrown(ctx as KoaContextWithOIDC, thrown as ProviderError, options, context);
    }
    finishTokenAnswer(ctx as KoaContextWithOIDC, options, context);
    answerAsAnchor(ctx as KoaContextWithOIDC);
  });
  listen(provider, options, context);
  return provider;
}

/** The authorization endpoint, and where an interaction leads back to it. */
const isAuthorization = (path: string): boolean => /\/oauth2\/v2\.0\/authorize(?:\/|$)/.test(path);

export const issuerOf = ({ publicOrigin }: OidcOptions, { tenant }: TenantContext): string =>
  `${publicOrigin}/${tenant.id}/v2.0`;

function configurationOf(options: OidcOptions, context: TenantContext, keys: readonly SigningKey[]): Configuration {
  const alg = keys[0]!.alg;
  const cookie = { httpOnly: true, secure: true, sameSite: 'lax' } as const;
  return {
    adapter: (model: string) => adapterOf(model, context.oidcRecords, context.applications, context.clock),
    jwks: jwksOf(keys.map(providerKey)),
    clientDefaults: { id_token_signed_response_alg: alg },
    enabledJWA: { idTokenSigningAlgValues: [...new Set(keys.map((key) => key.alg))] },
    extraClientMetadata: { properties: ['cardea_application'] },
    extraParams: [...extraParameters],
    responseTypes: [...responseTypes],
    routes: {
      authorization: '/oauth2/v2.0/authorize',
      token: '/oauth2/v2.0/token',
      device_authorization: '/oauth2/v2.0/devicecode',
      code_verification: '/oauth2/deviceauth',
      jwks: '/discovery/v2.0/keys',
      end_session: '/oauth2/v2.0/end_session',
    },
    scopes: [...openIdScopes],
    claims: claimsOfScopes,
    conformIdTokenClaims: false,
    subjectTypes: ['pairwise'],
    pairwiseIdentifier: (_, userId, { clientId }) => pairwiseSubject(userId, { tenantId: context.tenant.id, clientId }),
    cookies: {
      // An interaction's id is in its address: a reader of the address must not be able to make its cookie.
      keys: new CookieSignatures(options.cookieKeys),
      names: {
        session: `__Host-cardea-session-${context.tenant.id}`,
        interaction: interactionCookie,
        resume: resumeCookie,
      },
      long: { ...cookie, path: '/' },
      short: cookie,
    },
    features: {
      devInteractions: { enabled: false },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      rpInitiatedLogout: { enabled: false },
      backchannelLogout: { enabled: true },
      userinfo: { enabled: false },
      clientCredentials: { enabled: true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true, // who the client is, is evaluated before: requests/take-certificate.ts
        getCertificate: (ctx) => certificateForProvider(ctx, options),
      },
      deviceFlow: deviceFlow(context),
      resourceIndicators: {
        enabled: true,
        defaultResource: (_, __, oneOf) => (Array.isArray(oneOf) ? oneOf[0]! : noResource),
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, indicator) => resourceServer(ctx, indicator, { options, context }, alg),
      },
    },
    // The provider's own dispatcher connects to no private address at all; ours obeys the setting.
    fetch: options.fetch,
    formats: {
      customizers: { jwt: (ctx, token, parts) => accessTokenPayload(ctx, token, parts, { options, context }) },
    },
    interactions: { policy: signInPolicy(options, context), url: (_, { uid }) => `/login/${uid}` },
    findAccount: (ctx, id, token) => findAccount(ctx, id, token, { options, context }),
    loadExistingGrant: grantEverything,
    pkce: {
      required: (ctx, client) => client.clientAuthMethod === 'none' && isChallengeNeeded(ctx, client.clientId),
    },
    rotateRefreshToken: true,
    issueRefreshToken: (_, client, source) =>
      client.grantTypeAllowed('refresh_token') && outlivesSession(client.clientId, source.scopes),
    expiresWithSession: (_, source) => !outlivesSession(String(source.clientId), source.scopes),
    allowOmittingSingleRegisteredRedirectUri: false,
    clientBasedCORS: (_, origin, client) => originsOf(client.cardea_application as Application).has(origin),
    renderError: (ctx, _out, error) => renderError(ctx, error as ProviderError, options, context),
    ttl: lifetimes,
  };
}

const outlivesSession = (clientId: string, scopes: ReadonlySet<string>): boolean =>
  scopes.has(offlineScope) || clientId === linuxBrokerAppId;

/**
 * Brokers send no code challenge: what they ask with is signed, or comes to an address that only they open. A code without
 * a challenge was given where none was needed; one with a challenge is redeemed with its verifier alone.
 */
const isChallengeNeeded = ({ req, oidc }: KoaContextWithOIDC, clientId: string): boolean =>
  notesOf(req).deviceSession === undefined && clientId !== brokerAppId && oidc.route !== 'token';

const lifetimes: NonNullable<Configuration['ttl']> = {
  AccessToken: defaultLifetimes.accessToken,
  ClientCredentials: defaultLifetimes.accessToken,
  AuthorizationCode: defaultLifetimes.authorizationCode,
  IdToken: defaultLifetimes.idToken,
  RefreshToken: refreshTokenSeconds,
  Interaction: interactionSeconds,
  DeviceCode: defaultLifetimes.deviceCode,
  Grant: 2 * defaultLifetimes.refreshToken,
  // Counted from the sign-in, not from the last use.
  Session: (_, session) => secondsLeft(session, lifetimeOf(session), new Date()) ?? interactionSeconds,
};

/** A session that ends with the browser does not live on without it for long either. */
const lifetimeOf = (session: ProviderSession): number =>
  endsWithBrowser(session) ? defaultLifetimes.session : defaultLifetimes.persistentSession;

function checkClientsOurWay(provider: Provider, { clock }: TenantContext): void {
  type CardeaClient = { readonly cardea_application: Application };
  replaceMethod(
    provider,
    ['Client', 'redirectUriAllowed'],
    () =>
      function (this: CardeaClient, uri: string) {
        return redirectUriAllowed(uri, this.cardea_application.redirectUris);
      },
  );
  // Not in the metadata: the provider wants assertions of pairwise clients there. Here the subject is never theirs to choose.
  type AllowsGrant = (this: object, grantType: string) => boolean;
  const allowDeviceGrant = (allowed: AllowsGrant): AllowsGrant =>
    function (grantType) {
      return grantType === deviceGrant || allowed.call(this, grantType);
    };
  replaceMethod(provider, ['Client', 'grantTypeAllowed'], allowDeviceGrant);
  replaceMethod(provider, ['Client', 'responseModeAllowed'], () => responseModeAllowed);
  replaceMethod(
    provider,
    ['Client', 'compareClientSecret'],
    () =>
      async function (this: CardeaClient, secret: string) {
        const { req } = currentRequest() ?? {};
        if (req && notesOf(req).provenBy?.appId === this.cardea_application.appId) return true;
        return secretMatches(secret, this.cardea_application, clock.now());
      },
  );
  // Every token says which session it is of: entries of the sign-in log and notices of its end say the same.
  replaceMethod(provider, ['Client', 'includeSid'], () => () => true);
  nameSessions(provider, sessionIdOf);
}

function listen(provider: Provider, options: OidcOptions, context: TenantContext): void {
  const logError = (ctx: KoaContextWithOIDC, error: ProviderError) => {
    noteError(ctx.req, error);
    if (error.error === 'authorization_pending') return; // said every five seconds
    const reason = explainError(error, situationOf(ctx, context));
    const fault = faultIn(error);
    options.log({
      event: fault === undefined ? 'refused' : 'fault',
      tenantId: context.tenant.id,
      correlationId: notesOf(ctx.req).correlationId,
      detail: `${reason.code}: ${messageOf(reason)}`,
      ...(fault === undefined ? {} : { fault }),
    });
  };
  onProviderError(provider, logError, (fault) =>
    options.log({ event: 'fault', tenantId: context.tenant.id, correlationId: 'none', detail: 'koa', fault }),
  );
}
