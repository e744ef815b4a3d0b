import type { Proof } from '#core/access/proof.ts';
import { certificateClaim } from '#core/token/claims.ts';
import type { Application } from '#model/application.ts';

/**
 * Claims that a token carries only where its application's `optionalClaims` name them (Graph `optionalClaims`): `acr`,
 * which v2.0 tokens do not have by themselves (TOK-1), and `cardea_certificate`, which Entra does not have (TOK-7). In an
 * id_token the client decides, in an access token the resource.
 */
export const isClaimWanted = (
  application: Application | undefined,
  token: 'idToken' | 'accessToken',
  name: string,
): boolean => optionalClaim(application, token, name) !== undefined;

/** An entry of `optionalClaims`. */
interface OptionalClaim {
  readonly name?: unknown;
  readonly additionalProperties?: readonly string[] | null;
}

/** The entry of `optionalClaims` with this name; undefined where there is none. */
export function optionalClaim(
  application: Application | undefined,
  token: 'idToken' | 'accessToken',
  name: string,
): OptionalClaim | undefined {
  return entriesOf(application, token).find((item) => item?.name === name) ?? undefined;
}

/** The names of all entries of `optionalClaims`. */
export const optionalClaimNames = (
  application: Application | undefined,
  token: 'idToken' | 'accessToken',
): readonly string[] =>
  entriesOf(application, token).flatMap((item) => (typeof item?.name === 'string' ? [item.name] : []));

function entriesOf(
  application: Application | undefined,
  token: 'idToken' | 'accessToken',
): readonly (OptionalClaim | null)[] {
  const target = (application?.profile?.optionalClaims ?? {}) as Record<string, unknown>;
  return Array.isArray(target[token]) ? (target[token] as (OptionalClaim | null)[]) : [];
}

/** TOK-1: `1` for a multifactor sign-in, else `0`. */
export const acrOf = (amr: readonly string[]): '0' | '1' => (amr.includes('mfa') ? '1' : '0');

/** Facts of the certificate that was shown, where they are wanted and one was. */
export function certificateClaims(
  application: Application | undefined,
  token: 'idToken' | 'accessToken',
  proofs: readonly Proof[],
): Record<string, unknown> {
  return isClaimWanted(application, token, 'cardea_certificate') ? { ...certificateClaim(proofs) } : {};
}
