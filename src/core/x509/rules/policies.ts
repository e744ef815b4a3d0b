import type { Certificate } from '../certificate.ts';
import { isSelfIssued } from './self-issued.ts';

export const anyPolicy = '2.5.29.32.0';

/** Initial inputs of RFC 5280 §6.1.1 (c), (e), (f), (g). */
export interface PolicyInputs {
  /** Undefined is any-policy. */
  readonly userInitialPolicySet: readonly string[] | undefined;
  readonly initialExplicitPolicy: boolean;
  readonly initialPolicyMappingInhibit: boolean;
  readonly initialAnyPolicyInhibit: boolean;
}

interface Node {
  readonly validPolicy: string;
  expected: ReadonlySet<string>;
  readonly parents: Set<Node>;
}
/** One level of the graph: at most one node a policy, so nothing grows faster than what certificates say. */
type Level = Map<string, Node>;

/**
 * Policy processing of RFC 5280 §6.1 as the graph of RFC 9618: the tree of the original text doubles with every
 * certificate that maps policies onto each other (CVE-2023-0464).
 */
export class PolicyGraph {
  /** The last level; undefined is the RFC's NULL. */
  #level: Level | undefined = new Map([
    [anyPolicy, { validPolicy: anyPolicy, expected: new Set([anyPolicy]), parents: new Set() }],
  ]);
  #explicitPolicy: number;
  #inhibitAnyPolicy: number;
  #policyMapping: number;
  readonly #initial: readonly string[] | undefined;

  /** `length` is n: certificates from the anchor's child to the leaf. */
  constructor(inputs: PolicyInputs, length: number) {
    this.#explicitPolicy = inputs.initialExplicitPolicy ? 0 : length + 1;
    this.#inhibitAnyPolicy = inputs.initialAnyPolicyInhibit ? 0 : length + 1;
    this.#policyMapping = inputs.initialPolicyMappingInhibit ? 0 : length + 1;
    this.#initial = inputs.userInitialPolicySet;
  }

  /** §6.1.3 (d), (e), (f). False when an explicit policy is demanded and none is left. */
  enter(certificate: Certificate, isLeaf: boolean): boolean {
    const before = this.#level;
    const hasPolicies = certificate.certificatePolicies.length > 0;
    this.#level = before && hasPolicies ? this.#next(before, certificate, isLeaf) : undefined;
    return this.#explicitPolicy > 0 || this.#level !== undefined;
  }

  #next(before: Level, certificate: Certificate, isLeaf: boolean): Level | undefined {
    const level: Level = new Map();
    const byExpected = expectedIn(before);
    const listing = certificate.certificatePolicies.map(({ policyIdentifier }) => policyIdentifier);
    for (const policy of listing) {
      if (policy === anyPolicy) continue;
      const parents = byExpected.get(policy) ?? nodesOf(before.get(anyPolicy)); // (d)(1)(i), (ii)
      if (parents.length > 0)
        level.set(policy, { validPolicy: policy, expected: new Set([policy]), parents: new Set(parents) });
    }
    const anyCounts = this.#inhibitAnyPolicy > 0 || (!isLeaf && isSelfIssued(certificate));
    if (listing.includes(anyPolicy) && anyCounts) {
      for (const [policy, parents] of byExpected) {
        if (!level.has(policy))
          level.set(policy, { validPolicy: policy, expected: new Set([policy]), parents: new Set(parents) }); // (d)(2)
      }
    }
    return level.size > 0 ? level : undefined; // (d)(3): what has no children is never reached from below
  }

  /** §6.1.4 (a), (b), (h), (i), (j). False when a mapping names any-policy. */
  leave(ca: Certificate): boolean {
    const mappings = ca.policyMappings ?? [];
    if (
      mappings.some(({ issuerDomainPolicy: from, subjectDomainPolicy: to }) => from === anyPolicy || to === anyPolicy)
    )
      return false;
    if (mappings.length > 0 && this.#level) this.#map(this.#level, mappings);
    if (!isSelfIssued(ca)) {
      this.#explicitPolicy = Math.max(0, this.#explicitPolicy - 1);
      this.#policyMapping = Math.max(0, this.#policyMapping - 1);
      this.#inhibitAnyPolicy = Math.max(0, this.#inhibitAnyPolicy - 1);
    }
    this.constrain(ca);
    return true;
  }

  #map(level: Level, mappings: NonNullable<Certificate['policyMappings']>): void {
    const targets = Map.groupBy(mappings, ({ issuerDomainPolicy }) => issuerDomainPolicy);
    const anyItem = level.get(anyPolicy);
    for (const [from, pairs] of targets) {
      if (this.#policyMapping === 0) {
        level.delete(from); // (b)(2)
        continue;
      }
      const expect = new Set(pairs.map(({ subjectDomainPolicy }) => subjectDomainPolicy));
      const node = level.get(from);
      if (node)
        node.expected = expect; // (b)(1)
      else if (anyItem) level.set(from, { validPolicy: from, expected: expect, parents: new Set(anyItem.parents) });
    }
    if (level.size === 0) this.#level = undefined;
  }

  /** §6.1.4 (i), (j); RFC 5937 §3 for an anchor: whatever the value, it counts the certificates below. */
  constrain({ policyConstraints, inhibitAnyPolicy }: Certificate): void {
    const { requireExplicitPolicy, inhibitPolicyMapping } = policyConstraints ?? {};
    this.#explicitPolicy = Math.min(this.#explicitPolicy, requireExplicitPolicy ?? this.#explicitPolicy);
    this.#policyMapping = Math.min(this.#policyMapping, inhibitPolicyMapping ?? this.#policyMapping);
    this.#inhibitAnyPolicy = Math.min(this.#inhibitAnyPolicy, inhibitAnyPolicy ?? this.#inhibitAnyPolicy);
  }

  /**
   * §6.1.5 (a), (b), (g): the policies the path is valid for, in the anchor's words, and the part of them the user asked
   * for. `acceptable` is false when an explicit policy is demanded and none of them is left.
   */
  close(leaf: Certificate): {
    readonly acceptable: boolean;
    readonly authorities: readonly string[];
    readonly user: readonly string[];
  } {
    this.#explicitPolicy = Math.max(0, this.#explicitPolicy - 1);
    if (leaf.policyConstraints?.requireExplicitPolicy === 0) this.#explicitPolicy = 0;
    const authorities = [...authoritySet(this.#level)];
    const initial = this.#initial;
    const user =
      initial === undefined
        ? authorities
        : authorities.includes(anyPolicy)
          ? initial
          : authorities.filter((authority) => initial.includes(authority));
    return { acceptable: this.#explicitPolicy > 0 || user.length > 0, authorities, user };
  }
}

const nodesOf = (node: Node | undefined): readonly Node[] => (node ? [node] : []);

function expectedIn(level: Level): Map<string, Node[]> {
  const nodesByPolicy = new Map<string, Node[]>();
  for (const node of level.values()) {
    for (const policy of node.expected) {
      const nodes = nodesByPolicy.get(policy);
      if (nodes) nodes.push(node);
      else nodesByPolicy.set(policy, [node]);
    }
  }
  return nodesByPolicy;
}

/** Walks up from the last level; each node once. A policy counts where it first leaves any-policy. */
function authoritySet(level: Level | undefined): Set<string> {
  const policies = new Set<string>();
  const seenKeys = new Set<Node>();
  const rest = [...(level?.values() ?? [])];
  if (level?.has(anyPolicy)) policies.add(anyPolicy);
  for (let node = rest.pop(); node; node = rest.pop()) {
    if (seenKeys.has(node)) continue;
    seenKeys.add(node);
    for (const parent of node.parents) {
      if (parent.validPolicy === anyPolicy && node.validPolicy !== anyPolicy) policies.add(node.validPolicy);
      rest.push(parent);
    }
  }
  return policies;
}
