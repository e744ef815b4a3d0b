import type { Certificate } from '../certificate.ts';
import { checkIsAuthority } from '../rules/basic-constraints.ts';
import { checkCriticalExtensions } from '../rules/critical-extensions.ts';
import { checkKeyUsage } from '../rules/key-usage.ts';
import { checkValidity } from '../rules/validity.ts';
import type { TrustStore } from '../trust-store.ts';
import { candidatesFor } from './candidates.ts';

/** How many certificates lie between a CA and the nearest trust anchor: 0 for an anchor, absent where none is reached. */
export type AnchorDistances = ReadonlyMap<Certificate, number>;

/** Distances that hold while no certificate of the store begins or ceases to be valid. */
interface DistancesOfPeriod {
  /** Milliseconds since 1970, both ends included. */
  readonly from: number;
  readonly until: number;
  readonly distances: AnchorDistances;
}

/** By store: an administrator's change makes another store. */
const periods = new WeakMap<TrustStore, DistancesOfPeriod>();

/**
 * The distance of each CA of a store from its nearest anchor, over certificates that are valid at this time and may issue.
 * Names and key identifiers decide who issued whom; no signature is checked. The path search takes the near issuer first
 * and never enters a part of a mesh that leads to no anchor (PATH-14).
 */
export function anchorDistances(store: TrustStore, at: Date, offered: readonly Certificate[]): AnchorDistances {
  if (offered.length > 0) return measure(store, at, offered);
  const time = at.getTime();
  const knownPeriod = periods.get(store);
  if (knownPeriod && time >= knownPeriod.from && time <= knownPeriod.until) return knownPeriod.distances;
  const period = { ...periodAround(store, time), distances: measure(store, at, []) };
  periods.set(store, period);
  return period.distances;
}

/** The longest time around `time` in which the same certificates of the store are valid. */
function periodAround({ authorities }: TrustStore, time: number): { from: number; until: number } {
  let from = Number.NEGATIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  // A certificate is valid for the whole second of its notAfter (PATH-6).
  const changes = authorities.flatMap(({ certificate }) => [
    certificate.notBefore.getTime(),
    certificate.notAfter.getTime() + 1000,
  ]);
  for (const change of changes) {
    if (change <= time) from = Math.max(from, change);
    else until = Math.min(until, change - 1);
  }
  return { from, until };
}

/** Breadth first from the anchors down to what they issued. */
function measure(store: TrustStore, at: Date, offered: readonly Certificate[]): AnchorDistances {
  const isCurrent = (certificate: Certificate) => checkValidity(certificate, at).outcome === 'passed';
  const anchors = store.authorities.filter(({ authorityType }) => authorityType === 'root');
  const links = store.authorities.filter(({ authorityType }) => authorityType !== 'root');
  const issuers = [...links.map(({ certificate }) => certificate), ...offered].filter(
    (certificate) => isCurrent(certificate) && mayIssue(certificate),
  );
  const issuedBy = childrenOf(issuers, store, offered);
  const distances = new Map<Certificate, number>();
  let edge = anchors.map(({ certificate }) => certificate).filter(isCurrent);
  for (let distance = 0; edge.length > 0; distance++) {
    for (const certificate of edge) distances.set(certificate, distance);
    const next = new Set(edge.flatMap((certificate) => issuedBy.get(certificate) ?? []));
    edge = [...next].filter((certificate) => !distances.has(certificate));
  }
  return distances;
}

function childrenOf(
  children: readonly Certificate[],
  store: TrustStore,
  offered: readonly Certificate[],
): ReadonlyMap<Certificate, readonly Certificate[]> {
  const issuedBy = new Map<Certificate, Certificate[]>();
  for (const child of children)
    for (const { certificate } of candidatesFor(child, store, offered)) {
      const siblings = issuedBy.get(certificate);
      if (siblings) siblings.push(child);
      else issuedBy.set(certificate, [child]);
    }
  return issuedBy;
}

/** What RFC 5280 §6.1.4 (k), (n) and (o) demand of a CA between anchor and leaf, whatever path it is on. */
const mayIssue = (certificate: Certificate): boolean =>
  checkIsAuthority(certificate).outcome === 'passed' &&
  checkKeyUsage(certificate, 'keyCertSign').outcome === 'passed' &&
  checkCriticalExtensions(certificate).outcome === 'passed';
