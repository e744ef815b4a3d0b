/** The two generations of tokens that Entra makes: 1.0 of the older endpoints, 2.0 of the newer ones. */
export type TokenVersion = 1 | 2;

/** As much of a registered application as its tokens depend on. */
interface Registered {
  readonly profile?: { readonly api?: unknown } | undefined;
}

/**
 * The version of the access tokens for this application as a resource (Graph `api.requestedAccessTokenVersion`), whichever
 * endpoint they come from. `null` means 1, as in Entra. An application that never had the property was registered by the
 * command line, or before there were two versions, and keeps 2.
 */
export function accessTokenVersionOf({ profile }: Registered): TokenVersion {
  const { requestedAccessTokenVersion: version } = (profile?.api ?? {}) as { requestedAccessTokenVersion?: unknown };
  return version === undefined || version === 2 ? 2 : 1;
}

/** `iss` of the tokens of a tenant: version 1.0 has that of Entra's older security token service, with a slash at its end. */
export const issuerOfVersion = (publicOrigin: string, tenantId: string, version: TokenVersion): string =>
  version === 1 ? `${publicOrigin}/${tenantId}/` : `${publicOrigin}/${tenantId}/v2.0`;

/** Both issuers of a tenant, for code that verifies a token of ours. */
export const issuersOf = (publicOrigin: string, tenantId: string): string[] => [
  issuerOfVersion(publicOrigin, tenantId, 1),
  issuerOfVersion(publicOrigin, tenantId, 2),
];
