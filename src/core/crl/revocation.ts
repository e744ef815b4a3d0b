import { DerError } from '../asn1/der.ts';
import { hexOf } from '../hex.ts';
import { evaluateOcsp } from '../ocsp/evaluate-answers.ts';
import type { OcspAnswer } from '../ocsp/needed.ts';
import { firstRefusal, passed, type Ruling, refused, refusedFor, success } from '../trace/ruling.ts';
import type { Tolerance } from '../trace/tolerances.ts';
import { type AlgorithmPolicy, defaultAlgorithmPolicy } from '../x509/algorithms/algorithm-policy.ts';
import type { Certificate } from '../x509/certificate.ts';
import { nameToString } from '../x509/name.ts';
import { type VerifiedPath, validatePath } from '../x509/path.ts';
import { pathLimits } from '../x509/search/path-search.ts';
import type { TrustStore } from '../x509/trust-store.ts';
import type { CrlAnswer } from './answer.ts';
import { acceptUnblocked } from './blocked.ts';
import { pointsOf } from './distribution-points/points.ts';
import { allReasons } from './distribution-points/reason-mask.ts';
import { outOfScope } from './distribution-points/scope.ts';
import { acceptBase, acceptEvery, acceptFetched, type Fetched, missing } from './fetched.ts';
import type { Crl } from './format/crl.ts';
import { acceptDelta, belongsTogether } from './format/delta.ts';
import { EntriesUnreadable } from './format/entries/entry-source.ts';
import { acceptFreshness } from './format/freshness.ts';
import { crlsIn, crlsOfKey, newestOnly, speaksFor } from './issuers/crls-of-key.ts';
import { algorithmOf, algorithmProblem, candidatesFor, isSignedBy, refusalOfSigners } from './issuers/signature.ts';
import { maySignCrls, signerOf, signersNamed } from './issuers/signers.ts';
import { isExempt, type Link, linksOf } from './links.ts';
import type { RevocationPolicy } from './policy.ts';
import { isRevocation, refuseRevoked, revocationIn } from './status.ts';

declare const checked: unique symbol;

/** A path whose every certificate was looked up in a current CRL, as far as policy asks for one (RFC 5280 §6.3). */
export interface UnrevokedPath extends VerifiedPath {
  readonly [checked]: true;
}

/** What issuers say of the certificates of a path. */
export interface RevocationAnswers {
  readonly answers: readonly CrlAnswer[];
  readonly statuses?: readonly OcspAnswer[];
}

/** What the answers are evaluated by. */
export interface RevocationScope {
  readonly policy: RevocationPolicy;
  readonly at: Date;
  readonly store: TrustStore;
}

/**
 * Is anything on this path revoked? CRL-1 to CRL-27, RFC 5280 §6.3. The answers may hold several CRLs for one CA, and
 * CRLs of others that speak for it; which CRL counts for which certificate is decided by issuer and scope.
 */
export function checkRevocation(
  path: VerifiedPath,
  answers: RevocationAnswers,
  scope: RevocationScope,
): Ruling<UnrevokedPath> {
  // CRL-1, PATH-12: the limit of paths, which a caller of `validatePath` can raise.
  const [authorities, limit] = [path.certificates.length - 1, pathLimits.authorities];
  if (authorities > limit) return refused('revocationDepthExceeded', { authorities, limit });
  const check = new RevocationCheck(answers, scope);
  const ruling = check.path(path);
  if (ruling.outcome !== 'passed') return ruling;
  return passed(path as UnrevokedPath, 'revocationChecked', {
    checked: [...new Set(check.checked)],
    unchecked: [...new Set(check.unchecked)],
    ...slipsIn(check.slips),
  });
}

/** One question about one path: what came in, and what was found out on the way. */
class RevocationCheck {
  readonly checked: string[] = [];
  readonly unchecked: string[] = [];
  /** Slips of encoding that were read, by what has them: the address of a CRL, or the subject of a certificate. */
  readonly slips = new Map<string, readonly Tolerance[]>();
  readonly #answers: readonly CrlAnswer[];
  readonly #policy: RevocationPolicy;
  readonly #at: Date;
  readonly #store: TrustStore;
  readonly #statuses: readonly OcspAnswer[];
  /** Thumbprints of CRL signers found good, or being looked into: a CRL may vouch for its own signer. */
  #signers = new Set<string>();

  constructor({ answers, statuses = [] }: RevocationAnswers, { policy, at, store }: RevocationScope) {
    this.#statuses = statuses;
    this.#answers = answers;
    this.#policy = policy;
    this.#at = at;
    this.#store = store;
  }

  get #algorithms(): AlgorithmPolicy {
    return this.#policy.algorithms ?? this.#store.algorithms ?? defaultAlgorithmPolicy;
  }

  /** Evaluates every link of a path, the leaf's first. The path of a signer of CRLs has no leaf that CRL-24 would mean. */
  path(path: VerifiedPath, of: 'leaf' | 'signer' = 'leaf'): Ruling<void> {
    for (const certificate of path.certificates.slice(1)) this.#signers.add(certificate.sha256Thumbprint);
    for (const match of linksOf(path, this.#store)) {
      const link = { ...match, isLeaf: match.isLeaf && of === 'leaf' };
      const ruling = this.#link(link, path);
      if (ruling.outcome !== 'passed') return ruling;
    }
    return success();
  }

  #link(link: Link, path: VerifiedPath): Ruling<void> {
    const unblocked = acceptUnblocked(link, this.#policy.blocked ?? []);
    if (unblocked.outcome !== 'passed') return unblocked;
    const { authority } = link;
    const issuer = nameToString(link.issuer.subject);
    if (isExempt(link, this.#policy)) return this.#unchecked(`${issuer} (exempt)`);
    const ocsp = authority?.revocation?.ocsp;
    if (ocsp) return this.#withOcsp(link, ocsp.order, path);
    return this.#byCrls(link, path);
  }

  /** Two sources: the second is asked where the first cannot say. That one says "revoked" ends it. */
  #withOcsp(link: Link, order: 'first' | 'second', path: VerifiedPath): Ruling<void> {
    const hasCrls = Boolean(link.authority?.certificateRevocationListUrl);
    const byCrls = () => this.#byCrls(link, path);
    const byOcsp = () => this.#byOcsp(link);
    const sources = !hasCrls ? [byOcsp] : order === 'first' ? [byOcsp, byCrls] : [byCrls, byOcsp];
    const rulings: Ruling<void>[] = [];
    for (const source of sources) {
      const ruling = source();
      if (ruling.outcome === 'passed' || isRevocation(ruling)) return ruling;
      rulings.push(ruling);
    }
    return firstRefusal(...rulings);
  }

  #byOcsp(link: Link): Ruling<void> {
    const scope = { store: this.#store, at: this.#at, algorithms: this.#algorithms };
    const { refusal, good } = evaluateOcsp(this.#statuses, link, scope);
    if (good) this.checked.push(`${good} (OCSP)`);
    return refusal ?? success();
  }

  /** What no CRL speaks of, and is let through. */
  #unchecked(text: string): Ruling<void> {
    this.unchecked.push(text);
    return success();
  }

  #byCrls(link: Link, path: VerifiedPath): Ruling<void> {
    const { authority } = link;
    const issuer = nameToString(link.issuer.subject);
    if (authority?.certificateRevocationListUrl) return this.#certificate(link, authority.id, path);
    // TS-6, CRL-19.
    const deltaUrl = authority?.deltaCertificateRevocationListUrl;
    if (deltaUrl) return refused('deltaListWithoutBase', { issuer, deltaUrl });
    // CRL-24: only the leaf's issuer must have a CRL, and only when the tenant says so.
    if (link.isLeaf && this.#policy.state === 'enabled')
      return refused('crlNotConfigured', { issuer, subjectKeyIdentifier: hexOf(link.issuer.subjectKeyIdentifier) });
    return this.#unchecked(`${issuer} (no CRL configured)`);
  }

  #certificate(link: Link, authorityId: string, path: VerifiedPath): Ruling<void> {
    const authorityAnswers = this.#answers.filter(({ request }) => request.authorityId === authorityId);
    const fetched = acceptFetched(authorityAnswers, link.authority?.deltaCertificateRevocationListUrl);
    if (fetched.outcome !== 'passed') return fetched;
    const crls = crlsIn(this.#answers.filter((answer) => !authorityAnswers.includes(answer)));
    try {
      const fetchedCrls = [...crlsIn(authorityAnswers), ...crls.filter(({ crl }) => speaksFor(crl, link, this.#store))];
      const ruling = this.#lookUp(link, path, fetchedCrls);
      // That a CRL could not be had, or read, says more than that none is left.
      return ruling.because.code === 'crlMissing' ? firstRefusal(acceptEvery(authorityAnswers), ruling) : ruling;
    } catch (thrown) {
      if (thrown instanceof EntriesUnreadable) return refused('crlFault', { url: thrown.url });
      if (!(thrown instanceof DerError)) throw thrown;
      const { reading, offset, problem } = thrown;
      return refused('certificateUnreadable', { reading, offset, problem });
    }
  }

  /**
   * RFC 5280 §6.3.3: every CRL that speaks about the certificate is evaluated, so that one that revokes is never passed
   * over. One that fails its checks is the answer: no other is looked for in its place.
   */
  #lookUp(link: Link, path: VerifiedPath, fetchedCrls: readonly Fetched[]): Ruling<void> {
    const { certificate } = link;
    const bases = newestOnly(fetchedCrls.filter(({ crl }) => crl.baseNumber === undefined));
    const acceptance = new Map<Fetched, Ruling<Crl | undefined>>();
    const notes: [Crl, Crl | undefined][] = [];
    let covered = 0;
    const problems: Ruling<unknown>[] = [];
    const slips = new Set<Tolerance>();
    for (const point of pointsOf(link, slips)) {
      const inScope = bases.filter(({ crl }) => !outOfScope(crl, certificate, point));
      for (const base of crlsOfKey(inScope, link, this.#store)) {
        const usable = acceptance.get(base) ?? this.#usable(base, fetchedCrls, link, path);
        acceptance.set(base, usable);
        if (usable.outcome !== 'passed') {
          problems.push(usable);
          continue;
        }
        const revocation = revocationIn(base.crl, usable.value, certificate);
        if (revocation) return refuseRevoked(link, revocation);
        const mask = (base.crl.scope?.onlySomeReasons ?? allReasons) & (point.reasons ?? allReasons);
        if ((mask & ~covered) !== 0) notes.push([base.crl, usable.value]);
        covered |= mask;
      }
    }
    if (problems.length > 0) return firstRefusal(...problems);
    if (covered !== allReasons) return missing(link, fetchedCrls, covered);
    for (const [base, delta] of notes) this.#noted(base, delta);
    if (slips.size > 0) this.slips.set(nameToString(certificate.subject), [...slips].sort());
    return success();
  }

  #noted(base: Crl, delta: Crl | undefined): void {
    for (const { source, issuer, tolerances } of [base, ...(delta ? [delta] : [])])
      if (tolerances) this.slips.set(source || nameToString(issuer), tolerances);
    const text = `${base.source || nameToString(base.issuer)} (number ${base.number})`;
    this.checked.push(delta ? `${text} with delta number ${delta.number}` : text);
  }

  /** (a), (c), (f), (g), (h): fresh, signed by one who may, and the delta that goes with it likewise. */
  #usable(base: Fetched, fetchedCrls: readonly Fetched[], link: Link, path: VerifiedPath): Ruling<Crl | undefined> {
    const acceptance = this.#accept(base, link, path);
    if (acceptance.outcome !== 'passed') return acceptance;
    let newest: Crl | undefined;
    for (const delta of fetchedCrls.filter(({ crl }) => belongsTogether(base.crl, crl))) {
      const ruling = this.#accept(delta, link, path);
      if (ruling.outcome !== 'passed') return ruling; // CRL-18: both or nothing
      const fitting = acceptDelta(base.crl, delta.crl);
      if (fitting.outcome !== 'passed') return fitting;
      if (fitting.value && (newest?.number ?? -1n) < (fitting.value.number ?? 0n)) newest = fitting.value;
    }
    const complete = acceptBase(base.crl, fetchedCrls, link.authority?.deltaCertificateRevocationListUrl);
    if (complete.outcome !== 'passed') return complete;
    return passed(newest, 'crlAccepted', { issuer: nameToString(base.crl.issuer), number: String(base.crl.number) });
  }

  #accept({ crl, notRenewed }: Fetched, link: Link, path: VerifiedPath): Ruling<Crl> {
    const { source: url, number } = crl;
    const issuer = nameToString(crl.issuer);
    const grace = link.authority?.revocation?.graceSeconds ?? this.#policy.graceSeconds;
    const fresh = acceptFreshness(crl, this.#at, grace);
    if (fresh.outcome === 'refused' && notRenewed) return refusedFor(notRenewed);
    if (fresh.outcome !== 'passed') return fresh;
    if (number === undefined) return refused('crlNumberMissing', { url, issuer });
    return this.#acceptSigner(crl, link, path);
  }

  /** CRL-14, PATH-9, RFC 5280 §6.3.3 (f), (g). */
  #acceptSigner(crl: Crl, link: Link, path: VerifiedPath): Ruling<Crl> {
    const issuer = nameToString(crl.issuer);
    const namedSigners = signersNamed(crl.issuer, link.issuer, this.#store);
    const { subjectPublicKeyInfo: key } = link.issuer;
    const byKey = namedSigners.filter((signer) => candidatesFor(crl, [signerOf(signer)], key).length > 0);
    if (byKey.length === 0) return refusalOfSigners(crl, namedSigners.map(signerOf));
    const rulings: Ruling<Crl>[] = [];
    for (const signer of byKey) {
      const ruling = this.#acceptOneSigner(signer, crl, path);
      if (ruling.outcome === 'passed') return passed(crl, 'crlAccepted', { issuer, number: String(crl.number) });
      rulings.push(ruling);
    }
    return rulings[0] ?? refused('crlSignerNotAllowed', { url: crl.source, issuer, problem: 'no signer was found' });
  }

  #acceptOneSigner(signer: Certificate, crl: Crl, path: VerifiedPath): Ruling<Crl> {
    const url = crl.source;
    const issuer = nameToString(signer.subject);
    if (!maySignCrls(signer))
      return refused('crlSignerNotAllowed', { url, issuer, problem: 'its key usage lacks cRLSign' });
    const algorithm = algorithmProblem(crl, signer, this.#algorithms);
    if (algorithm) return refused('crlAlgorithmRefused', { url, algorithm: algorithmOf(crl), problem: algorithm });
    if (!isSignedBy(crl, signer)) return refusalOfSigners(crl, [signerOf(signer)]);
    if (this.#signers.has(signer.sha256Thumbprint)) return success(crl);
    const nextSigners = new Set(this.#signers);
    this.#signers.add(signer.sha256Thumbprint);
    const problem = this.#problemOfSignerPath(signer, path);
    if (problem === undefined) return success(crl);
    // A signer that was found good meanwhile may have been so by this answer.
    this.#signers = nextSigners;
    return refused('crlSignerNotAllowed', { url, issuer, problem });
  }

  /** (f): the signer's own path is valid, ends in the same anchor, and nothing on it is revoked. */
  #problemOfSignerPath(signer: Certificate, path: VerifiedPath): string | undefined {
    const algorithms = this.#algorithms;
    const ruling = validatePath(signer, this.#store, this.#at, { purpose: 'crlSigning', algorithms });
    if (ruling.outcome !== 'passed') return ruling.because.code;
    const anchor = ruling.value.certificates.at(-1)?.sha256Thumbprint;
    if (anchor !== path.certificates.at(-1)?.sha256Thumbprint) return 'it leads to another root';
    const signerRuling = this.path(ruling.value, 'signer');
    return signerRuling.outcome === 'passed' ? undefined : signerRuling.because.code;
  }
}

function slipsIn(slips: ReadonlyMap<string, readonly Tolerance[]>) {
  const rows = [...slips].map(([source, tolerances]) => ({ source, tolerances }));
  return rows.length > 0 ? { slips: rows } : {};
}

export { crlsNeeded } from './needed.ts';
