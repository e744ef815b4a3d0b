import { hexOf } from '../hex.ts';
import { passed, type Refusal, type Ruling, refused } from '../trace/ruling.ts';
import { type AlgorithmPolicy, defaultAlgorithmPolicy } from './algorithms/algorithm-policy.ts';
import { checkKey } from './algorithms/public-key.ts';
import type { Certificate } from './certificate.ts';
import type { KeyUsage } from './extensions/extensions.ts';
import { nameToString } from './name.ts';
import { checkIsAuthority, checkIsNoAuthority } from './rules/basic-constraints.ts';
import { checkCriticalExtensions } from './rules/critical-extensions.ts';
import { checkExtendedKeyUsage, checkNamesPurpose } from './rules/extended-key-usage.ts';
import { checkKeyUsage } from './rules/key-usage.ts';
import { type ComparisonBudget, ConstraintsInForce } from './rules/name-constraints.ts';
import { spendPathLength } from './rules/path-length.ts';
import { anyPolicy, PolicyGraph, type PolicyInputs } from './rules/policies.ts';
import { isSelfIssued } from './rules/self-issued.ts';
import { checkValidity } from './rules/validity.ts';
import type { Candidate } from './search/candidates.ts';
import { type PathLimits, PathSearch, pathLimits } from './search/path-search.ts';
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
  /** SHA-256 thumbprints of CAs that may not be on the path: each is revoked (PATH-14). */
  readonly avoid?: ReadonlySet<string>;
  /** RFC 5937: constraints in the anchor's own certificate count. On unless switched off. */
  readonly anchorConstraints?: boolean;
}

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
  const algorithms = options.algorithms ?? store.algorithms ?? defaultAlgorithmPolicy;
  // What no issuer can mend: a key too weak for its owner's signature in the handshake to mean anything.
  const key = checkKey(leaf.subjectPublicKeyInfo, algorithms);
  if (key.outcome === 'refused') return key;
  const validation = new Validation(at, options);
  const result = new PathSearch({
    store,
    at,
    algorithms,
    offered: options.offered ?? [],
    limits: options.limits ?? pathLimits,
    avoid: options.avoid ?? new Set(),
    validate: (chain) => validation.validate(chain),
    mayStandAbove: (chain, candidate) => validation.mayStandAbove(chain, candidate),
    isLeafRefused: (certificate) => validation.isLeafRefused(certificate),
  }).from(leaf);
  if ('path' in result) return passed(result.path, 'pathValid', describePath(result.path));
  return result.because ? { outcome: 'refused', because: result.because } : issuerNotTrusted(leaf);
}

class Validation {
  readonly #at: Date;
  readonly #options: PathOptions;
  readonly #comparisons: ComparisonBudget;
  /** Comparisons made to look ahead. They may not use up what the evaluation itself has. */
  readonly #foresight: ComparisonBudget;

  constructor(at: Date, options: PathOptions) {
    this.#at = at;
    this.#options = options;
    const { comparisons: limit } = options.limits ?? pathLimits;
    this.#comparisons = { limit, spent: 0 };
    this.#foresight = { limit, spent: 0 };
  }

  /**
   * Could a chain that continues with this CA be valid? What holds for the CA whatever stands above it is checked:
   * extended key usage and its own constraints on what is below. A CA that has a distance to an anchor is valid now and may
   * issue (RFC 5280 §6.1.4 (k), (n), (o)): the distances count no other.
   */
  mayStandAbove(chain: readonly Candidate[], { certificate, authority }: Candidate): boolean {
    const isAnchor = authority?.authorityType === 'root';
    if (isAnchor && !this.#isAnchorConstrained) return true;
    if (isAnchor && checkKeyUsage(certificate, 'keyCertSign').outcome !== 'passed') return false;
    if (this.#purpose(certificate).outcome !== 'passed') return false;
    const allowed = certificate.basicConstraints?.pathLength;
    if (allowed !== undefined && allowed < authoritiesIn(chain)) return false;
    return !certificate.nameConstraints || this.#namesFit(chain, certificate);
  }

  #namesFit(chain: readonly Candidate[], { nameConstraints }: Certificate): boolean {
    const names = new ConstraintsInForce(this.#foresight);
    names.add(nameConstraints);
    return chain.every(({ certificate }, index) => {
      if (index > 0 && isSelfIssued(certificate)) return true;
      const ruling = names.check(certificate);
      return ruling.outcome === 'passed' || ruling.because.code === 'pathBudgetSpent';
    });
  }

  /** Do the leaf's own rules refuse it, whatever stands above it? */
  isLeafRefused(leaf: Certificate): boolean {
    const { keyUsage } = this.#needs;
    const checks = [
      () => checkValidity(leaf, this.#at),
      () => checkCriticalExtensions(leaf),
      () => this.#purpose(leaf),
      () => this.#leafRules(leaf, keyUsage),
    ];
    return checks.some((check) => check().outcome !== 'passed');
  }

  get #needs() {
    return purposes[this.#options.purpose ?? 'clientAuthentication'];
  }
  get #isAnchorConstrained(): boolean {
    return this.#options.anchorConstraints ?? true;
  }

  #purpose(certificate: Certificate): Ruling<true> {
    const { extendedKeyUsage } = this.#needs;
    return extendedKeyUsage === undefined
      ? passed(true, 'extendedKeyUsageAllows', { needed: '' })
      : checkExtendedKeyUsage(certificate, extendedKeyUsage);
  }

  /** RFC 5280 §6.1 over a whole chain, from the anchor's child down to the leaf. Signatures were checked on the way up. */
  validate(chain: readonly Candidate[]): Ruling<VerifiedPath> {
    const certificates = chain.map(({ certificate }) => certificate);
    const anchor = certificates.at(-1)!;
    const down = certificates.slice(0, -1).reverse();
    const isConstrained = this.#isAnchorConstrained;
    const { keyUsage } = this.#needs;
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
      const purposeRuling = this.#purpose(anchor);
      if (purposeRuling.outcome !== 'passed') return purposeRuling;
    }
    for (const [index, certificate] of down.entries()) {
      const isLeaf = index === down.length - 1;
      const checks: (() => Ruling<unknown>)[] = [
        () => checkValidity(certificate, this.#at), // §6.1.3 (a)(2)
        () => (!isLeaf && isSelfIssued(certificate) ? passed(true, 'namesAllowed', {}) : names.check(certificate)), // (b), (c)
        () => policyRuling(policies.enter(certificate, isLeaf), certificate), // (d), (e), (f)
        () => checkCriticalExtensions(certificate), // §6.1.4 (o), §6.1.5 (f)
        () => this.#purpose(certificate),
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
    const anchorPolicies = anchor?.certificatePolicies.map(({ policyIdentifier }) => policyIdentifier) ?? [];
    if (anchorPolicies.length === 0 || anchorPolicies.includes(anyPolicy)) return request;
    return {
      ...request,
      userInitialPolicySet:
        request.userInitialPolicySet?.filter((item) => anchorPolicies.includes(item)) ?? anchorPolicies,
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
    return passed(path, 'policyAccepted', {}); // the last check; validatePath describes the whole path
  }
}

/** The CAs of a chain that count against a path length: RFC 5280 §6.1.4 (l) leaves self-issued ones out. */
const authoritiesIn = (chain: readonly Candidate[]): number =>
  chain.slice(1).filter(({ certificate }) => !isSelfIssued(certificate)).length;

function issuerNotTrusted({ subject, issuer, authorityKeyIdentifier }: Certificate): Refusal {
  return refused('issuerNotTrusted', {
    subject: nameToString(subject),
    issuer: nameToString(issuer),
    authorityKeyIdentifier: authorityKeyIdentifier ? hexOf(authorityKeyIdentifier) : '',
  });
}

function describePath({ certificates }: VerifiedPath) {
  return {
    anchor: nameToString(certificates.at(-1)!.subject),
    intermediates: certificates.slice(1, -1).map(({ subject }) => nameToString(subject)),
    ...slipsOf(certificates.slice(1)),
  };
}

/** The CAs that were read in spite of slips of encoding. */
function slipsOf(certificates: readonly Certificate[]) {
  const slips = certificates.flatMap(({ subject, tolerances }) =>
    tolerances ? [{ subject: nameToString(subject), tolerances }] : [],
  );
  return slips.length > 0 ? { slips } : {};
}

function policyRuling(acceptable: boolean, { subject }: Certificate): Ruling<true> {
  return acceptable
    ? passed(true, 'policyAccepted', {})
    : refused('policyNotAcceptable', { subject: nameToString(subject) });
}
