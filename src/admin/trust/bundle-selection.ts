import { CardeaError, fault, wordsOf } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import type { BundleEntry } from '#core/x509/bundle.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import type { AuthorityRow, TrustStoreState } from '#model/authority.ts';
import type { AddressSettings } from '#ports/ports.ts';
import { detailsOf, firstHttpUrl, isRoot, storeLimits } from './authority-rules.ts';
import { type ClassicCandidate, checkCandidate, classicKeyOf, classicOf } from './classic-store.ts';
import { checkAddressesOf } from './edit-trust-store.ts';
import { newAuthority } from './pki-authorities.ts';

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

/** By what a certificate is judged beside the store itself. */
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
  /** @throws CardeaError why this certificate cannot be a CA of the store */
  readonly make: (certificate: Certificate) => T;
}

/** The rows that a bundle brings to a container of the PKI-based store (TS-7). */
export function selectForContainer(
  now: TrustStoreState,
  entries: readonly BundleEntry[],
  containerId: string,
  rules: SelectionRules,
): Selection<AuthorityRow> {
  const make = (certificate: Certificate) => {
    const { authorityType: certificateAuthorityType, ...settings } = settingsFor(certificate, rules);
    const row = newAuthority({ ...settings, certificate, certificateAuthorityType }, now, containerId, rules.at);
    checkAddressesOf(row, rules.addresses);
    return row;
  };
  const rows = now.authorities.filter(({ store }) => store === 'pki');
  return select(entries, { rows, store: 'PKI-based', make });
}

/** What a bundle brings to the classic store. An expired CA is left out (TS-3). */
export function selectForClassic(
  now: TrustStoreState,
  entries: readonly BundleEntry[],
  rules: SelectionRules,
): Selection<ClassicCandidate> {
  const rows = classicOf(now.authorities);
  const seenKeys = new Set(rows.map(classicKeyOf));
  const make = (certificate: Certificate): ClassicCandidate => {
    const candidate = classicCandidate(certificate, settingsFor(certificate, rules));
    if (rules.at > certificate.notAfter)
      throw fault('authorityExpired', {
        subject: nameToString(certificate.subject),
        notAfter: certificate.notAfter.toISOString(),
      });
    checkAddressesOf(candidate, rules.addresses);
    checkCandidate(candidate, seenKeys, now.algorithms);
    return candidate;
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
  for (const entry of [...once.values()].reverse()) {
    const row = byThumbprint.get(entry.sha1Thumbprint);
    if (row) present.push(row);
    else
      try {
        const certificate = readOrThrow(entry);
        const value = make(certificate);
        if (rows.length + fresh.length >= storeLimits.authorities)
          throw fault('authorityLimitReached', { limit: storeLimits.authorities, store });
        fresh.push(value);
      } catch (problem) {
        if (!(problem instanceof CardeaError)) throw problem;
        const { position, subject, sha1Thumbprint } = entry;
        leftOut.push({ position, subject, sha1Thumbprint, because: problem.because });
      }
  }
  return { fresh, present, leftOut };
}

function readOrThrow({ ruling }: BundleEntry): Certificate {
  if (ruling.outcome !== 'passed') throw new CardeaError(ruling.because);
  return ruling.value;
}

/**
 * Refuses a bundle of which nothing is usable, and with `allOrNone` one of which anything is not.
 * @throws bundleWithoutCa, or why the first certificate is left out
 */
export function checkSelection({ fresh, present, leftOut }: Selection<unknown>, allOrNone: boolean): void {
  const [first] = leftOut;
  if (!first) return;
  const usable = fresh.length + present.length;
  if (allOrNone || (usable === 0 && leftOut.length === 1)) throw new CardeaError(first.because);
  if (usable === 0)
    throw fault('bundleWithoutCa', {
      certificates: leftOut.length,
      leftOut: leftOut.map(describeLeftOut).join('; '),
    });
}

/** One certificate that was left out, and the reason, as text. */
export const describeLeftOut = ({ position, subject, because }: LeftOut): string =>
  `certificate ${position}${subject ? ` (${subject})` : ''}: ${wordsOf(because)}`;
