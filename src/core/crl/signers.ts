import { DerError } from '../asn1/der.ts';
import type { Certificate } from '../x509/certificate.ts';
import { type Name, rdnKeys, sameName } from '../x509/name.ts';
import type { TrustStore } from '../x509/trust-store.ts';
import type { CrlSigner } from './answer.ts';
import { distributionPointsOf } from './distribution-point.ts';

/**
 * Certificates that may have signed a list issued in this name: the authority's own first, then others of the trust store
 * that carry the name. A separate key for lists, or another authority altogether (an indirect list), must have been
 * uploaded like any other authority.
 */
export function signersNamed(name: Name, authority: Certificate, store: TrustStore): Certificate[] {
  const ownItems = sameName(authority.subject, name) ? [authority] : [];
  const rest = byName(store).get(keyOf(name)) ?? [];
  return [...ownItems, ...rest.filter(({ sha256Thumbprint }) => sha256Thumbprint !== ownItems[0]?.sha256Thumbprint)];
}

/** The certificates of a store by name, each once. A store never changes, so this is worked out once. */
const indexes = new WeakMap<TrustStore, ReadonlyMap<string, readonly Certificate[]>>();

function byName(store: TrustStore): ReadonlyMap<string, readonly Certificate[]> {
  const knownItem = indexes.get(store);
  if (knownItem) return knownItem;
  const once = new Map(store.authorities.map(({ certificate }) => [certificate.sha256Thumbprint, certificate]));
  const index = Map.groupBy(once.values(), ({ subject }) => keyOf(subject));
  indexes.set(store, index);
  return index;
}

const keyOf = (name: Name): string => rdnKeys(name).join(',');

/**
 * Everyone whose signature may turn out to matter for what this authority issued: those with its name and, where the
 * certificate to be judged names other issuers of lists, those.
 */
export function signersFor(authority: Certificate, store: TrustStore, certificate?: Certificate): CrlSigner[] {
  const rest = certificate ? crlIssuersOf(certificate) : [];
  const certificates = [authority.subject, ...rest].flatMap((name) => signersNamed(name, authority, store));
  return [...new Set([authority, ...certificates])].map(signerOf);
}

/** A certificate whose distribution points cannot be read names nobody here; looking it up refuses it. */
function crlIssuersOf(certificate: Certificate): Name[] {
  try {
    return (distributionPointsOf(certificate) ?? []).flatMap(({ crlIssuer }) => crlIssuer ?? []);
  } catch (thrown) {
    if (thrown instanceof DerError) return [];
    throw thrown;
  }
}

/** What of a certificate is needed to check a signature made with it. */
export const signerOf = ({ subject, subjectKeyIdentifier, subjectPublicKeyInfo }: Certificate): CrlSigner => ({
  subject: subject.der,
  subjectKeyIdentifier,
  subjectPublicKeyInfo,
});

/** RFC 5280 §6.3.3 (f), PATH-9: key usage, where there is one, must say cRLSign. */
export const maySignCrls = ({ keyUsage }: Certificate): boolean => keyUsage === undefined || keyUsage.has('cRLSign');
