import { createLocalJWKSet, decodeJwt, errors, type JWK, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { requireJson } from '#schema/json.ts';

/** Who issued the tokens, and which audience they must have. */
export interface TokenTrust {
  /** `https://localhost:8443`: every tenant's issuer lies below. */
  readonly origin: string;
  /** This API's client_id. */
  readonly audience: string;
  readonly fetch: typeof fetch;
}

/** RFC 7517 §5; jose reads the keys. */
const keySet = z.object({ keys: z.array(z.custom<JWK>((value) => typeof value === 'object' && value !== null)) });

/** The claims of a bearer token that is valid for this API at `at`; undefined for anything else. */
export async function claimsOfBearer(
  authorization: string | undefined,
  trust: TokenTrust,
  at: Date,
): Promise<JWTPayload | undefined> {
  const claims = await verifiedClaims(/^Bearer ([\w.-]+)$/i.exec(authorization ?? '')?.[1] ?? '', trust, at);
  return claims && isOfAccessToken(claims) ? claims : undefined;
}

/** ID tokens have the same key, issuer and audience, and tokens of devices the same claims: only these two are for an API. */
const isOfAccessToken = ({ idtyp, azpacr, nonce }: JWTPayload): boolean =>
  (idtyp === 'user' || idtyp === 'app') && typeof azpacr === 'string' && nonce === undefined;

/** The claims of a token that a tenant of this server issued for this audience and that is valid at `at`. */
export async function verifiedClaims(
  token: string,
  { origin, audience, fetch }: TokenTrust,
  at: Date,
): Promise<JWTPayload | undefined> {
  try {
    const { tid } = decodeJwt(token); // not verified yet: it names the issuer that the token must have
    const answer = await fetch(`${origin}/organizations/discovery/v2.0/keys`);
    const keys = createLocalJWKSet(
      requireJson(keySet, await answer.text(), (problem) => new Error(`the key set: ${problem}`)),
    );
    const { payload } = await jwtVerify(token, keys, {
      typ: 'JWT',
      issuer: `${origin}/${tid}/v2.0`,
      audience,
      algorithms: ['RS256', 'PS256', 'ES256'],
      requiredClaims: ['exp', 'nbf'],
      currentDate: at,
      clockTolerance: 300,
    });
    return payload;
  } catch (problem) {
    if (problem instanceof errors.JOSEError) return undefined;
    throw problem;
  }
}
