import { createHash } from 'node:crypto';
import { createLocalJWKSet, type JWK } from 'jose';
import type { TokenVersion } from '#core/token/version.ts';
import type { SigningKey } from '#model/signing-key.ts';
import { userClaimNames } from '#signin/tokens/user-claims.ts';
import { tenantAliases } from '#signin/user/realm.ts';
import { deviceGrant } from '../device-code/device-flow.ts';
import { responseTypes } from '../provider/client.ts';
import { onBehalfOfGrant } from '../requests/grant-types.ts';
import { openIdScopes } from '../tokens/resources/scopes.ts';

/** Every claim of an ID token or an access token; those of optionalClaims, roles and authentication contexts come on demand. */
const claimsOfTokens =
  `sub iss aud exp nbf iat auth_time nonce c_hash name preferred_username upn email oid tid ver amr acr acrs wids sid uti
  azp azpacr appid idtyp scp roles xms_cc rh deviceid cnf cardea_certificate`.split(/\s+/);

/** What version 1.0 has besides. */
const claimsOfFirstVersion = ['unique_name', 'appidacr', 'app_displayname'];

/** The discovery document of a tenant (its GUID), or of `common` and `organizations` with Entra's literal template. */
export function openidConfiguration(
  publicOrigin: string,
  tenant: string,
  algorithms: readonly string[] = [],
): Record<string, unknown> {
  const base = `${publicOrigin}/${tenant}`;
  const issuerTenant = tenantAliases.has(tenant) ? '{tenantid}' : tenant;
  const { host } = new URL(publicOrigin);
  return {
    issuer: `${publicOrigin}/${issuerTenant}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    userinfo_endpoint: `${publicOrigin}/oidc/userinfo`,
    response_types_supported: [...responseTypes],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials', deviceGrant, onBehalfOfGrant],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: [...new Set(['RS256', ...algorithms])], // RS256 always: Discovery §3
    scopes_supported: [...openIdScopes, 'offline_access'],
    token_endpoint_auth_methods_supported: [...authenticationMethods],
    token_endpoint_auth_signing_alg_values_supported: ['PS256', 'RS256', 'ES256'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: !issuerTenant.startsWith('{'),
    claims_supported: [...new Set([...claimsOfTokens, ...claimsOfFirstVersion, ...userClaimNames])],
    prompt_values_supported: ['none', 'login', 'select_account', 'consent'],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    tenant_region_scope: issuerTenant.startsWith('{') ? null : 'WW',
    tenant_region_sub_scope: null,
    cloud_instance_name: host,
    cloud_graph_host_name: host,
    msgraph_host: host,
    rbac_url: publicOrigin,
    capabilities: ['kdf_ver2', 'winhello_cert'],
  };
}

const authenticationMethods = ['client_secret_post', 'private_key_jwt', 'client_secret_basic', 'none'];

/** What the host that asks for client certificates adds to a discovery document (RFC 8705 §2, §3.3, §5). */
export function mutualTlsMembers(origin: string, tenant: string, version: TokenVersion): Record<string, unknown> {
  const base = `${origin}/${tenant}/oauth2${version === 1 ? '' : '/v2.0'}`;
  return {
    token_endpoint_auth_methods_supported: [...authenticationMethods, 'tls_client_auth', 'self_signed_tls_client_auth'],
    tls_client_certificate_bound_access_tokens: true,
    mtls_endpoint_aliases: {
      token_endpoint: `${base}/token`,
      device_authorization_endpoint: `${base}/devicecode`,
      userinfo_endpoint: `${origin}/oidc/userinfo`,
    },
  };
}

/** What the discovery document of version 1 has besides, and differently (windows-sign-in §1.1). */
export const firstVersion = (publicOrigin: string, tenant: string): Record<string, unknown> => ({
  issuer: `${publicOrigin}/${tenantAliases.has(tenant) ? '{tenantid}' : tenant}/`,
  authorization_endpoint: `${publicOrigin}/${tenant}/oauth2/authorize`,
  token_endpoint: `${publicOrigin}/${tenant}/oauth2/token`,
  device_authorization_endpoint: `${publicOrigin}/${tenant}/oauth2/devicecode`,
  end_session_endpoint: `${publicOrigin}/${tenant}/oauth2/logout`,
  jwks_uri: `${publicOrigin}/${tenant}/discovery/keys`,
  authorization_response_iss_parameter_supported: false,
  microsoft_multi_refresh_token: true,
  check_session_iframe: null,
});

/** The public halves of a tenant's keys, as a JWK set. */
export function publicKeys(keys: readonly SigningKey[], issuer: string): readonly Record<string, unknown>[] {
  return keys.map(({ kid, alg, privateJwk: { kty, n, e, crv, x, y, x5c } }) => ({
    kty,
    use: 'sig',
    kid,
    alg,
    ...(kty === 'RSA' ? { n, e } : { crv, x, y }),
    ...certificateMembers(x5c),
    issuer,
  }));
}

/** The same, to verify signatures with. */
export const verificationKeys = (keys: readonly SigningKey[], issuer: string): ReturnType<typeof createLocalJWKSet> =>
  createLocalJWKSet({ keys: publicKeys(keys, issuer) as JWK[] });

/** The certificate of a key and its thumbprint (RFC 7517 §4.7, §4.8); nothing for an EC key that was made without one. */
function certificateMembers(x5c: unknown): { readonly x5t?: string; readonly x5c?: readonly string[] } {
  const [certificate]: unknown[] = Array.isArray(x5c) ? x5c : [];
  if (typeof certificate !== 'string') return {};
  const x5t = createHash('sha1').update(Buffer.from(certificate, 'base64')).digest('base64url');
  return { x5t, x5c: [certificate] };
}

/** What MSAL asks before it trusts an authority; undefined when the address is not ours. */
export function instanceDiscovery(publicOrigin: string, request: string): Record<string, unknown> | undefined {
  if (!URL.canParse(request)) return undefined;
  const url = new URL(request);
  if (url.origin !== publicOrigin) return undefined;
  const { host } = url;
  const tenant = url.pathname.split('/')[1] || 'common';
  return {
    tenant_discovery_endpoint: `${publicOrigin}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}
