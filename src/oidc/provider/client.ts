import { createHash, timingSafeEqual } from 'node:crypto';
import type { ClientAppType } from '#core/access/policy.ts';
import type { Application } from '#model/application.ts';
import { refuse } from './refuse.ts';

/**
 * An application in the provider's words; with `wantsBoundToken` its tokens are bound to the client certificate of the request. Redirect addresses and secrets are checked by {@link redirectUriAllowed} and
 * {@link secretMatches}: the provider's own rules for them (one host, https, plain secrets) are not Entra's.
 */
export function clientMetadata(application: Application, wantsBoundToken = false): Record<string, unknown> {
  return {
    client_id: application.appId,
    client_name: application.displayName,
    redirect_uris: ['https://redirect.invalid/'],
    response_types: responseTypesOf(application),
    ...(application.isPublicClient
      ? { token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'refresh_token'] }
      : {
          token_endpoint_auth_method: 'client_secret_post',
          client_secret: 'kept as hashes',
          grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        }),
    ...(application.hasBoundTokens || wantsBoundToken ? { tls_client_certificate_bound_access_tokens: true } : {}),
    ...(application.backChannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: application.backChannelLogoutUri, backchannel_logout_session_required: true }),
    cardea_application: application,
  };
}

/** Response types this application may use: an ID token at the authorization endpoint only where its owner allowed it. */
function responseTypesOf({ profile }: Application): readonly string[] {
  const web = profile?.web as { implicitGrantSettings?: { enableIdTokenIssuance?: unknown } | null } | undefined;
  return web?.implicitGrantSettings?.enableIdTokenIssuance === true ? responseTypes : ['code'];
}

/** Every response type that is offered; a token at the authorization endpoint never is an access token (RFC 9700 §2.1.2). */
export const responseTypes = ['code', 'id_token', 'code id_token'] as const;

/** Whether an answer of this type may come in this mode: a token never stands in the query of an address. */
export const responseModeAllowed = (mode: string | undefined, type: string | undefined): boolean =>
  !(mode === 'entra_query' && type?.includes('token'));

const loopback = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(?=[/?]|$)/;

/** Exactly one that is registered. On a loopback address any port will do (RFC 8252 §7.3). */
export function redirectUriAllowed(uri: string, registration: readonly string[]): boolean {
  const portless = (value: string) => value.replace(loopback, 'http://$1');
  return registration.some((item) => portless(item) === portless(uri));
}

/**
 * Whether this is one of the application's secrets, in a time that does not depend on the secret.
 * @throws clientCredentialExpired, as an error of the provider
 */
export function secretMatches(secret: string, application: Application, at: Date): boolean {
  const input = createHash('sha256').update(secret).digest();
  if (application.secretHashes.some((hash) => sameDigest(hash, input))) return true;
  const passwordCredential = application.passwordCredentials?.find(({ secretHash }) => sameDigest(secretHash, input));
  if (!passwordCredential || at.getTime() < Date.parse(passwordCredential.startDateTime)) return false;
  if (at.getTime() <= Date.parse(passwordCredential.endDateTime)) return true;
  const evidence = { appId: application.appId, keyId: passwordCredential.keyId, end: passwordCredential.endDateTime };
  throw refuse('invalid_client', 'clientCredentialExpired', evidence);
}

function sameDigest(hash: string, input: Buffer): boolean {
  const storedHash = Buffer.from(hash, 'base64url');
  return storedHash.length === input.length && timingSafeEqual(storedHash, input);
}

/** What Conditional Access calls this application: a native one keeps no page of its own on the web. */
export function clientAppTypeOf(application: Application | undefined): ClientAppType {
  if (!application?.isPublicClient) return 'browser';
  return application.redirectUris.some((uri) => uri.startsWith('https://')) ? 'browser' : 'mobileAppsAndDesktopClients';
}
