import { createHash } from 'node:crypto';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import { issuerOfVersion, type TokenVersion } from '#core/token/version.ts';
import type { SigningKey } from '#model/signing-key.ts';
import { notesOf } from '../../endpoints/request-notes.ts';
import { replaceMethod } from '../../provider/internals/models.ts';
import type { OidcOptions, TenantContext } from '../../provider/options.ts';
import type { PersonAccount } from '../account.ts';
import { signToken } from './sign-token.ts';

/** As much of the provider's ID token as is used here; its own types leave the class out. */
interface ProviderIdToken {
  readonly client: { readonly clientId: string };
  readonly ctx?: KoaContextWithOIDC;
  payload(): Promise<Record<string, unknown>>;
}

/** Claims that hold the hash of what is issued with it, once it is known (OpenID Connect Core §3.1.3.6, §3.3.2.11). */
const hashClaims = ['at_hash', 'c_hash'];

/**
 * Signs ID tokens in place of the provider, whose header has no `typ`: node-jws and what stands on it read the claims of
 * a token only where it says `JWT`. Logout tokens stay the provider's.
 */
export function signIdTokens(
  provider: Provider,
  key: SigningKey,
  { publicOrigin }: Pick<OidcOptions, 'publicOrigin'>,
  { clock, tenant }: Pick<TenantContext, 'clock' | 'tenant'>,
): void {
  type Issue = (this: ProviderIdToken, options: { readonly use: string }) => Promise<string>;
  const make = (issue: Issue): Issue =>
    async function (options) {
      if (options.use !== 'idtoken') return issue.call(this, options);
      const now = Math.floor(clock.now().getTime() / 1000);
      const version = versionOf(this.ctx);
      const { extensions = {} } = (this.ctx?.oidc.account ?? {}) as Partial<PersonAccount>;
      const claims = { ...inVersion(hashed(await this.payload()), version), ...extensions };
      const iss = issuerOfVersion(publicOrigin, tenant.id, version);
      const times = { iat: now, nbf: now, exp: now + defaultLifetimes.idToken };
      return signToken(key, { ...claims, aud: this.client.clientId, iss, ...times });
    };
  replaceMethod(provider, ['IdToken', 'issue'], make);
}

/** The version of the endpoint that answers, which is that of its ID tokens. */
function versionOf(ctx: KoaContextWithOIDC | undefined): TokenVersion {
  if (!ctx) return 2;
  const isFirst = notesOf(ctx.req).answerShape?.version === 1 || ctx.oidc.params?.cardea_version === '1';
  return isFirst ? 1 : 2;
}

function inVersion(claims: Record<string, unknown>, version: TokenVersion): Record<string, unknown> {
  if (version === 2) return claims;
  const { upn } = claims;
  return { ...claims, ver: '1.0', ...(upn === undefined ? {} : { unique_name: upn }) };
}

/** The left half of the SHA-256, which is the hash of all algorithms that are offered. */
function hashed(claims: Record<string, unknown>): Record<string, unknown> {
  const hashes = hashClaims.flatMap((name) => {
    const value = claims[name];
    if (typeof value !== 'string') return [];
    return [[name, createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url')]];
  });
  return { ...claims, ...Object.fromEntries(hashes) };
}
