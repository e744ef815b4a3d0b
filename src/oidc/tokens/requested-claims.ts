import { z } from 'zod';
import { readJson } from '#schema/json.ts';

/** What of a claims request (OpenID Connect Core §5.5) means something here; everything else in it is tolerated. */
export interface RequestedClaims {
  /** Authentication contexts the access token must attest (`acrs`), `c1` … `c99`. */
  readonly contexts: readonly string[];
  /** What the client says it can do (`xms_cc`): `cp1` takes claims challenges. */
  readonly capabilities: readonly string[];
}

const nothing: RequestedClaims = { contexts: [], capabilities: [] };
const largest = 8 * 1024;
const contextId = /^c[1-9][0-9]?$/;
const capability = /^\w{1,20}$/;

/** The values of one claim that are text, each once. A claim of another form asks for nothing. */
const claim = z
  .object({ value: z.unknown().optional(), values: z.array(z.unknown()).catch([]) })
  .transform(({ value, values }) =>
    [...new Set([value, ...values].filter((item) => typeof item === 'string'))].slice(0, 25),
  )
  .catch([]);
const accessToken = z.object({ acrs: claim, xms_cc: claim, uti: claim });
const request = z.object({ access_token: accessToken });

const membersOf = (claims: z.infer<typeof request> | undefined): z.infer<typeof accessToken> =>
  claims?.access_token ?? { acrs: [], xms_cc: [], uti: [] };

/** Reads the `claims` parameter. Text that is not JSON, or larger than 8 KiB, asks for nothing. */
export function readRequestedClaims(parameter: unknown): RequestedClaims {
  if (typeof parameter !== 'string' || parameter.length > largest) return nothing;
  const { acrs, xms_cc: capabilities } = membersOf(readJson(request, parameter));
  return {
    contexts: acrs.filter((value) => contextId.test(value)),
    capabilities: capabilities.filter((value) => capability.test(value)),
  };
}

/** Both together, each value once. */
export function joinedClaims(...requests: readonly RequestedClaims[]): RequestedClaims {
  return {
    contexts: [...new Set(requests.flatMap(({ contexts }) => contexts))],
    capabilities: [...new Set(requests.flatMap(({ capabilities }) => capabilities))],
  };
}

/** With the `uti` that the entry of the sign-in names: it is kept with a code until the code is redeemed. */
export const withTokenId = (claims: { readonly access_token: object } | undefined, tokenId: string): object => ({
  access_token: { ...claims?.access_token, uti: { value: tokenId } },
});

/** What {@link withTokenId} added. */
export function tokenIdIn(claims: unknown): string | undefined {
  const [tokenId] = membersOf(request.safeParse(claims).data).uti;
  return tokenId;
}

/** As the provider keeps it with a code or a refresh token; undefined when there is nothing to keep. */
export function claimsRequest({ contexts, capabilities }: RequestedClaims): { access_token: object } | undefined {
  if (contexts.length + capabilities.length === 0) return undefined;
  return {
    access_token: {
      ...(contexts.length > 0 ? { acrs: { essential: true, values: contexts } } : {}),
      ...(capabilities.length > 0 ? { xms_cc: { values: capabilities } } : {}),
    },
  };
}
