import { userPrincipalNameKey } from '../../binding/identifiers/user-principal-name.ts';
import { hexOf } from '../../hex.ts';
import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { Certificate } from '../certificate.ts';
import type { NameConstraints } from '../extensions/extensions.ts';
import { type GeneralName, smtpUtf8Mailbox } from '../extensions/general-name.ts';
import { isWithin, nameToString } from '../name.ts';

const emailAddress = '1.2.840.113549.1.9.1';
const upn = '1.3.6.1.4.1.311.20.2.3';

/** Comparisons one search may cost, whatever it finds: thousands of constraints over a leaf with thousands of names. */
export interface ComparisonBudget {
  readonly limit: number;
  spent: number;
}

/** The subtrees of one kind of name in one CA's constraints. */
interface Subtrees {
  readonly permitted: GeneralName[];
  readonly excluded: GeneralName[];
}
type SubtreesByKind = ReadonlyMap<string, Subtrees>;

/** Name constraints gathered on the way down from the anchor (RFC 5280 §6.1.3 (b), (c), §6.1.4 (g)). */
export class ConstraintsInForce {
  readonly #all: SubtreesByKind[] = [];
  readonly #budget: ComparisonBudget;

  constructor(budget: ComparisonBudget) {
    this.#budget = budget;
  }

  add(constraints: NameConstraints | undefined): void {
    if (constraints) this.#all.push(byKind(constraints));
  }

  /** Is every name of the certificate inside of all permitted subtrees and outside of all excluded ones? */
  check(certificate: Certificate): Ruling<true> {
    if (this.#all.length === 0) return passed(true, 'namesAllowed', {});
    const budget = this.#budget;
    for (const name of namesOf(certificate)) {
      const constraints = this.#all.flatMap((item) => item.get(kindOf(name)) ?? []);
      budget.spent += constraints.reduce((sum, { permitted, excluded }) => sum + permitted.length + excluded.length, 0);
      if (budget.spent > budget.limit)
        return refused('pathBudgetSpent', { budget: 'comparisons', limit: budget.limit });
      const problem = problemOf(name, constraints);
      if (problem)
        return refused('nameNotAllowed', { subject: nameToString(certificate.subject), name: view(name), problem });
    }
    return passed(true, 'namesAllowed', {});
  }
}

/** A CA of the trust store is read once and asked for every sign-in. */
const groups = new WeakMap<NameConstraints, SubtreesByKind>();

function byKind(constraints: NameConstraints): SubtreesByKind {
  const knownSubtrees = groups.get(constraints);
  if (knownSubtrees) return knownSubtrees;
  const kinds = new Map<string, Subtrees>();
  for (const side of ['permitted', 'excluded'] as const)
    for (const { base } of constraints[side]) {
      const kind = kindOf(base);
      const subtrees = kinds.get(kind) ?? { permitted: [], excluded: [] };
      kinds.set(kind, subtrees);
      subtrees[side].push(base);
    }
  groups.set(constraints, kinds);
  return kinds;
}

/** RFC 9598 §6: constraints on rfc822Name hold SmtpUTF8Mailbox too. */
function kindOf(name: GeneralName): string {
  if (name.kind !== 'otherName') return name.kind;
  return name.oid === smtpUtf8Mailbox ? 'rfc822Name' : `otherName ${name.oid}`;
}

function problemOf(name: GeneralName, constraints: readonly Subtrees[]): string | undefined {
  for (const { permitted, excluded } of constraints) {
    if (isUnsupportedKind(name)) return 'its kind cannot be evaluated';
    if (permitted.length > 0 && !permitted.some((base) => isUnder(name, base) === true))
      return 'outside of the permitted names';
    // A name that cannot be distinguished from an excluded name is excluded.
    if (excluded.some((base) => isUnder(name, base, true) !== false)) return 'among the excluded names';
  }
  return undefined;
}

/** Subject and subjectAltName; mail addresses in the subject count where no alternative name is one (§4.2.1.10). */
function namesOf({ subject, subjectAltName }: Certificate): readonly GeneralName[] {
  const names: GeneralName[] = [...subjectAltName];
  if (subject.rdns.length > 0) names.push({ kind: 'directoryName', name: subject });
  if (subjectAltName.some(({ kind }) => kind === 'rfc822Name')) return names;
  const mails = subject.rdns.flat().filter(({ type }) => type === emailAddress);
  return [...names, ...mails.map(({ value }) => ({ kind: 'rfc822Name', text: value }) as const)];
}

/** Forms without defined constraints: one that is constrained and present is refused (§4.2.1.10). */
function isUnsupportedKind(name: GeneralName): boolean {
  return (
    ['x400Address', 'ediPartyName', 'registeredID'].includes(name.kind) ||
    (name.kind === 'otherName' && name.oid !== upn && name.oid !== smtpUtf8Mailbox)
  );
}

/** Is the name in the subtree? Undefined where it, or the subtree, has no form that could be asked about. */
function isUnder(name: GeneralName, base: GeneralName, excluding = false): boolean | undefined {
  if (name.kind === 'directoryName' && base.kind === 'directoryName') return isWithin(name.name, base.name);
  if (name.kind === 'iPAddress' && base.kind === 'iPAddress') return isInNetwork(name.octets, base.octets);
  const [text, tree] = [textIn(name), textIn(base)];
  if (text === undefined || tree === undefined) return undefined;
  if (name.kind === 'dNSName') return isHostBelow(text, tree, excluding);
  if (name.kind === 'uniformResourceIdentifier') return isUriBelow(text, tree);
  return isMailBelow(text, tree);
}

const textIn = (name: GeneralName): string | undefined => ('text' in name ? name.text : undefined);

/** A host as it is compared: lower case, without the dot of the DNS root. Undefined for text that is not a host name. */
function hostIn(text: string): string | undefined {
  const host = text.toLowerCase().replace(/\.$/, '');
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host) ? host : undefined;
}
/** The host of a subtree, and whether it begins with a dot. */
function treeIn(text: string): { readonly host: string; readonly dotted: boolean } | undefined {
  const oidText = text.startsWith('.');
  const host = hostIn(oidText ? text.slice(1) : text);
  return host === undefined ? undefined : { host, dotted: oidText };
}

/**
 * dNSName: the name itself and everything below it; the empty tree is everything. A leading dot, which RFC 5280 does
 * not define here, permits only what is below and excludes the name itself too.
 */
function isHostBelow(text: string, base: string, excluding: boolean): boolean | undefined {
  if (base === '') return true;
  const isWildcard = text.startsWith('*.');
  const host = hostIn(isWildcard ? text.slice(2) : text);
  const tree = treeIn(base);
  if (host === undefined || tree === undefined) return undefined;
  if (host.endsWith(`.${tree.host}`)) return true;
  if (host === tree.host) return !tree.dotted || isWildcard || excluding;
  // `*.example.com` also speaks for an excluded `a.example.com` (as CVE-2025-61727 had it).
  return isWildcard && excluding && tree.host.endsWith(`.${host}`);
}

/** URI: `.example.com` is every host below, `example.com` that host alone. A URI without a host name has no answer. */
function isUriBelow(uri: string, base: string): boolean | undefined {
  const [host, tree] = [hostOf(uri), treeIn(base)];
  if (host === undefined || tree === undefined) return undefined;
  return tree.dotted ? host.endsWith(`.${tree.host}`) : host === tree.host;
}

function hostOf(uri: string): string | undefined {
  // Programs disagree about where the host of `http://a\\@b` is.
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#\\]*)(?:[/?#]|$)/i.exec(uri)?.[1];
  const host = hostIn(authority?.replace(/^.*@/, '').replace(/:\d*$/, '') ?? '');
  // An address is no host name, and a constraint on host names cannot be kept by it.
  return host === undefined || /^[\d.]+$/.test(host) ? undefined : host;
}

/**
 * rfc822Name, SmtpUTF8Mailbox and UPNs, which look alike: a mailbox, a host (`example.com`), or everything below one
 * (`.example.com`). Windows writes a host for UPNs as `@example.com`. Compared as username binding compares (UB-29), or a
 * constraint would miss the name by which the account is found. An empty subtree is no host: it permits nothing and
 * excludes everything.
 */
function isMailBelow(text: string, base: string): boolean | undefined {
  const mailbox = mailboxIn(text);
  if (!mailbox) return undefined;
  if (base.lastIndexOf('@') > 0) {
    const target = mailboxIn(base);
    return target && mailbox.local === target.local && mailbox.host === target.host;
  }
  const tree = treeIn(base.startsWith('@') ? base.slice(1) : base);
  if (tree === undefined) return undefined;
  return tree.dotted ? mailbox.host.endsWith(`.${tree.host}`) : mailbox.host === tree.host;
}

/** RFC 5321 §4.1.2. A quoted local part, or a second `@`, has more than one reading: undefined, which refuses. */
function mailboxIn(text: string): { readonly local: string; readonly host: string } | undefined {
  const [local, domain, ...more] = userPrincipalNameKey(text.replace(/\.$/, ''))?.split('@') ?? [];
  const host = hostIn(domain ?? '');
  if (!local || local.includes('"') || host === undefined || more.length > 0) return undefined;
  return { local, host };
}

/** §4.2.1.10: address and mask, of the address's own length. Undefined for what is neither IPv4 nor IPv6. */
function isInNetwork(address: Uint8Array, network: Uint8Array): boolean | undefined {
  const isAddress = [4, 16].includes(address.length) && [8, 32].includes(network.length);
  if (!isAddress) return undefined;
  if (network.length !== address.length * 2) return false;
  return address.every((octet, index) => {
    const mask = network[address.length + index]!;
    return (octet & mask) === (network[index]! & mask);
  });
}

function view(name: GeneralName): string {
  if (name.kind === 'directoryName') return nameToString(name.name);
  if (name.kind === 'iPAddress') return `IP ${hexOf(name.octets)}`;
  return textIn(name)?.slice(0, 256) ?? name.kind;
}
