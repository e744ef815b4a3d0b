import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import { type Certificate, hexOf } from '../certificate.ts';
import type { GeneralName, NameConstraints } from '../extensions.ts';
import { isWithin, type Name, nameToString } from '../name.ts';

const emailAddress = '1.2.840.113549.1.9.1';
const upn = '1.3.6.1.4.1.311.20.2.3';

/** Comparisons a path may cost, as webpki allows: a CA with thousands of constraints over a leaf with thousands of names. */
export const comparisonBudget = 250_000;

/** Name constraints gathered on the way down from the anchor (RFC 5280 §6.1.3 (b), (c), §6.1.4 (g)). */
export class ConstraintsInForce {
  readonly #all: NameConstraints[] = [];
  #left = comparisonBudget;

  add(constraints: NameConstraints | undefined): void {
    if (constraints) this.#all.push(constraints);
  }

  /** Is every name of the certificate inside of all permitted subtrees and outside of all excluded ones? */
  check(certificate: Certificate): Ruling<true> {
    if (this.#all.length === 0) return passed(true, 'namesAllowed', {});
    for (const name of namesOf(certificate)) {
      const problem = this.#problemOf(name);
      if (problem)
        return refused('nameNotAllowed', { subject: nameToString(certificate.subject), name: shown(name), problem });
    }
    return passed(true, 'namesAllowed', {});
  }

  #problemOf(name: GeneralName): string | undefined {
    for (const { permitted, excluded } of this.#all) {
      const bases = permitted.filter(({ base }) => sameKind(base, name));
      this.#left -= bases.length + excluded.length;
      if (this.#left < 0) return `more than ${comparisonBudget} comparisons`;
      if (unjudgeable(name) && [...permitted, ...excluded].some(({ base }) => sameKind(base, name)))
        return 'its kind cannot be judged';
      if (bases.length > 0 && !bases.some(({ base }) => matches(name, base))) return 'outside of the permitted names';
      // What cannot be told apart from an excluded name is excluded.
      if (excluded.some(({ base }) => sameKind(base, name) && matches(name, base, true)))
        return 'among the excluded names';
    }
    return undefined;
  }
}

/** Subject and subjectAltName; mail addresses in the subject count where no alternative name is one (§4.2.1.10). */
function namesOf({ subject, subjectAltName }: Certificate): readonly GeneralName[] {
  const names: GeneralName[] = [...subjectAltName];
  if (subject.rdns.length > 0) names.push({ kind: 'directoryName', name: subject });
  if (subjectAltName.some(({ kind }) => kind === 'rfc822Name')) return names;
  const mails = subject.rdns.flat().filter(({ type }) => type === emailAddress);
  return [...names, ...mails.map(({ value }) => ({ kind: 'rfc822Name', text: value }) as const)];
}

function sameKind(one: GeneralName, other: GeneralName): boolean {
  if (one.kind === 'otherName' && other.kind === 'otherName') return one.oid === other.oid;
  return one.kind === other.kind;
}

/** Forms whose constraints nobody defined: one that is constrained and present is refused (§4.2.1.10). */
function unjudgeable(name: GeneralName): boolean {
  return (
    ['x400Address', 'ediPartyName', 'registeredID'].includes(name.kind) ||
    (name.kind === 'otherName' && name.oid !== upn)
  );
}

/** Is the name in the subtree? `doubtful` is the answer for a name that has no form the subtree could be asked about. */
function matches(name: GeneralName, base: GeneralName, doubtful = false): boolean {
  if (name.kind === 'directoryName' && base.kind === 'directoryName') return isWithin(name.name, base.name as Name);
  if (name.kind === 'iPAddress' && base.kind === 'iPAddress') return isInNetwork(name.octets, base.octets);
  const [text, tree] = [textIn(name), textIn(base)];
  if (text === undefined || tree === undefined) return doubtful;
  if (name.kind === 'dNSName') return isHostBelow(text, tree, doubtful);
  if (name.kind === 'uniformResourceIdentifier') return hostMatches(hostOf(text), tree) ?? doubtful;
  return mailMatches(text, tree) ?? doubtful;
}

const textIn = (name: GeneralName): string | undefined => ('text' in name ? name.text : undefined);

/**
 * dNSName: the name itself and everything below it, without regard to case; the empty tree is everything. A leading
 * dot, which RFC 5280 does not define here, permits only what is below and excludes the name itself too.
 */
function isHostBelow(host: string, tree: string, excluding: boolean): boolean {
  const [name, base] = [host.toLowerCase(), tree.toLowerCase()];
  if (base.startsWith('.')) return name.endsWith(base) || (excluding && name === base.slice(1));
  return base === '' || name === base || name.endsWith(`.${base}`);
}

/** URI: `.example.com` is every host below, `example.com` that host alone. A URI without a host name has no answer. */
function hostMatches(host: string | undefined, tree: string): boolean | undefined {
  if (host === undefined) return undefined;
  return tree.startsWith('.') ? host.endsWith(tree.toLowerCase()) : host === tree.toLowerCase();
}

function hostOf(uri: string): string | undefined {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1];
  const host = authority?.replace(/^.*@/, '').replace(/:\d*$/, '').toLowerCase();
  // An address is no host name, and a constraint on host names cannot be kept by it.
  return !host || host.startsWith('[') || /^[\d.]+$/.test(host) ? undefined : host;
}

/**
 * rfc822Name, and UPNs, which look alike: a mailbox, a host (`example.com`), or everything below one (`.example.com`).
 * Windows writes a host for UPNs as `@example.com`. Only the host compares without regard to case (RFC 5321 §2.4).
 */
function mailMatches(mailbox: string, tree: string): boolean | undefined {
  const at = mailbox.lastIndexOf('@');
  if (at < 1 || at === mailbox.length - 1) return undefined;
  const [local, host] = [mailbox.slice(0, at), mailbox.slice(at + 1).toLowerCase()];
  const base = tree.startsWith('@') ? tree.slice(1) : tree;
  const cut = base.lastIndexOf('@');
  if (cut >= 0) return local === base.slice(0, cut) && host === base.slice(cut + 1).toLowerCase();
  return base === '' || (base.startsWith('.') ? host.endsWith(base.toLowerCase()) : host === base.toLowerCase());
}

/** §4.2.1.10: address and mask, of the address's own length. */
function isInNetwork(address: Uint8Array, network: Uint8Array): boolean {
  if (network.length !== address.length * 2) return false;
  return address.every((octet, index) => {
    const mask = network[address.length + index]!;
    return (octet & mask) === (network[index]! & mask);
  });
}

function shown(name: GeneralName): string {
  if (name.kind === 'directoryName') return nameToString(name.name);
  if (name.kind === 'iPAddress') return `IP ${hexOf(name.octets)}`;
  return textIn(name)?.slice(0, 256) ?? name.kind;
}
