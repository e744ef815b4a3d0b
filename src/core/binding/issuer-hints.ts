import { type Because, because } from '../trace/reasons.ts';
import type { TrustedAuthority } from '../x509/trust-store.ts';
import type { X509CertificateConfiguration } from './policy.ts';

/** HINT-4: what all CA names of a CertificateRequest may come to, in bytes. */
export const issuerHintBytes = 16 * 1024;

export interface IssuerHints {
  /** The CAs whose subject names go into the handshake, each name once; empty means no hints. */
  readonly authorities: readonly TrustedAuthority[];
  readonly because: Because;
}

/**
 * §11.1. Flagged CAs if any is flagged, else all (HINT-3). Above the limit none is sent: a picker that shows too much
 * still admits every user, one that lacks a CA shuts its users out.
 */
export function chooseIssuerHints(
  authorities: readonly TrustedAuthority[],
  { issuerHintsConfiguration }: Pick<X509CertificateConfiguration, 'issuerHintsConfiguration'>,
  limit: number = issuerHintBytes,
): IssuerHints {
  if (issuerHintsConfiguration.state !== 'enabled') return choice([], 'issuer hints are disabled');
  const flaggedAuthorities = authorities.filter((authority) => authority.isIssuerHintEnabled);
  const hintedAuthorities = distinct(flaggedAuthorities.length > 0 ? flaggedAuthorities : authorities);
  const bytes = bytesOf(hintedAuthorities);
  if (bytes > limit)
    return {
      authorities: [],
      because: because('issuerHintsTooLarge', { count: hintedAuthorities.length, bytes, limit }),
    };
  return choice(
    hintedAuthorities,
    flaggedAuthorities.length > 0
      ? 'issuer hints are enabled for these CAs'
      : 'issuer hints are enabled for no CA, so all CAs are sent',
  );
}

function choice(authorities: readonly TrustedAuthority[], why: string): IssuerHints {
  const evidence = { count: authorities.length, bytes: bytesOf(authorities), because: why };
  return { authorities, because: because('issuerHintsChosen', evidence) };
}

/** Each name has two bytes of length before it (RFC 8446 §4.2.4). */
function bytesOf(authorities: readonly TrustedAuthority[]): number {
  return authorities.reduce((sum, { certificate }) => sum + 2 + certificate.subject.der.length, 0);
}

function distinct(authorities: readonly TrustedAuthority[]): readonly TrustedAuthority[] {
  const byName = new Map(
    authorities.map((authority) => [Buffer.from(authority.certificate.subject.der).toString('hex'), authority]),
  );
  return [...byName.values()];
}
