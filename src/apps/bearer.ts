import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';

/** Who made the tokens, and for whom they must be. */
export interface TokenTrust {
  /** `https://localhost:8443`: every tenant's issuer lies below. */
  readonly origin: string;
  /** This API's client_id. */
  readonly audience: string;
  readonly fetch: typeof fetch;
}

/** What a single signature scheme of JWA (RFC 7518 §3.1) is to node:crypto. */
const schemes: Readonly<Record<string, { readonly padding?: number; readonly dsaEncoding?: 'ieee-p1363' }>> = {
  RS256: {},
  PS256: { padding: 6 }, // RSA_PKCS1_PSS_PADDING; the salt is as long as the digest
  ES256: { dsaEncoding: 'ieee-p1363' },
};

/** The claims of a bearer token that is good here at `at`; undefined for anything else. */
export async function claimsOfBearer(
  authorization: string | undefined,
  trust: TokenTrust,
  at: Date,
): Promise<Record<string, unknown> | undefined> {
  const [, head, body, signature] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization ?? '') ?? [];
  if (!head || !body || !signature) return undefined;
  const [header, claims] = [parse(head), parse(body)];
  const scheme = schemes[String(header?.alg)];
  if (!header || !claims || !scheme || !isForUs(claims, trust, at)) return undefined;
  const key = (await keysOf(trust)).find((item) => item.kid === header.kid);
  if (!key) return undefined;
  const options = { key: createPublicKey({ key, format: 'jwk' }), ...scheme };
  const isOurs = verify('sha256', Buffer.from(`${head}.${body}`), options, Buffer.from(signature, 'base64url'));
  return isOurs ? claims : undefined;
}

function isForUs(claims: Record<string, unknown>, { origin, audience }: TokenTrust, at: Date): boolean {
  const seconds = at.getTime() / 1000;
  const isCurrent = Number(claims.nbf) <= seconds + 300 && seconds < Number(claims.exp);
  return isCurrent && claims.aud === audience && claims.iss === `${origin}/${claims.tid}/v2.0`;
}

async function keysOf({ origin, fetch }: TokenTrust): Promise<readonly (JsonWebKey & { kid?: string })[]> {
  const answer = await fetch(`${origin}/organizations/discovery/v2.0/keys`);
  return ((await answer.json()) as { keys: (JsonWebKey & { kid?: string })[] }).keys;
}

function parse(part: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
