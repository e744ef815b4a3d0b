import { hexOf } from '../../hex.ts';
import type { Certificate } from '../certificate.ts';
import { rdnKeys } from '../name.ts';
import type { TrustedAuthority, TrustStore } from '../trust-store.ts';

/** A certificate that may have issued another; `authority` when an administrator uploaded it. */
export interface Candidate {
  readonly certificate: Certificate;
  readonly authority: TrustedAuthority | undefined;
}

/** Authorities of a store by subject name. */
interface SubjectIndex {
  readonly byKey: ReadonlyMap<string, readonly Candidate[]>;
  /** The key of each subject by the octets of its encoding: a certificate names its issuer with the same octets. */
  readonly keys: ReadonlyMap<string, string>;
}

/** Made once a store, kept with it. */
const indexes = new WeakMap<TrustStore, SubjectIndex>();

function indexOf(store: TrustStore): SubjectIndex {
  let index = indexes.get(store);
  if (!index) {
    const items = store.authorities.map((authority) => ({ certificate: authority.certificate, authority }));
    const keys = new Map(items.map(({ certificate: { subject } }) => [octetsOf(subject), keyOf(subject)]));
    index = { byKey: Map.groupBy(items, ({ certificate }) => keyOf(certificate.subject)), keys };
    indexes.set(store, index);
  }
  return index;
}

function octetsOf({ der: { buffer, byteOffset, length } }: Certificate['subject']): string {
  return Buffer.from(buffer, byteOffset, length).toString('latin1');
}

const keyOf = (name: Certificate['subject']): string => rdnKeys(name).join(',');

/** A candidate and how well it fits: 3 and 2 for an anchor and a CA whose key identifier agrees, 1 and 0 without. */
export interface RankedCandidate extends Candidate {
  readonly rank: number;
}

/**
 * Who may have issued this (PATH-1, PATH-14): everyone with the issuer's name whose key identifier does not contradict
 * the child's. Those whose identifier agrees come first, then anchors, so that the likely path is tried before others.
 */
export function candidatesFor(
  child: Certificate,
  store: TrustStore,
  certificates: readonly Certificate[],
): readonly RankedCandidate[] {
  const { byKey, keys } = indexOf(store);
  const issuer = keys.get(octetsOf(child.issuer)) ?? keyOf(child.issuer);
  const index = byKey.get(issuer) ?? [];
  const extraCandidates =
    certificates.length === 0
      ? []
      : certificates
          .filter(({ subject }) => keyOf(subject) === issuer)
          .map((certificate) => ({ certificate, authority: undefined }));
  const [only] = index;
  if (only && index.length === 1 && extraCandidates.length === 0) {
    const onlyRank = rank(only, child);
    return onlyRank < 0 ? [] : [{ ...only, rank: onlyRank }];
  }
  return [...index, ...extraCandidates]
    .map((candidate) => ({ ...candidate, rank: rank(candidate, child) }))
    .filter((candidate) => candidate.rank >= 0)
    .sort((first, second) => second.rank - first.rank);
}

/** -1 for a key identifier that says it was another key. */
function rank(
  { certificate, authority }: Candidate,
  { authorityKeyIdentifier: keyIdentifierOfIssuer }: Certificate,
): number {
  const keyIdentifier = certificate.subjectKeyIdentifier;
  const anchor = authority?.authorityType === 'root' ? 1 : 0;
  if (!keyIdentifierOfIssuer || !keyIdentifier) return anchor;
  return Buffer.compare(keyIdentifierOfIssuer, keyIdentifier) === 0 ? 2 + anchor : -1;
}

/** Do name and key of an issuer occur once more further down? Then a path goes in a circle. */
export function identityOf(certificate: Certificate): string {
  const cachedIdentity = identities.get(certificate);
  if (cachedIdentity !== undefined) return cachedIdentity;
  const identity = `${keyOf(certificate.subject)} ${hexOf(certificate.subjectPublicKeyInfo)}`;
  identities.set(certificate, identity);
  return identity;
}
const identities = new WeakMap<Certificate, string>();
