import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import { nameToString } from '../../x509/name.ts';
import type { Crl } from './crl.ts';

/**
 * Does the CRL hold now? RFC 5280 §5.1.2.4, §5.1.2.5; CRL-7, CRL-18. From thisUpdate on and before nextUpdate, plus the
 * tenant's grace. A CRL that does not say when it ends is refused: it could be replayed for ever.
 */
export function acceptFreshness(crl: Crl, at: Date, graceSeconds = 0): Ruling<Crl> {
  const { source: url, thisUpdate, nextUpdate } = crl;
  const issuer = nameToString(crl.issuer);
  if (nextUpdate === undefined) return refused('crlNextUpdateMissing', { url, issuer });
  const kind = crl.baseNumber === undefined ? 'base' : 'delta';
  const evidence = { url, issuer, kind, now: iso(at), thisUpdate: iso(thisUpdate), nextUpdate: iso(nextUpdate) };
  // Written so that a clock that is not a number refuses.
  if (!(at >= thisUpdate)) return refused('crlNotYetValid', evidence);
  if (!(at.getTime() < nextUpdate.getTime() + graceSeconds * 1000)) return refused('crlExpired', evidence);
  return passed(crl, 'crlAccepted', { issuer, number: String(crl.number ?? '') });
}

const iso = (date: Date): string => (Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString());
