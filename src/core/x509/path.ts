import type { Because } from '../trace/reasons.ts';
import { passed, type Refusal, type Ruling, refused } from '../trace/ruling.ts';
import { type AlgorithmPolicy, defaultAlgorithmPolicy } from './algorithm-policy.ts';
import { type Candidate, candidatesFor, identityOf } from './candidates.ts';
import type { Certificate } from './certificate.ts';
import { hexOf } from './certificate.ts';
import type { KeyUsage } from './extensions.ts';
import { nameToString } from './name.ts';
import { checkKey } from './public-key.ts';
import { checkIsAuthority, checkIsNoAuthority } from './rules/basic-constraints.ts';
import { checkCriticalExtensions } from './rules/critical-extensions.ts';
import { checkExtendedKeyUsage, checkNamesPurpose } from './rules/extended-key-usage.ts';
import { checkKeyUsage } from './rules/key-usage.ts';
import { type ComparisonBudget, ConstraintsInForce } from './rules/name-constraints.ts';
import { spendPathLength } from './rules/path-length.ts';
import { anyPolicy, PolicyGraph, type PolicyInputs } from './rules/policies.ts';
import { isSelfIssued } from './rules/self-issued.ts';
import { checkValidity } from './rules/validity.ts';
import { checkSignature } from './signature.ts';
import type { TrustedAuthority, TrustStore } from './trust-store.ts';

declare const verified: unique symbol; // not exported: no other module can write this key

/** A path that RFC 5280 §6.1 found valid. Only {@link validatePath} makes one. */
export interface VerifiedPath {
  /** Leaf first, anchor last. */
  readonly certificates: readonly Certificate[];
  /** The CAs of the trust store on it, from the leaf's issuer up; certificates that were only offered are left out. */
  readonly authorities: readonly TrustedAuthority[];
  /** §6.1.5 (g): the user-constrained policy set. */
  readonly validPolicies: readonly string[];
  /** The policies the path is valid for, whatever the user asked for. */
  readonly authorityConstrainedPolicies: readonly string[];
  readonly [verified]: true;
}

/** What the leaf is to be used for. */
export type Purpose = 'clientAuthentication' | 'crlSigning' | 'ocspSigning' | 'any';

export interface PathOptions extends Partial<PolicyInputs> {
  readonly purpose?: Purpose;
  readonly algorithms?: AlgorithmPolicy;
  readonly limits?: PathLimits;
  /** Untrusted certificates that may help to reach an anchor. */
  readonly offered?: readonly Certificate[];
  /** Paths not wanted again, by {@link pathId}: a CA on each of them is revoked (PATH-14). */
  readonly avoid?: ReadonlySet<string>;
  /** RFC 5937: constraints in the anchor's own certificate count. On unless switched off. */
  readonly anchorConstraints?: boolean;
}

/** How hard we try before giving up. A hostile chain costs its sender more than it costs us. */
export const pathLimits = {
  /** PATH-12: Entra checks at most ten CAs from the leaf up. */
  authorities: 10,
  /** Go's remedy for CVE-2018-16875; webpki's number too. Counts remembered ones: an answer depends on no cache. */
  signatures: 100,
  /** Issuers looked at: a hundred for each signature that may be checked. */
  candidates: 10_000,
  /** Names held against name constraints, over all paths tried: webpki's number. */
  comparisons: 250_000,
} as const;
export type PathLimits = { readonly [limit in keyof typeof pathLimits]: number };

const ocspSigning = '1.3.6.1.5.5.7.3.9';

/** Key usage and extended key usage each purpose demands (RFC 5280 §4.2.1.3, §4.2.1.12; PATH-9, PATH-11). */
const purposes: Readonly<Record<Purpose, { keyUsage?: KeyUsage; extendedKeyUsage?: string }>> = {
  clientAuthentication: { keyUsage: 'digitalSignature', extendedKeyUsage: '1.3.6.1.5.5.7.3.2' },
  crlSigning: { keyUsage: 'cRLSign' },
  ocspSigning: { extendedKeyUsage: ocspSigning },
  any: {},
};

/**
 * Does the certificate chain to a root of the trust store? Depth-first over every candidate issuer, backtracking; the
 * first path that RFC 5280 §6.1 finds valid wins. When none does, the refusal is that of the path that came furthest:
 * `issuerNotTrusted`, `rootNotReached`, `signatureWrong`, `certificateNotCurrent`, `pathBudgetSpent` …
 */
export function validatePath(
  leaf: Certificate,
  store: TrustStore,
  at: Date,
  options: PathOptions = {},
): Ruling<VerifiedPath> {
  return new Search(store, at, options).from(leaf);
}

/** The refusal of the path that came furthest so far. */
interface Furthest {
  readonly distance: number;
  readonly because: Because;
}

class Search {
  readonly #store: TrustStore;
  readonly #at: Date;
  readonly #options: PathOptions;
  readonly #limits: PathLimits;
  readonly #algorithms: AlgorithmPolicy;
  #signatures = 0;
  #candidates = 0;
  readonly #comparisons: ComparisonBudget;
  #furthest: Furthest | undefined;

  constructor(store: TrustStore, at: Date, options: PathOptions) {
    this.#store = store;
    this.#at = at;
    this.#options = options;
    this.#limits = options.limits ?? pathLimits;
    this.#algorithms = options.algorithms ?? defaultAlgorithmPolicy;
    this.#comparisons = { limit: this.#limits.comparisons, spent: 0 };
  }

  from(leaf: Certificate): Ruling<VerifiedPath> {
    const early = this.#leafAlone(leaf);
    if (early) return early;
    const path = this.#extend([{ certificate: leaf, authority: undefined }], new Set());
    if (path) return passed(path, 'pathValid', tell(path));
    const { subject, issuer, authorityKeyIdentifier: target } = leaf;
    const nobody = refused('issuerNotTrusted', {
      subject: nameToString(subject),
      issuer: nameToString(issuer),
      authorityKeyIdentifier: target ? hexOf(target) : '',
    });
    return this.#furthest ? { outcome: 'refused', because: this.#furthest.because } : nobody;
  }

  /** What no issuer can mend: a key too weak for its owner's signature in the handshake to mean anything. */
  #leafAlone({ subjectPublicKeyInfo }: Certificate): Refusal | undefined {
    const acceptance = checkKey(subjectPublicKeyInfo, this.#algorithms);
    return acceptance.outcome === 'refused' ? acceptance : undefined;
  }

  /** Tries every issuer of the last certificate; `chain` is leaf first. */
  #extend(chain: readonly Candidate[], seenIdentities: ReadonlySet<string>): VerifiedPath | undefined {
    const child = chain.at(-1)!.certificate;
    const candidates = candidatesFor(child, this.#store, this.#options.offered ?? []);
    let isDeadEnd = chain.length > 1;
    for (const candidate of candidates) {
      if (++this.#candidates > this.#limits.candidates) return this.#spent('candidates');
      const identity = identityOf(candidate.certificate);
      if (seenIdentities.has(identity)) continue;
      isDeadEnd = false;
      const signatureRuling = this.#signature(child, candidate.certificate);
      if (!signatureRuling) return undefined;
      if (signatureRuling.outcome !== 'passed') {
        this.#note(chain.length, signatureRuling.because);
        continue;
      }
      const path = this.#climb([...chain, candidate], new Set([...seenIdentities, identity]));
      if (path) return path;
      if (this.#signatures > this.#limits.signatures) return undefined;
    }
    if (isDeadEnd) this.#note(chain.length, rootNotReached(child)); // no issuer, or only one that is further down already
    return undefined;
  }

  /** The chain grew by a CA that did sign: it ends at an anchor, or goes on. */
  #climb(chain: readonly Candidate[], seenIdentities: ReadonlySet<string>): VerifiedPath | undefined {
    if (chain.length - 1 > this.#limits.authorities) {
      this.#note(chain.length, refused('pathTooLong', { limit: this.#limits.authorities }).because);
      return undefined;
    }
    if (chain.at(-1)!.authority?.authorityType !== 'root') return this.#extend(chain, seenIdentities);
    const ruling = this.#validate(chain);
    if (ruling.outcome === 'passed') return this.#options.avoid?.has(pathId(ruling.value)) ? undefined : ruling.value;
    this.#note(1000 + chain.length, ruling.because); // a whole chain says more than one that led nowhere
    return undefined;
  }

  /** The link's signature; undefined when the budget is spent. */
  #signature(child: Certificate, issuer: Certificate): Ruling<true> | undefined {
    if (++this.#signatures > this.#limits.signatures) return this.#spent('signatures');
    const cachedLink = links.get(issuer)?.get(child);
    if (cachedLink?.policy === this.#algorithms) return cachedLink.ruling;
    const check = checkSignature(child, issuer.subjectPublicKeyInfo, this.#algorithms);
    const ruling = check.outcome === 'passed' ? check : withSubject(check, child);
    remember(issuer, child, { policy: this.#algorithms, ruling });
    return ruling;
  }

  #spent(limit: 'signatures' | 'candidates'): undefined {
    this.#note(
      Number.POSITIVE_INFINITY,
      refused('pathBudgetSpent', { budget: limit, limit: this.#limits[limit] }).because,
    );
    return undefined;
  }

  #note(distance: number, because: Because): void {
    if (!this.#furthest || distance > this.#furthest.distance) this.#furthest = { distance, because };
  }

  /** RFC 5280 §6.1 over a whole chain, from the anchor's child down to the leaf. Signatures were checked on the way up. */
  #validate(chain: readonly Candidate[]): Ruling<VerifiedPath> {
    const certificates = chain.map(({ certificate }) => certificate);
    const anchor = certificates.at(-1)!;
    const down = certificates.slice(0, -1).reverse();
    const isConstrained = this.#options.anchorConstraints ?? true;
    const { extendedKeyUsage, keyUsage } = purposes[this.#options.purpose ?? 'clientAuthentication'];
    const policies = new PolicyGraph(this.#policyInputs(isConstrained ? anchor : undefined), down.length);
    const names = new ConstraintsInForce(this.#comparisons);
    let room = Number.POSITIVE_INFINITY;
    const anchorValidity = checkValidity(anchor, this.#at); // PATH-7: anchors expire here
    if (anchorValidity.outcome !== 'passed') return anchorValidity;
    if (isConstrained) {
      const signs = checkKeyUsage(anchor, 'keyCertSign');
      if (signs.outcome !== 'passed') return signs;
      policies.constrain(anchor);
      names.add(anchor.nameConstraints);
      room = anchor.basicConstraints?.pathLength ?? room;
      if (extendedKeyUsage !== undefined) {
        const purposeRuling = checkExtendedKeyUsage(anchor, extendedKeyUsage);
        if (purposeRuling.outcome !== 'passed') return purposeRuling;
      }
    }
    for (const [index, certificate] of down.entries()) {
      const isLeaf = index === down.length - 1;
      const checks: (() => Ruling<unknown>)[] = [
        () => checkValidity(certificate, this.#at), // §6.1.3 (a)(2)
        () => (isSelfIssued(certificate) && !isLeaf ? passed(true, 'namesAllowed', {}) : names.check(certificate)), // (b), (c)
        () => policyRuling(policies.enter(certificate, isLeaf), certificate), // (d), (e), (f)
        () => checkCriticalExtensions(certificate), // §6.1.4 (o), §6.1.5 (f)
        () =>
          extendedKeyUsage === undefined
            ? passed(true, 'extendedKeyUsageAllows', { needed: '' })
            : checkExtendedKeyUsage(certificate, extendedKeyUsage),
      ];
      if (isLeaf) checks.push(() => this.#leafRules(certificate, keyUsage));
      else
        checks.push(
          () =>
            policies.leave(certificate)
              ? passed(true, 'policyAccepted', {})
              : refused('policyMappingInvalid', { subject: nameToString(certificate.subject) }), // §6.1.4 (a), (b), (h)–(j)
          () => checkIsAuthority(certificate), // (k)
          () => {
            const lengthRuling = spendPathLength(certificate, room); // (l), (m)
            if (lengthRuling.outcome === 'passed') room = lengthRuling.value;
            return lengthRuling;
          },
          () => checkKeyUsage(certificate, 'keyCertSign'), // (n)
        );
      for (const check of checks) {
        const ruling = check();
        if (ruling.outcome !== 'passed') return ruling;
      }
      if (!isLeaf) names.add(certificate.nameConstraints); // (g)
    }
    return this.#conclude(chain, policies);
  }

  #leafRules(leaf: Certificate, keyUsage: KeyUsage | undefined): Ruling<unknown> {
    if (this.#options.purpose === 'any' || this.#options.purpose === 'crlSigning') {
      return keyUsage ? checkKeyUsage(leaf, keyUsage) : passed(true, 'leafConfirmed', {});
    }
    const leafRuling = checkIsNoAuthority(leaf);
    if (leafRuling.outcome === 'passed' && this.#options.purpose === 'ocspSigning')
      return checkNamesPurpose(leaf, ocspSigning); // RFC 6960 §4.2.2.2
    return leafRuling.outcome === 'passed' && keyUsage ? checkKeyUsage(leaf, keyUsage) : leafRuling;
  }

  /** RFC 5937 §3: what the anchor's own certificate says narrows the inputs. */
  #policyInputs(anchor: Certificate | undefined): PolicyInputs {
    const {
      userInitialPolicySet,
      initialExplicitPolicy = false,
      initialPolicyMappingInhibit = false,
      initialAnyPolicyInhibit = false,
    } = this.#options;
    const request = {
      userInitialPolicySet: userInitialPolicySet?.includes(anyPolicy) ? undefined : userInitialPolicySet,
      initialExplicitPolicy,
      initialPolicyMappingInhibit,
      initialAnyPolicyInhibit,
    };
    const anchorValidity = anchor?.certificatePolicies.map(({ policyIdentifier }) => policyIdentifier) ?? [];
    if (anchorValidity.length === 0 || anchorValidity.includes(anyPolicy)) return request;
    return {
      ...request,
      userInitialPolicySet:
        request.userInitialPolicySet?.filter((item) => anchorValidity.includes(item)) ?? anchorValidity,
    };
  }

  #conclude(chain: readonly Candidate[], policies: PolicyGraph): Ruling<VerifiedPath> {
    const certificates = chain.map(({ certificate }) => certificate);
    const { acceptable, user, authorities: authorityConstrainedPolicies } = policies.close(certificates[0]!);
    if (!acceptable) return refused('policyNotAcceptable', { subject: nameToString(certificates[0]!.subject) });
    const authorities = chain.flatMap(({ authority }) => authority ?? []);
    const path = {
      certificates,
      authorities,
      validPolicies: user,
      authorityConstrainedPolicies,
    } as unknown as VerifiedPath;
    return passed(path, 'pathValid', tell(path));
  }
}

/** One name for one path: the same certificates in the same order. */
export const pathId = ({ certificates }: VerifiedPath): string =>
  certificates.map(({ sha256Thumbprint }) => sha256Thumbprint).join(' ');

function tell({ certificates }: VerifiedPath) {
  return {
    anchor: nameToString(certificates.at(-1)!.subject),
    intermediates: certificates.slice(1, -1).map(({ subject }) => nameToString(subject)),
  };
}

function policyRuling(acceptable: boolean, { subject }: Certificate): Ruling<true> {
  return acceptable
    ? passed(true, 'policyAccepted', {})
    : refused('policyNotAcceptable', { subject: nameToString(subject) });
}

/** Adds to a refusal that names no certificate which one it is about. */
function withSubject(ruling: Ruling<true>, { subject, issuer }: Certificate): Ruling<true> {
  if (ruling.because.code !== 'signatureWrong') return ruling;
  return refused('signatureWrong', { subject: nameToString(subject), issuer: nameToString(issuer) });
}

function rootNotReached({ subject, issuer }: Certificate): Because {
  return refused('rootNotReached', { subject: nameToString(subject), issuer: nameToString(issuer) }).because;
}

interface KnownLink {
  readonly policy: AlgorithmPolicy;
  readonly ruling: Ruling<true>;
}
/**
 * Links already checked, by the very objects: a CA of the trust store is the same object until an administrator edits the
 * store. Kept for as long as both are; a leaf is read anew for every sign-in and takes its entry along.
 */
const links = new WeakMap<Certificate, WeakMap<Certificate, KnownLink>>();

function remember(issuer: Certificate, child: Certificate, link: KnownLink): void {
  const children = links.get(issuer) ?? new WeakMap<Certificate, KnownLink>();
  links.set(issuer, children);
  children.set(child, link);
}
