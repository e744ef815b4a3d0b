import { hexOf } from '../hex.ts';
import { type Refusal, refused } from '../trace/ruling.ts';
import type { Certificate } from '../x509/certificate.ts';
import { nameToString, sameName } from '../x509/name.ts';
import { nameOfReason, removeFromCrl } from './distribution-points/reason-mask.ts';
import type { Crl } from './format/crl.ts';
import type { Entry } from './format/entries/entry.ts';
import type { IndexedEntry } from './format/entries/entry-source.ts';
import type { Link } from './links.ts';

/** Where a certificate was found. */
export interface Revocation {
  readonly entry: Entry;
  readonly crl: Crl;
}

/**
 * What a CRL and the delta that completes it say about a certificate: RFC 5280 §6.3.3 (i) to (k). The delta is asked
 * first; "removed" there ends the matter, because the delta is newer.
 */
export function revocationIn(base: Crl, delta: Crl | undefined, certificate: Certificate): Revocation | undefined {
  const newer = delta ? entriesFor(delta, certificate) : [];
  const revoking = newer.find(({ reason }) => reason !== removeFromCrl);
  if (delta && revoking) return { entry: revoking, crl: delta };
  if (newer.length > 0) return undefined;
  // In a complete CRL "removed" means nothing (§5.3.1), so an entry there revokes whatever its reason.
  const [entry] = entriesFor(base, certificate);
  return entry && { entry, crl: base };
}

function entriesFor(crl: Crl, certificate: Certificate): Entry[] {
  const entries = crl.entries.entriesWith(certificate.serialNumber);
  return entries.filter((item) => isAbout(crl, item, certificate)).map(({ entry }) => entry);
}

/** §5.3.3: an entry of an indirect CRL is about whom the nearest certificateIssuer before it names, else about the CRL's own issuer. */
const isAbout = (crl: Crl, { issuers = [crl.issuer] }: IndexedEntry, certificate: Certificate): boolean =>
  issuers.some((issuer) => sameName(issuer, certificate.issuer));

export const isRevocation = ({ because: { code } }: Pick<Refusal, 'because'>): boolean =>
  code === 'certificateRevoked' || code === 'authorityRevoked';

export function refuseRevoked({ certificate, isLeaf }: Link, { entry, crl }: Revocation): Refusal {
  const evidence = {
    subject: nameToString(certificate.subject),
    issuer: nameToString(certificate.issuer),
    serialNumber: hexOf(certificate.serialNumber),
    reason: nameOfReason(entry.reason),
    revokedAt: entry.revocationDate.toISOString(),
    url: crl.source,
    ...(entry.tolerances ? { tolerances: entry.tolerances } : {}),
  };
  return isLeaf ? refused('certificateRevoked', evidence) : refused('authorityRevoked', evidence);
}
