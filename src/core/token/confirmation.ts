import { hash, timingSafeEqual } from 'node:crypto';
import { passed, type Ruling, refused } from '../trace/ruling.ts';

/** RFC 8705 §3.1: the certificate that a token is bound to. */
export interface Confirmation {
  readonly 'x5t#S256': string;
}

/** `cnf` of a token that is bound to this certificate (DER). */
export const confirmationOf = (der: Uint8Array): Confirmation => ({
  'x5t#S256': hash('sha256', der, 'base64url'),
});

/**
 * RFC 8705 §3: a bound token counts on a connection with its certificate alone. `cnf` with anything else in it names a proof
 * that is not understood here, and is refused. `certificateOf` is called for a bound token only; it answers the client
 * certificate of the connection (DER). Refuses with boundTokenUnproven.
 */
export function checkConfirmation(cnf: unknown, certificateOf: () => Uint8Array | undefined): Ruling<true> {
  if (cnf === undefined) return passed(true, 'tokenProven', { binding: 'none' });
  const entries = typeof cnf === 'object' && cnf !== null ? Object.entries(cnf) : [];
  const [[name, thumbprint] = [], ...rest] = entries;
  if (name !== 'x5t#S256' || typeof thumbprint !== 'string' || rest.length > 0)
    return refused('boundTokenUnproven', { problem: 'it is bound to something other than a certificate' });
  const certificate = certificateOf();
  if (!certificate) return refused('boundTokenUnproven', { problem: 'the connection has no client certificate' });
  return sameText(thumbprint, confirmationOf(certificate)['x5t#S256'])
    ? passed(true, 'tokenProven', { binding: 'certificate' })
    : refused('boundTokenUnproven', { problem: 'the connection has another client certificate' });
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
