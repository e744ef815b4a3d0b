import { DerError } from '../../asn1/der.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { type Name, rdnKeys, sameName } from '../../x509/name.ts';
import type { TrustStore } from '../../x509/trust-store.ts';
import type { CrlSigner } from '../answer.ts';
import { distributionPointsOf } from '../distribution-points/distribution-point.ts';
import { candidatesFor, verifyCrl as wasSignedWith } from './signature.ts';

/**
 * Certificates that may have signed a CRL issued in this name for what `authority` issued. In the authority's own name
 * these are the certificates of its key (CRL-14); in another name, that of an indirect CRL, all of the trust store.
 */
export function signersNamed(name: Name, authority: Certificate, store: TrustStore): readonly Certificate[] {
  return sameName(authority.subject, name) ? signersOfKey(authority, store) : (byName(store).get(keyOf(name)) ?? []);
}

const signersByStore = new WeakMap<TrustStore, Map<string, readonly Certificate[]>>();

/**
 * Certificates whose CRLs speak for the key of `authority`, the authority's own first. A CRL belongs to a key, not to a
 * name (CRL-14): AD CS keeps the name of a CA when it renews the key, and publishes one CRL for each key.
 */
function signersOfKey(authority: Certificate, store: TrustStore): readonly Certificate[] {
  const cachedIndex = signersByStore.get(store) ?? new Map<string, readonly Certificate[]>();
  signersByStore.set(store, cachedIndex);
  const { sha256Thumbprint } = authority;
  const namesakes = (byName(store).get(keyOf(authority.subject)) ?? []).filter(
    (second) => second.sha256Thumbprint !== sha256Thumbprint,
  );
  const signers = cachedIndex.get(sha256Thumbprint) ?? [
    authority,
    ...namesakes.filter((signer) => speaksForKeyOf(authority, signer, namesakes)),
  ];
  cachedIndex.set(sha256Thumbprint, signers);
  return signers;
}

/**
 * Whether CRLs of `signer`, which has the name of `authority`, speak for the key of `authority`: when it is the same
 * key, a separate key for CRLs, or when the store knows one of the two keys only by self-issued certificates of the
 * other (RFC 5280 §6.1: one CA that rolls its key over). A CA key that is also known otherwise, as AD CS renews keys,
 * has CRLs of its own.
 */
function speaksForKeyOf(authority: Certificate, signer: Certificate, certificates: readonly Certificate[]): boolean {
  if (sameKey(signer, authority)) return true;
  const ofKey = (key: Certificate) => [authority, ...certificates].filter((second) => sameKey(second, key));
  const otherCaKeys = certificates.filter(
    (otherCertificate) => issuesCertificates(otherCertificate) && !sameKey(otherCertificate, authority),
  );
  if (!issuesCertificates(signer)) return otherCaKeys.length === 0 || isIssuedBy(signer, authority);
  return (
    ofKey(authority).every((item) => isIssuedBy(item, signer)) ||
    ofKey(signer).every((item) => isIssuedBy(item, authority))
  );
}

/** By its key: two certificates of one CA may differ in all the rest. */
const sameKey = (certificate: Certificate, second: Certificate): boolean =>
  Buffer.compare(certificate.subjectPublicKeyInfo, second.subjectPublicKeyInfo) === 0;

/** A certificate with neither of the two extensions may be a CA of version 1. */
const issuesCertificates = ({ basicConstraints, keyUsage }: Certificate): boolean =>
  keyUsage?.has('keyCertSign') ?? basicConstraints?.cA ?? true;

const isIssuedBy = (certificate: Certificate, issuer: Certificate): boolean =>
  sameName(certificate.issuer, issuer.subject) && wasSignedWith(certificate, issuer);

/** The certificates of a store by name, each once. A store never changes, so this is computed once. */
const indexes = new WeakMap<TrustStore, ReadonlyMap<string, readonly Certificate[]>>();

function byName(store: TrustStore): ReadonlyMap<string, readonly Certificate[]> {
  const cachedIndex = indexes.get(store);
  if (cachedIndex) return cachedIndex;
  const once = new Map(store.authorities.map(({ certificate }) => [certificate.sha256Thumbprint, certificate]));
  const index = Map.groupBy(once.values(), ({ subject }) => keyOf(subject));
  indexes.set(store, index);
  return index;
}

const keyOf = (name: Name): string => rdnKeys(name).join(',');

/**
 * Everyone whose signature may turn out to matter for what this authority issued: its own key and, where the certificate
 * to be evaluated names other issuers of CRLs in its distribution points, those.
 */
export function signersFor(authority: Certificate, store: TrustStore, certificate?: Certificate): CrlSigner[] {
  const namesakes = certificate ? crlIssuersOf(certificate) : [];
  const certificates = [authority.subject, ...namesakes].flatMap((name) => signersNamed(name, authority, store));
  return [...new Set(certificates)].map(signerOf);
}

/** A certificate whose distribution points cannot be read names no signer; the look-up refuses it. */
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

/** Whether a CRL names exactly this key, not one that may speak for it (CRL-14). */
export const isOfKey = (crl: Parameters<typeof candidatesFor>[0], authority: Certificate, store: TrustStore): boolean =>
  candidatesFor(
    crl,
    signersOfKey(authority, store)
      .filter((item) => sameKey(item, authority))
      .map(signerOf),
  ).length > 0;
