import type { Grant, KoaContextWithOIDC, Provider } from 'oidc-provider';

type Client = NonNullable<KoaContextWithOIDC['oidc']['client']>;

/** What a refresh token is made of; times in seconds. */
export interface RefreshTokenParts {
  readonly client: Client;
  readonly grantId: string;
  readonly accountId: string;
  readonly amr: readonly string[];
  readonly authTime: number;
  readonly expiresIn: number;
  readonly scope: string;
  readonly sessionUid: string;
  readonly sid: string;
}

/** Saves a refresh token that the provider did not issue, and that it redeems like its own. Answers the token. */
export function saveRefreshToken(provider: Provider, { amr, ...parts }: RefreshTokenParts): Promise<string> {
  const properties = { ...parts, amr: [...amr], expiresWithSession: false, gty: 'refresh_token' };
  return new provider.RefreshToken(properties).save();
}

/** A new grant with this id. */
export function grantNamed(provider: Provider, id: string, { userId, clientId }: GrantOwner): Grant {
  const properties: ConstructorParameters<Provider['Grant']>[0] & { jti: string } = {
    jti: id,
    accountId: userId,
    clientId,
  };
  return new provider.Grant(properties);
}

interface GrantOwner {
  readonly userId: string;
  readonly clientId: string;
}

/**
 * Keeps members of a claims request with the code of the request, and with its refresh tokens. The provider itself reads nothing below
 * `access_token`.
 */
export const keepClaims = ({ oidc }: KoaContextWithOIDC, claims: object | undefined): void =>
  void Object.assign(oidc.claims, claims);
