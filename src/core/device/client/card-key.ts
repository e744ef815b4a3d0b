import type { KeyObject } from 'node:crypto';
import { passed, type Ruling, refused } from '../../trace/ruling.ts';

/** Signature algorithms of a certificate assertion that the keys of smart cards make (windows-sign-in §3.4, RFC 7518 §3.1). */
export type CardAlgorithm = 'RS256' | 'ES256' | 'ES384';

/** The hash that each algorithm signs. */
export const cardAlgorithmHash: Readonly<Record<CardAlgorithm, 'sha256' | 'sha384'>> = {
  RS256: 'sha256',
  ES256: 'sha256',
  ES384: 'sha384',
};

const algorithmOfCurve: Readonly<Record<string, CardAlgorithm>> = { prime256v1: 'ES256', secp384r1: 'ES384' };

/**
 * The algorithm with which the key of a certificate signs an assertion: RS256, or the one of the curve (RFC 7518 §3.4).
 * Refuses with `cardKeyUnsupported`.
 */
export function cardAlgorithmOf(publicKey: KeyObject | undefined): Ruling<CardAlgorithm> {
  const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details = {} } = publicKey ?? {};
  const curve = details.namedCurve ?? '';
  const algorithm = type === 'rsa' ? 'RS256' : type === 'ec' ? algorithmOfCurve[curve] : undefined;
  if (!algorithm) return refused('cardKeyUnsupported', { key: [type, curve].join(' ').trim() });
  return passed(algorithm, 'cardKeySupported', { algorithm });
}
