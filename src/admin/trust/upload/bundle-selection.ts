import { messageOf } from '#core/trace/fault.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { type Ruling, refused, refusedFor, success } from '#core/trace/ruling.ts';
import type { BundleEntry } from '#core/x509/bundle.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { nameToString, sameName } from '#core/x509/name.ts';
import type { AuthorityRow, TrustStoreState } from '#model/authority.ts';
import type { AddressSettings } from '#ports/ports.ts';
import { detailsOf, firstHttpUrl, isRoot, storeLimits } from '../authority/authority-rules.ts';
import { storedCertificate } from '../authority/certificate-file.ts';
import { type ClassicCandidate, checkCandidate, classicKeyOf, classicOf } from '../classic-store.ts';
import { checkAddressesOf } from '../edit-trust-store.ts';
import { newAuthority } from '../pki/pki-authorities.ts';

/** A certificate of a bundle that is not added, and why. */
export interface LeftOut {
  /** Its place in the file, from 1. */
  readonly position: number;
  /** Empty where it cannot be read. */
  readonly subject: string;
  /** Upper-case hex. */
  readonly sha1Thumbprint: string;
  readonly because: Because;
}

/** What becomes of the certificates of a bundle. */
export interface Selection<T> {
  readonly fresh: readonly T[];
  /** The rows of those that the store has already. */
  readonly present: readonly AuthorityRow[];
  readonly leftOut: readonly LeftOut[];
}

/** By what a certificate is evaluated beside the store itself. */
export interface SelectionRules {
  readonly at: Date;
  readonly addresses: AddressSettings;
  /** What is set for each new CA; absent: the CRL address is the first HTTP one in its own certificate (TS-7). */
  readonly settings?: NewAuthoritySettings | undefined;
}

/** What an administrator says of the CAs of a file, the same for each. */
export interface NewAuthoritySettings {
  readonly authorityType?: 'root' | 'intermediate' | undefined;
  readonly certificateRevocationListUrl?: string | undefined;
  readonly deltaCertificateRevocationListUrl?: string | undefined;
  readonly isIssuerHintEnabled?: boolean | undefined;
}

const settingsFor = (certificate: Certificate, { settings }: SelectionRules): NewAuthoritySettings =>
  settings ?? { certificateRevocationListUrl: firstHttpUrl(certificate) };

/** How one store takes a certificate. */
interface Intake<T> {
  readonly rows: readonly AuthorityRow[];
  readonly store: 'classic' | 'PKI-based';
  /** Refuses with why this certificate cannot be a CA of the store. */
  readonly make: (certificate: Certificate) => Ruling<T>;
}

/** The rows that a bundle brings to a container of the PKI-based store (TS-7). */
export function selectForContainer(
  current: TrustStoreState,
  entries: readonly BundleEntry[],
  containerId: string,
  rules: SelectionRules,
): Selection<AuthorityRow> {
  const make = (certificate: Certificate): Ruling<AuthorityRow> => {
    const { authorityType: certificateAuthorityType, ...settings } = settingsFor(certificate, rules);
    const authorityRuling = newAuthority(
      { ...settings, certificate, certificateAuthorityType },
      current,
      containerId,
      rules.at,
    );
    if (authorityRuling.outcome !== 'passed') return authorityRuling;
    const addressesRuling = checkAddressesOf(authorityRuling.value, rules.addresses);
    return addressesRuling.outcome === 'passed' ? authorityRuling : addressesRuling;
  };
  const rows = current.authorities.filter(({ store }) => store === 'pki');
  return select(entries, { rows, store: 'PKI-based', make });
}

/** What a bundle brings to the classic store. An expired CA is left out (TS-3). */
export function selectForClassic(
  current: TrustStoreState,
  entries: readonly BundleEntry[],
  rules: SelectionRules,
): Selection<ClassicCandidate> {
  const rows = classicOf(current.authorities);
  const seenKeys = new Set(rows.map(classicKeyOf));
  const make = (certificate: Certificate): Ruling<ClassicCandidate> => {
    const candidate = classicCandidate(certificate, settingsFor(certificate, rules));
    if (rules.at > certificate.notAfter)
      return refused('authorityExpired', {
        subject: nameToString(certificate.subject),
        notAfter: certificate.notAfter.toISOString(),
      });
    const addressesRuling = checkAddressesOf(candidate, rules.addresses);
    if (addressesRuling.outcome !== 'passed') return addressesRuling;
    const candidateRuling = checkCandidate(candidate, seenKeys, current.algorithms); // it notes the key as seen
    return candidateRuling.outcome === 'passed' ? success(candidate) : candidateRuling;
  };
  return select(entries, { rows, store: 'classic', make });
}

const classicCandidate = (certificate: Certificate, settings: NewAuthoritySettings): ClassicCandidate => ({
  certificate,
  displayName: nameToString(certificate.subject),
  authorityType: settings.authorityType ?? (isRoot(certificate) ? 'root' : 'intermediate'),
  certificateRevocationListUrl: settings.certificateRevocationListUrl || undefined,
  deltaCertificateRevocationListUrl: settings.deltaCertificateRevocationListUrl || undefined,
  isIssuerHintEnabled: false,
});

function select<T>(entries: readonly BundleEntry[], { rows, store, make }: Intake<T>): Selection<T> {
  const byThumbprint = new Map(rows.map((row) => [detailsOf(row).thumbprint, row]));
  const [fresh, present, leftOut] = [[] as T[], [] as AuthorityRow[], [] as LeftOut[]];
  const once = new Map(entries.toReversed().map((entry) => [entry.sha1Thumbprint, entry]));
  for (const { position, subject, sha1Thumbprint, ruling } of [...once.values()].reverse()) {
    const row = byThumbprint.get(sha1Thumbprint);
    const made = ruling.outcome === 'passed' ? make(ruling.value) : ruling;
    const isFull = rows.length + fresh.length >= storeLimits.authorities;
    if (row) present.push(row);
    else if (made.outcome !== 'passed') leftOut.push({ position, subject, sha1Thumbprint, because: made.because });
    else if (isFull) leftOut.push({ position, subject, sha1Thumbprint, because: full(store) });
    else fresh.push(made.value);
  }
  return { fresh, present, leftOut };
}

const full = (store: Intake<unknown>['store']): Because =>
  because('authorityLimitReached', { limit: storeLimits.authorities, store });

/**
 * Refuses a bundle of which nothing is usable, and with `allOrNone` one of which anything is not.
 * Refuses with bundleWithoutCa, or why the first certificate is left out.
 */
export function checkSelection({ fresh, present, leftOut }: Selection<unknown>, allOrNone: boolean): Ruling<void> {
  const [first] = leftOut;
  if (!first) return success();
  const usable = fresh.length + present.length;
  if (allOrNone || (usable === 0 && leftOut.length === 1)) return refusedFor(first.because);
  if (usable === 0)
    return refused('bundleWithoutCa', {
      certificates: leftOut.length,
      leftOut: leftOut.map(describeLeftOut).join('; '),
    });
  return success();
}

/** One certificate that was left out, and the reason, as text. */
export const describeLeftOut = ({ position, subject, because }: LeftOut): string =>
  `certificate ${position}${subject ? ` (${subject})` : ''}: ${messageOf(because)}`;

/** The CAs that were added, existed already or were omitted, and which CAs need a CRL address. */
export function describeUpload({ fresh, present, leftOut }: Selection<AuthorityRow>): string {
  const sentences = [
    `${count(fresh.length)} added.`,
    ...(present.length > 0 ? [`${count(present.length)} already in the store.`] : []),
    ...withParentAddress(fresh),
    ...(leftOut.length > 0 ? [`Not added: ${leftOut.map(describeLeftOut).join('; ')}.`] : []),
  ];
  return sentences.join(' ');
}

const count = (cas: number): string => `${cas} ${cas === 1 ? 'CA' : 'CAs'}`;

/** CAs that carry the address of the CA above them (TS-7) and issue no CA of the file: they issue certificates for users. */
function withParentAddress(rows: readonly AuthorityRow[]): readonly string[] {
  const certificates = rows.map(storedCertificate);
  const lowest = rows.filter((row, index) => {
    const { subject } = certificates[index]!;
    return row.authorityType === 'intermediate' && !certificates.some(({ issuer }) => sameName(issuer, subject));
  });
  const names = lowest.map(({ displayName }) => displayName).join('; ');
  return lowest.length === 0
    ? []
    : [`These CAs issue certificates for users and need their own CRL address; set it manually: ${names}.`];
}
