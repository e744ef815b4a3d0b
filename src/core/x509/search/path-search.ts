import type { Because } from '../../trace/reasons.ts';
import { type Ruling, refused } from '../../trace/ruling.ts';
import type { AlgorithmPolicy } from '../algorithms/algorithm-policy.ts';
import type { Certificate } from '../certificate.ts';
import { nameToString } from '../name.ts';
import type { TrustStore } from '../trust-store.ts';
import { type AnchorDistances, anchorDistances } from './anchor-distance.ts';
import { type Candidate, candidatesFor, identityOf } from './candidates.ts';
import { checkLink } from './links.ts';

/** How hard the search tries before it gives up. A hostile chain costs its sender more than it costs the server. */
export const pathLimits = {
  /** PATH-12: Entra checks at most ten CAs from the leaf up. */
  authorities: 10,
  /**
   * Signature checks on links with a certificate that was only offered: Go's remedy for CVE-2018-16875; webpki's number
   * too. A link counts once a search and counts when its check is remembered: an answer depends on no cache.
   */
  signatures: 100,
  /**
   * Signature checks on links to a CA that an administrator uploaded, counted in the same way. A store of 283 CAs of the
   * Federal PKI, many cross-certified, has about 600 links in all.
   */
  storeSignatures: 2000,
  /** Issuers looked at: a hundred for each signature on an offered certificate that may be checked. */
  candidates: 10_000,
  /** Whole paths that RFC 5280 §6.1 is applied to. */
  paths: 1000,
  /** Names checked against name constraints, over all paths tried: webpki's number. */
  comparisons: 250_000,
} as const;
export type PathLimits = { readonly [limit in keyof typeof pathLimits]: number };

/** What is searched, and the rules that decide about a path. */
export interface PathQuestion<T> {
  readonly store: TrustStore;
  readonly at: Date;
  readonly offered: readonly Certificate[];
  readonly algorithms: AlgorithmPolicy;
  readonly limits: PathLimits;
  /** SHA-256 thumbprints of certificates that may not be on the path. */
  readonly avoid: ReadonlySet<string>;
  /** RFC 5280 §6.1 over a whole chain, leaf first. */
  readonly validate: (chain: readonly Candidate[]) => Ruling<T>;
  /** Could a chain that continues with this CA be valid at all? Asked before its signature is checked. */
  readonly mayStandAbove: (chain: readonly Candidate[], candidate: Candidate) => boolean;
  /** Is the leaf refused on every path, whatever stands above it? */
  readonly isLeafRefused: (leaf: Certificate) => boolean;
}

/** The refusal of the path that came furthest so far. */
interface Furthest {
  readonly distance: number;
  readonly because: Because;
}
/** What a search has spent of each limit. */
type Expense = Record<'signatures' | 'storeSignatures' | 'candidates' | 'paths', number>;
const noExpense = (): Expense => ({ signatures: 0, storeSignatures: 0, candidates: 0, paths: 0 });

/** A whole chain says more than one that led nowhere. */
const wholeChain = 1000;

/**
 * Finds a path from the leaf to an anchor of the store (PATH-1, PATH-14). The search is depth-first over every candidate
 * issuer, the nearest to an anchor first, and enters no CA that cannot be on a valid path. Where it finds none, a second
 * search without that foresight looks for the reason to report.
 */
export class PathSearch<T> {
  readonly #question: PathQuestion<T>;
  readonly #offered: readonly Certificate[];
  readonly #stored: ReadonlySet<Certificate>;
  #distances: AnchorDistances | undefined;
  readonly #links = new Map<Certificate, Map<Certificate, Ruling<true>>>();
  #expense = noExpense();
  /** Why the search ended before every path was tried. */
  #end: Because | undefined;
  #furthest: Furthest | undefined;

  constructor(question: PathQuestion<T>) {
    this.#question = question;
    this.#stored = storedCertificates(question.store);
    this.#offered = withoutStored(question.offered, question.store);
  }

  /** The first valid path; the refusal of the path that came furthest otherwise, undefined where there was no issuer. */
  from(leaf: Certificate): { path: T } | { because: Because | undefined } {
    const chain = [{ certificate: leaf, authority: undefined }];
    const { store, at } = this.#question;
    this.#distances = anchorDistances(store, at, this.#offered);
    const path = this.#extend(chain);
    if (path !== undefined) return { path };
    const because = this.#end ?? this.#furthest?.because;
    if (because) return { because };
    return this.#explain(chain);
  }

  /** No path is valid. Its reason is that of the path that came furthest within the same limits. */
  #explain(chain: readonly Candidate[]): { path: T } | { because: Because | undefined } {
    this.#distances = undefined;
    this.#expense = noExpense();
    const path = this.#extend(chain);
    return path === undefined ? { because: this.#furthest?.because ?? this.#end } : { path };
  }

  /** Tries every issuer of the last certificate; `chain` is leaf first. */
  #extend(chain: readonly Candidate[]): T | undefined {
    const child = chain.at(-1)!.certificate;
    let isDeadEnd = chain.length > 1;
    for (const candidate of this.#candidatesFor(child)) {
      if (!this.#spend('candidates')) return undefined;
      if (isOn(chain, candidate)) continue;
      isDeadEnd = false;
      if (!this.#isPromising(chain, candidate)) continue;
      const link = this.#link(child, candidate.certificate);
      if (!link) return undefined;
      if (link.outcome !== 'passed') {
        if (!this.#distances) this.#note(chain.length, link.because);
        continue;
      }
      const path = this.#climb([...chain, candidate]);
      if (path !== undefined) return path;
      if (this.#end) return undefined;
    }
    // There is no issuer, or only one that is further down already.
    if (isDeadEnd && !this.#distances) this.#note(chain.length, rootNotReached(child));
    return undefined;
  }

  /** The likely path first: key identifiers, then the distance to an anchor, then the longer validity. */
  #candidatesFor(child: Certificate): readonly Candidate[] {
    const candidates = candidatesFor(child, this.#question.store, this.#offered);
    const distances = this.#distances;
    if (!distances || candidates.length < 2) return candidates;
    const far = Number.POSITIVE_INFINITY;
    return candidates.toSorted(
      (first, second) =>
        second.rank - first.rank ||
        (distances.get(first.certificate) ?? far) - (distances.get(second.certificate) ?? far) ||
        second.certificate.notAfter.getTime() - first.certificate.notAfter.getTime(),
    );
  }

  /** Foresight: false for a CA with which no valid path can continue. The search for a reason does without. */
  #isPromising(chain: readonly Candidate[], candidate: Candidate): boolean {
    if (!this.#distances) return true;
    const { limits, avoid, mayStandAbove } = this.#question;
    const distance = this.#distances.get(candidate.certificate);
    if (distance === undefined || chain.length + distance > limits.authorities) return false;
    return !avoid.has(candidate.certificate.sha256Thumbprint) && mayStandAbove(chain, candidate);
  }

  /** The chain grew by a CA that did sign: it ends at an anchor, or continues. */
  #climb(chain: readonly Candidate[]): T | undefined {
    const { limits, validate, isLeafRefused } = this.#question;
    if (chain.length - 1 > limits.authorities) {
      this.#note(chain.length, refused('pathTooLong', { limit: limits.authorities }).because);
      return undefined;
    }
    if (chain.at(-1)!.authority?.authorityType !== 'root') return this.#extend(chain);
    if (!this.#spend('paths')) return undefined;
    const ruling = validate(chain);
    if (ruling.outcome === 'passed') return this.#isAvoided(chain) ? undefined : ruling.value;
    this.#note(wholeChain + chain.length, ruling.because);
    if (isLeafRefused(chain[0]!.certificate)) this.#end = ruling.because; // no other path will do
    return undefined;
  }

  #isAvoided(chain: readonly Candidate[]): boolean {
    const { avoid } = this.#question;
    return avoid.size > 0 && chain.some(({ certificate }) => avoid.has(certificate.sha256Thumbprint));
  }

  /** The signature on a link; undefined when the limit is spent. */
  #link(child: Certificate, issuer: Certificate): Ruling<true> | undefined {
    const ofIssuer = this.#links.get(issuer) ?? new Map<Certificate, Ruling<true>>();
    this.#links.set(issuer, ofIssuer);
    const knownRuling = ofIssuer.get(child);
    if (knownRuling) return knownRuling;
    const isStored = this.#stored.has(issuer) && !this.#offered.includes(child);
    if (!this.#spend(isStored ? 'storeSignatures' : 'signatures')) return undefined;
    const ruling = checkLink(child, issuer, this.#question.algorithms);
    ofIssuer.set(child, ruling);
    return ruling;
  }

  /** False when the limit is reached: then the search ends. */
  #spend(limit: keyof Expense): boolean {
    if (++this.#expense[limit] <= this.#question.limits[limit]) return true;
    this.#end = refused('pathBudgetSpent', {
      budget: limit,
      limit: this.#question.limits[limit],
    }).because;
    return false;
  }

  #note(distance: number, because: Because): void {
    if (!this.#furthest || distance > this.#furthest.distance) this.#furthest = { distance, because };
  }
}

/** Do name and key of the candidate stand on the chain, above the leaf? Then a path would go in a circle. */
function isOn(chain: readonly Candidate[], { certificate }: Candidate): boolean {
  const identity = identityOf(certificate);
  return chain.some((link, index) => index > 0 && identityOf(link.certificate) === identity);
}

const storedSets = new WeakMap<TrustStore, ReadonlySet<Certificate>>();

function storedCertificates(store: TrustStore): ReadonlySet<Certificate> {
  const knownSet = storedSets.get(store);
  if (knownSet) return knownSet;
  const certificates = new Set(store.authorities.map(({ certificate }) => certificate));
  storedSets.set(store, certificates);
  return certificates;
}

/** A browser sends the CAs of its certificate along, which the store mostly has: a twin would double the search. */
function withoutStored(offered: readonly Certificate[], store: TrustStore): readonly Certificate[] {
  if (offered.length === 0) return offered;
  const thumbprints = new Set(store.authorities.map(({ certificate }) => certificate.sha256Thumbprint));
  return offered.filter(({ sha256Thumbprint }) => !thumbprints.has(sha256Thumbprint));
}

function rootNotReached({ subject, issuer }: Certificate): Because {
  return refused('rootNotReached', { subject: nameToString(subject), issuer: nameToString(issuer) }).because;
}
