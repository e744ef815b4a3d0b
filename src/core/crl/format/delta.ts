import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import { nameToString, sameName } from '../../x509/name.ts';
import type { Crl } from './crl.ts';

/**
 * Whether a delta CRL speaks about the same certificates as a complete one: same issuer, same key, same scope
 * (RFC 5280 §5.2.4, §6.3.3 (c)).
 */
export function belongsTogether(base: Crl, delta: Crl): boolean {
  return delta.baseNumber !== undefined && sameIssuerAndScope(base, delta);
}

/** Whether two CRLs are both complete, or both deltas, and share one numbering (RFC 5280 §5.2.3): issuer, key and scope. */
export function sameSeries(crl: Crl, second: Crl): boolean {
  return (crl.baseNumber === undefined) === (second.baseNumber === undefined) && sameIssuerAndScope(crl, second);
}

const sameIssuerAndScope = (crl: Crl, second: Crl): boolean =>
  sameName(crl.issuer, second.issuer) &&
  sameOctets(crl.authorityKeyIdentifier, second.authorityKeyIdentifier) &&
  sameOctets(crl.scope?.der, second.scope?.der);

const sameOctets = (item: Uint8Array | undefined, second: Uint8Array | undefined): boolean =>
  item && second ? Buffer.compare(item, second) === 0 : item === second;

/**
 * May this delta be laid over this base? §5.2.4: the base must not be older than the one the delta was made for. A base
 * as new as the delta needs none; then there is nothing to lay over it.
 */
export function acceptDelta(base: Crl, delta: Crl): Ruling<Crl | undefined> {
  const { source: url, number, baseNumber } = delta;
  const issuer = nameToString(delta.issuer);
  const unusable = (problem: string) => refused('crlIncomplete', { url, type: 'delta', issuer, problem });
  if (base.number === undefined || number === undefined || baseNumber === undefined)
    return unusable('a CRL has no CRL number');
  if (baseNumber > base.number)
    return unusable(`it completes the CRL ${baseNumber}, but the base CRL is ${base.number}`);
  return passed(number > base.number ? delta : undefined, 'crlAccepted', { issuer, number: String(number) });
}

/** Whether only a newer base would make this delta usable. */
export const needsNewerBase = (base: Crl, delta: Crl): boolean =>
  belongsTogether(base, delta) && (delta.baseNumber ?? 0n) > (base.number ?? 0n);
