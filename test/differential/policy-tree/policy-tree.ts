import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { anyPolicy } from '#core/x509/rules/policies.ts';
import { isSelfIssued } from '#core/x509/rules/self-issued.ts';
import type { RandomChain } from '../random-chain.ts';

interface Node {
  readonly policy: string;
  expected: readonly string[];
  readonly parent: Node | undefined;
}

/**
 * Policy processing by the letter of RFC 5280 §6.1: a tree, where the product has the graph of RFC 9618. A third implementation
 * where OpenSSL and the product disagree. True when the path is valid for some policy or needs none; every user policy
 * is acceptable, and the anchor has no constraints.
 */
export function treeAccepts({ leaf, intermediates }: RandomChain): boolean {
  const path = [...intermediates, leaf].map(certificateOf);
  const tree = new PolicyTree(path.length);
  for (const [index, certificate] of path.entries()) {
    const isLeaf = index === path.length - 1;
    if (!tree.take(certificate, isLeaf)) return false;
    if (!isLeaf && !tree.prepare(certificate)) return false;
  }
  return tree.wrapUp(path.at(-1)!);
}

class PolicyTree {
  /** Nodes of the last depth; with no node the tree is NULL. */
  #nodes: readonly Node[] = [{ policy: anyPolicy, expected: [anyPolicy], parent: undefined }];
  #explicitPolicy: number;
  #inhibitAnyPolicy: number;
  #policyMapping: number;

  constructor(n: number) {
    this.#explicitPolicy = this.#inhibitAnyPolicy = this.#policyMapping = n + 1;
  }

  /** §6.1.3 (d), (e), (f). */
  take(certificate: Certificate, isLeaf: boolean): boolean {
    this.#nodes = this.#children(certificate, isLeaf);
    return this.#explicitPolicy > 0 || this.#nodes.length > 0;
  }

  #children(certificate: Certificate, isLeaf: boolean): Node[] {
    const listing = certificate.certificatePolicies.map(({ policyIdentifier }) => policyIdentifier);
    const children: Node[] = [];
    const add = (policy: string, parent: Node) => children.push({ policy, expected: [policy], parent });
    for (const policy of listing.filter((item) => item !== anyPolicy)) {
      const matches = this.#nodes.filter(({ expected }) => expected.includes(policy)); // (d)(1)(i)
      const wildcards = this.#nodes.filter((node) => node.policy === anyPolicy); // (d)(1)(ii)
      for (const parent of matches.length > 0 ? matches : wildcards) add(policy, parent);
    }
    const anyCounts = this.#inhibitAnyPolicy > 0 || (!isLeaf && isSelfIssued(certificate));
    if (!listing.includes(anyPolicy) || !anyCounts) return children;
    for (const parent of this.#nodes)
      for (const policy of parent.expected)
        if (!children.some((child) => child.parent === parent && child.policy === policy)) add(policy, parent); // (d)(2)
    return children;
  }

  /** §6.1.4 (a), (b), (h), (i), (j). */
  prepare(ca: Certificate): boolean {
    const mappings = ca.policyMappings ?? [];
    for (const { issuerDomainPolicy: from, subjectDomainPolicy: to } of mappings)
      if (from === anyPolicy || to === anyPolicy) return false;
    for (const from of new Set(mappings.map(({ issuerDomainPolicy }) => issuerDomainPolicy)))
      this.#map(
        from,
        mappings.filter((item) => item.issuerDomainPolicy === from).map((item) => item.subjectDomainPolicy),
      );
    if (!isSelfIssued(ca)) {
      this.#explicitPolicy = Math.max(0, this.#explicitPolicy - 1);
      this.#policyMapping = Math.max(0, this.#policyMapping - 1);
      this.#inhibitAnyPolicy = Math.max(0, this.#inhibitAnyPolicy - 1);
    }
    const { requireExplicitPolicy = Infinity, inhibitPolicyMapping = Infinity } = ca.policyConstraints ?? {};
    this.#explicitPolicy = Math.min(this.#explicitPolicy, requireExplicitPolicy);
    this.#policyMapping = Math.min(this.#policyMapping, inhibitPolicyMapping);
    this.#inhibitAnyPolicy = Math.min(this.#inhibitAnyPolicy, ca.inhibitAnyPolicy ?? Infinity);
    return true;
  }

  #map(from: string, to: readonly string[]): void {
    const isOfPolicy = ({ policy }: Node) => policy === from;
    if (this.#policyMapping === 0) {
      this.#nodes = this.#nodes.filter((node) => !isOfPolicy(node)); // (b)(2)
      return;
    }
    for (const node of this.#nodes.filter(isOfPolicy)) node.expected = to; // (b)(1)
    if (this.#nodes.some(isOfPolicy)) return;
    const wildcards = this.#nodes.filter(({ policy }) => policy === anyPolicy);
    this.#nodes = [...this.#nodes, ...wildcards.map(({ parent }) => ({ policy: from, expected: to, parent }))];
  }

  /** §6.1.5 (a), (b), (g). */
  wrapUp(leaf: Certificate): boolean {
    const isExplicit = this.#explicitPolicy <= 1 || leaf.policyConstraints?.requireExplicitPolicy === 0;
    return !isExplicit || this.#nodes.length > 0;
  }
}

function certificateOf(der: Uint8Array): Certificate {
  const read = readCertificate(der);
  if (read.outcome !== 'passed') throw new Error(JSON.stringify(read.because));
  return read.value;
}
