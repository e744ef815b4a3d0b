import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import { nameToString } from '../../x509/name.ts';
import type { Crl } from './crl.ts';

/** The newest CRL seen from one address. */
export interface SeenCrl {
  readonly number: bigint;
  /** Its signature, or undefined when only the number was kept. */
  readonly signature: Uint8Array | undefined;
}

/**
 * RFC 5280 §5.2.3. CRL-15 is stricter, and so are we: a CRL older than one already seen is a replay, and so is another
 * CRL under the same number. The same CRL again is simply the same CRL.
 */
export function acceptCrlNumber(crl: Crl, seenCrl: SeenCrl | undefined): Ruling<Crl> {
  const { source: url, number } = crl;
  const issuer = nameToString(crl.issuer);
  if (number === undefined) return refused('crlNumberMissing', { url, issuer });
  const evidence = { url, issuer, number: String(number), highestNumber: String(seenCrl?.number ?? '') };
  if (seenCrl && number < seenCrl.number) return refused('crlNumberWentBack', evidence);
  if (seenCrl?.signature && number === seenCrl.number && Buffer.compare(seenCrl.signature, crl.signature) !== 0)
    return refused('crlNumberWentBack', evidence);
  return passed(crl, 'crlAccepted', { issuer, number: String(number) });
}
