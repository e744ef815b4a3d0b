import { DerError } from '#core/asn1/der.ts';
import { contextPrimitive } from '#core/asn1/tags.ts';
import { ldapAddress } from '#core/crl/addresses/ldap-address.ts';
import { distributionPointsOf } from '#core/crl/distribution-points/distribution-point.ts';
import { hexOf } from '#core/hex.ts';
import { messageOf } from '#core/trace/fault.ts';
import { firstRefusal, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import { checkKey } from '#core/x509/algorithms/public-key.ts';
import { checkSignature } from '#core/x509/algorithms/signature.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { nameLeafFirst, nameToString } from '#core/x509/name.ts';
import { httpUrlProblem } from '#net/address-policy.ts';
import { checkName, checkReachable, longestLink } from '../../entered.ts';
import { storedCertificate } from './certificate-file.ts';

/**
 * Entra has 250 CAs of 8 KB in the PKI-based store (specification §2.1). The bundles that the US Federal PKI publishes hold
 * 287 distinct CAs, so that ours is four times as large; for the classic store, too, whose limit is not public.
 */
export const storeLimits = { authorities: 1000, bytes: 8 * 1024 } as const;

/** What an upload says of a CA beside its certificate. */
export interface CrlUrls {
  readonly certificateRevocationListUrl?: string | undefined;
  readonly deltaCertificateRevocationListUrl?: string | undefined;
}

/** What is derived from the certificate of a CA (specification §2.2). */
export interface AuthorityDetails {
  readonly subject: string;
  /** `CN=…, O=…`: the last RDN first. */
  readonly issuer: string;
  /** The CA's own, upper-case hex; Graph calls it `issuerSki` and `issuerSubjectKeyIdentifier` anyway. */
  readonly subjectKeyIdentifier: string | undefined;
  /** SHA-1, upper-case hex. */
  readonly thumbprint: string;
  readonly expirationDateTime: Date;
}

/** What was computed before: an edit asks for each CA of a store several times. */
const knownDetails = new WeakMap<Uint8Array, AuthorityDetails>();

/** The computed properties of an uploaded CA. */
export function detailsOf({ der }: { readonly der: Uint8Array }): AuthorityDetails {
  const details = knownDetails.get(der) ?? readDetails(der);
  knownDetails.set(der, details);
  return details;
}

function readDetails(der: Uint8Array): AuthorityDetails {
  const certificate = storedCertificate({ der });
  const { issuer, subject, subjectKeyIdentifier, sha1Thumbprint, notAfter } = certificate;
  return {
    subject: nameToString(subject),
    issuer: nameLeafFirst(issuer, ', '),
    subjectKeyIdentifier: subjectKeyIdentifier && hexOf(subjectKeyIdentifier),
    thumbprint: sha1Thumbprint,
    expirationDateTime: notAfter,
  };
}

/**
 * Can this be uploaded as a CA (TS-4 … TS-6)?
 * Refuses with authorityNotCa, authorityKeyUsageForbids, authorityKeyUnsound, authoritySignatureWrong, authorityTooLarge, crlUrlInvalid, deltaWithoutBase.
 */
export function checkAuthority(certificate: Certificate, urls: CrlUrls, algorithms: AlgorithmPolicy): Ruling<void> {
  const subject = nameToString(certificate.subject);
  return firstRefusal(
    checkCa(certificate, subject),
    checkMaySign(certificate, subject, algorithms),
    checkWhole(certificate, subject, algorithms),
    checkUrls(urls),
  );
}

function checkCa(certificate: Certificate, subject: string): Ruling<void> {
  if (certificate.der.length > storeLimits.bytes) {
    return refused('authorityTooLarge', { bytes: certificate.der.length, limit: storeLimits.bytes });
  }
  // A version 1 root carries no extensions; the administrator who uploads it as a root vouches for it (RFC 5280 §6.1.1 (d)).
  if (certificate.version === 3 && !certificate.basicConstraints?.cA) return refused('authorityNotCa', { subject });
  return success();
}

/** RFC 5280 §4.2.1.3 for a root; for every CA a key that no path could use (see {@link checkKey}). */
function checkMaySign(certificate: Certificate, subject: string, algorithms: AlgorithmPolicy): Ruling<void> {
  const { keyUsage, subjectPublicKeyInfo } = certificate;
  if (isRoot(certificate) && keyUsage && !keyUsage.has('keyCertSign'))
    return refused('authorityKeyUsageForbids', { subject, allowed: [...keyUsage] });
  const keyRuling = checkKey(subjectPublicKeyInfo, algorithms);
  if (keyRuling.outcome !== 'passed')
    return refused('authorityKeyUnsound', { subject, problem: messageOf(keyRuling.because) });
  return success();
}

/**
 * A root vouches for itself, so its own signature proves only that the file is whole; and that is worth knowing before
 * it is trusted. Old roots are signed with SHA-1, which no certificate of a user may be.
 */
function checkWhole(certificate: Certificate, subject: string, algorithms: AlgorithmPolicy): Ruling<void> {
  if (!isRoot(certificate)) return success();
  const old = { ...algorithms, hashes: [...algorithms.hashes, 'sha1'] };
  const ruling = checkSignature(certificate, certificate.subjectPublicKeyInfo, old);
  if (ruling.because.code === 'signatureWrong') return refused('authoritySignatureWrong', { subject });
  return success();
}

/** PATH-4: a root names itself as issuer, and its own key where it names one. A link certificate names an older key. */
export function isRoot({ issuer, subject, authorityKeyIdentifier, subjectKeyIdentifier }: Certificate): boolean {
  if (Buffer.compare(issuer.der, subject.der) !== 0) return false;
  return (
    !authorityKeyIdentifier?.length || Buffer.compare(authorityKeyIdentifier, subjectKeyIdentifier ?? Buffer.of()) === 0
  );
}

/** TS-2: root or intermediate is stated, and must be what the certificate is. Refuses with authorityTypeContradicts. */
export function checkType(certificate: Certificate, stated: 'root' | 'intermediate'): Ruling<void> {
  if (stated === (isRoot(certificate) ? 'root' : 'intermediate')) return success();
  return refused('authorityTypeContradicts', { subject: nameToString(certificate.subject), stated });
}

/** TS-5, TS-6; D-3: HTTPS is taken too. Refuses with crlUrlInvalid, deltaWithoutBase, addressNeverReached. */
export function checkUrls(
  { certificateRevocationListUrl: base, deltaCertificateRevocationListUrl: delta }: CrlUrls,
  further: readonly string[] = [],
): Ruling<void> {
  if (delta && !base) return refused('deltaWithoutBase', { deltaUrl: delta });
  for (const url of [base, delta, ...further]) {
    if (url === undefined) continue;
    const nameRuling = checkName('certificateRevocationListUrl', url, longestLink);
    if (nameRuling.outcome !== 'passed') return nameRuling;
    if (!URL.canParse(url)) return refused('crlUrlInvalid', { url, problem: 'it is not an absolute address' });
    const { protocol, username, password } = new URL(url);
    if (!/^(https?|ldaps?):$/.test(protocol))
      return refused('crlUrlInvalid', { url, problem: 'it is neither http, https, ldap nor ldaps' });
    if (/\s/.test(url)) return refused('crlUrlInvalid', { url, problem: 'it has a space; write %20 for it' });
    const problem = /^ldaps?:$/.test(protocol) ? ldapProblem(url) : undefined;
    if (problem) return refused('crlUrlInvalid', { url, problem });
    if (username !== '' || password !== '')
      return refused('crlUrlInvalid', { url: withoutPassword(url), problem: 'it contains a user name or password' });
    const reachableRuling = checkReachable('certificateRevocationListUrl', url);
    if (reachableRuling.outcome !== 'passed') return reachableRuling;
  }
  return success();
}

/** Why a CRL can never be had from this LDAP address. AD CS writes addresses without a server into certificates. */
function ldapProblem(url: string): string | undefined {
  if (new URL(url).hostname === '') return 'it names no server; write ldap://SERVER/ and the rest of it';
  const address = ldapAddress(url);
  if (!address) return 'it requests more than one attribute of one entry';
  return address.dn === '' ? 'it names no entry' : undefined;
}

/** OCSP is spoken over HTTP alone (RFC 6960 §A.1). Refuses with ocspUrlInvalid, addressNeverReached. */
export function checkOcspUrl(url: string): Ruling<void> {
  const nameRuling = checkName('ocspUrl', url, longestLink);
  if (nameRuling.outcome !== 'passed') return nameRuling;
  const problem = httpUrlProblem(url);
  if (problem) return refused('ocspUrlInvalid', { url: URL.canParse(url) ? withoutPassword(url) : url, problem });
  return checkReachable('ocspUrl', url);
}

function withoutPassword(url: string): string {
  const view = new URL(url);
  view.username = '';
  view.password = '';
  return view.href;
}

/**
 * TS-7: the first HTTP address in the certificate's own list of distribution points, with which a bulk upload fills in the
 * CRL of the CA. It is where the CA above publishes: those that issue certificates for users need an administrator to set theirs.
 */
export function firstHttpUrl(certificate: Certificate): string | undefined {
  for (const { distributionPoint } of pointsOf(certificate)) {
    if (distributionPoint?.kind !== 'fullName') continue;
    for (const { tag, contents } of distributionPoint.names) {
      const url = tag === contextPrimitive(6) ? Buffer.from(contents).toString('latin1') : '';
      if (/^http:\/\//i.test(url) && URL.canParse(url)) return url.trim().replace(/\s/g, '%20');
    }
  }
  return undefined;
}

/** An extension that cannot be read fills in nothing; what is made of it is the sign-in's to say. */
function pointsOf(certificate: Certificate): NonNullable<ReturnType<typeof distributionPointsOf>> {
  try {
    return distributionPointsOf(certificate) ?? [];
  } catch (problem) {
    if (problem instanceof DerError) return [];
    throw problem;
  }
}
