import { fault } from '#core/trace/fault.ts';
import type { BundleEntry } from '#core/x509/bundle.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import type { AuthorityRow, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { TimedContext } from '../context.ts';
import { type AuthorityChange, changed } from './authority-change.ts';
import { detailsOf, isRoot } from './authority-rules.ts';
import {
  checkSelection,
  type NewAuthoritySettings,
  type Selection,
  selectForClassic,
  selectForContainer,
} from './bundle-selection.ts';
import { type ClassicCandidate, candidateOf, classicOf, replaceIn } from './classic-store.ts';
import { editTrustStore, type TrustPorts } from './edit-trust-store.ts';
import { addIn, changeIn, deleteIn, newAuthority } from './pki-authorities.ts';
import { containerNamed, newContainer, usualContainer, withContainer } from './pki-containers.ts';

/** A CA as an administrator hands it in; what is left out is worked out from the certificate. */
export interface NewAuthority {
  readonly certificate: Certificate;
  readonly displayName?: string | undefined;
  readonly authorityType?: 'root' | 'intermediate' | undefined;
  readonly certificateRevocationListUrl?: string | undefined;
  readonly deltaCertificateRevocationListUrl?: string | undefined;
  readonly isIssuerHintEnabled?: boolean | undefined;
}

/** Where a CA goes: by default into the first container there is, else into a new one. */
export type Destination =
  | { readonly store: 'classic' }
  /** By id or name; a container that is not there is made. */
  | { readonly store: 'pki'; readonly container?: string | undefined };

/**
 * Adds a CA to the tenant's trust store (TS-1, TS-2, TS-4 … TS-6, TS-10).
 * @throws as {@link addAuthorities}
 */
export async function addAuthority(
  newAuthority: NewAuthority,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<AuthorityRow> {
  const [row] = await addAuthorities([newAuthority], { store: 'pki' }, { at, actor, ports });
  return row!;
}

/**
 * Adds CAs, all or none. @throws authorityNotCa, authoritySignatureWrong, authorityTooLarge, crlUrlInvalid,
 * deltaWithoutBase, authorityDuplicate, authorityLimitReached, containerAmbiguous, lastAdministratorShutOut; for the classic
 * store also authorityExpired and authorityTypeContradicts
 */
export function addAuthorities(
  newAuthorities: readonly NewAuthority[],
  to: Destination,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<readonly AuthorityRow[]> {
  return editTrustStore(
    (now) =>
      to.store === 'classic' ? addClassic(now, newAuthorities, at) : addPki(now, newAuthorities, to.container, at),
    { actor, ports },
  );
}

/** The certificates of a file, what is set for each of them, and where they go. */
export interface AuthorityFile {
  readonly entries: readonly BundleEntry[];
  readonly settings: NewAuthoritySettings;
  readonly to: Destination;
  /** Refuse the whole file when one certificate of it cannot be added. */
  readonly allOrNone: boolean;
}

/**
 * Adds the CAs of a file of several certificates. Those that are there already stay as they are; what cannot be added is
 * left out with its reason. @throws bundleWithoutCa, containerAmbiguous, lastAdministratorShutOut; with `allOrNone` the reason
 * of the first that is left out
 */
export function addAuthorityFile(
  { entries, settings, to, allOrNone }: AuthorityFile,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<Selection<AuthorityRow>> {
  const rules = { at, addresses: ports.addresses, settings };
  const choose = <T>(selection: Selection<T>): Selection<T> => {
    checkSelection(selection, allOrNone);
    return selection;
  };
  const add = (now: TrustStoreState): TrustStoreEdit<Selection<AuthorityRow>> => {
    if (to.store === 'classic') {
      const selection = choose(selectForClassic(now, entries, rules));
      const old = classicOf(now.authorities);
      if (selection.fresh.length === 0) return { next: now, changes: [], result: { ...selection, fresh: [] } };
      const edit = replaceIn(now, [...old.map(candidateOf), ...selection.fresh], at);
      return { ...edit, result: { ...selection, fresh: edit.result.slice(old.length) } };
    }
    const { container, start } = containerFor(now, to.container, at);
    const selection = choose(selectForContainer(start.next, entries, container.id, rules));
    if (selection.fresh.length === 0) return { next: now, changes: [], result: selection };
    const edit = addIn(start.next, selection.fresh, at);
    return { next: edit.next, changes: [...start.changes, ...edit.changes], result: selection };
  };
  return editTrustStore(add, { actor, ports });
}

/** The container of this name, by default the first; a new one where there is none. */
function containerFor(now: TrustStoreState, name: string | undefined, at: Date) {
  const match = name === undefined ? now.containers[0] : containerNamed(now, name);
  const container = match ?? newContainer(name ?? usualContainer, at);
  return { container, start: match ? { next: now, changes: [] } : withContainer(now, container) };
}

function addPki(
  now: TrustStoreState,
  newAuthorities: readonly NewAuthority[],
  containerName: string | undefined,
  at: Date,
): TrustStoreEdit<readonly AuthorityRow[]> {
  const { container, start } = containerFor(now, containerName, at);
  const rows = newAuthorities.map((item) =>
    newAuthority({ ...item, certificateAuthorityType: item.authorityType }, now, container.id, at),
  );
  const edit = addIn(start.next, rows, at);
  return { ...edit, changes: [...start.changes, ...edit.changes] };
}

/** What New-EntraTrustedCertificateAuthority does in three requests, as one edit. */
function addClassic(
  now: TrustStoreState,
  newAuthorities: readonly NewAuthority[],
  at: Date,
): TrustStoreEdit<readonly AuthorityRow[]> {
  const classic = classicOf(now.authorities).map(candidateOf);
  const newRows = newAuthorities.map((newAuthority): ClassicCandidate => {
    const { certificate, certificateRevocationListUrl, deltaCertificateRevocationListUrl } = newAuthority;
    return {
      certificate,
      displayName: newAuthority.displayName ?? nameToString(certificate.subject),
      authorityType: newAuthority.authorityType ?? (isRoot(certificate) ? 'root' : 'intermediate'),
      certificateRevocationListUrl: certificateRevocationListUrl || undefined,
      deltaCertificateRevocationListUrl: deltaCertificateRevocationListUrl || undefined,
      isIssuerHintEnabled: false,
    };
  });
  const edit = replaceIn(now, [...classic, ...newRows], at);
  return { ...edit, result: edit.result.slice(classic.length) };
}

/**
 * Changes a CA of either store, named by id or thumbprint (Set-EntraTrustedCertificateAuthority).
 * @throws nothingFound, authorityAmbiguous, crlUrlInvalid, deltaWithoutBase, graceInvalid, lastAdministratorShutOut; for the
 * classic store also authorityExpired
 */
export function changeAuthority(
  target: string,
  authorityChange: AuthorityChange,
  { at, actor, ports }: TimedContext<TrustPorts>,
  store?: AuthorityRow['store'],
): Promise<AuthorityRow> {
  return editTrustStore(
    (now) => {
      const row = authorityNamed(now, target, store);
      if (row.store === 'pki') return changeIn(now, row, authorityChange, at);
      const after = changed(row, authorityChange);
      const list = classicOf(now.authorities).map((item) => candidateOf(item === row ? after : item));
      const edit = replaceIn(now, list, at);
      return { ...edit, result: edit.result.find(({ id }) => id === row.id)! };
    },
    { actor, ports },
  );
}

/**
 * Removes a CA of either store, named by id or thumbprint (Remove-EntraTrustedCertificateAuthority). From the PKI-based
 * store it can be restored for thirty days. @throws nothingFound, authorityAmbiguous, lastAdministratorShutOut; for the
 * classic store also authorityExpired, when another one has expired
 */
export function removeAuthority(
  target: string,
  { at, actor, ports }: TimedContext<TrustPorts>,
  store?: AuthorityRow['store'],
): Promise<AuthorityRow> {
  return editTrustStore(
    (now) => {
      const row = authorityNamed(now, target, store);
      if (row.store === 'pki') return deleteIn(now, row, at);
      const rest = classicOf(now.authorities).filter((item) => item !== row);
      return { ...replaceIn(now, rest.map(candidateOf), at), result: row };
    },
    { actor, ports },
  );
}

/** @throws nothingFound; authorityAmbiguous for the thumbprint of a CA that is in both stores */
function authorityNamed(now: TrustStoreState, target: string, store?: AuthorityRow['store']): AuthorityRow {
  const thumbprint = target.replace(/[:\s]/g, '').toUpperCase();
  const [row, ...more] = now.authorities
    .filter((authority) => store === undefined || authority.store === store)
    .filter((item) => item.id === target || detailsOf(item).thumbprint === thumbprint);
  if (!row) throw fault('nothingFound', { kind: 'CA', wanted: target });
  if (more.length > 0) throw fault('authorityAmbiguous', { wanted: target });
  return row;
}
