import { plainHex } from '#core/hex.ts';
import { allPassed, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { BundleEntry } from '#core/x509/bundle.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import type { AuthorityRow, PkiContainer, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { TimedContext } from '../context.ts';
import { type AuthorityChange, changed } from './authority/authority-change.ts';
import { detailsOf, isRoot } from './authority/authority-rules.ts';
import { type ClassicCandidate, candidateOf, classicOf, replaceIn } from './classic-store.ts';
import { editTrustStore, type TrustPorts } from './edit-trust-store.ts';
import { addIn, changeIn, deleteIn, newAuthority } from './pki/pki-authorities.ts';
import { containerNamed, newContainer, usualContainer, withContainer } from './pki/pki-containers.ts';
import {
  checkSelection,
  type NewAuthoritySettings,
  type Selection,
  type SelectionRules,
  selectForClassic,
  selectForContainer,
} from './upload/bundle-selection.ts';

/** A CA as an administrator adds it; omitted properties are derived from the certificate. */
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
 * Refuses as {@link addAuthorities}.
 */
export async function addAuthority(
  newAuthority: NewAuthority,
  context: TimedContext<TrustPorts>,
): Promise<Ruling<AuthorityRow>> {
  const ruling = await addAuthorities([newAuthority], { store: 'pki' }, context);
  return ruling.outcome === 'passed' ? success(ruling.value[0]!) : ruling;
}

/**
 * Adds CAs, all or none. Refuses with authorityNotCa, authoritySignatureWrong, authorityTooLarge, crlUrlInvalid,
 * deltaWithoutBase, authorityDuplicate, authorityLimitReached, containerAmbiguous, lastAdministratorShutOut; for the classic
 * store also authorityExpired and authorityTypeContradicts.
 */
export function addAuthorities(
  newAuthorities: readonly NewAuthority[],
  to: Destination,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<Ruling<readonly AuthorityRow[]>> {
  return editTrustStore(
    (current) =>
      to.store === 'classic'
        ? addClassic(current, newAuthorities, at)
        : addPki(current, newAuthorities, to.container, at),
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
 * left out with its reason. Refuses with bundleWithoutCa, containerAmbiguous, lastAdministratorShutOut; with `allOrNone` the reason
 * of the first that is left out.
 */
export function addAuthorityFile(
  { entries, settings, to, allOrNone }: AuthorityFile,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<Ruling<Selection<AuthorityRow>>> {
  const rules = { at, addresses: ports.addresses, settings, allOrNone };
  const add = (current: TrustStoreState): Ruling<TrustStoreEdit<Selection<AuthorityRow>>> => {
    if (to.store === 'classic') return addFileToClassic(current, entries, rules);
    const containerRuling = containerFor(current, to.container, at);
    if (containerRuling.outcome !== 'passed') return containerRuling;
    const { container, start } = containerRuling.value;
    const selection = selectForContainer(start.next, entries, container.id, rules);
    const selectionRuling = checkSelection(selection, allOrNone);
    if (selectionRuling.outcome !== 'passed') return selectionRuling;
    if (selection.fresh.length === 0) return success({ next: current, changes: [], result: selection });
    const editRuling = addIn(start.next, selection.fresh, at);
    if (editRuling.outcome !== 'passed') return editRuling;
    const { next, changes } = editRuling.value;
    return success({ next, changes: [...start.changes, ...changes], result: selection });
  };
  return editTrustStore(add, { actor, ports });
}

function addFileToClassic(
  current: TrustStoreState,
  entries: readonly BundleEntry[],
  rules: SelectionRules & { readonly allOrNone: boolean },
): Ruling<TrustStoreEdit<Selection<AuthorityRow>>> {
  const selection = selectForClassic(current, entries, rules);
  const selectionRuling = checkSelection(selection, rules.allOrNone);
  if (selectionRuling.outcome !== 'passed') return selectionRuling;
  const old = classicOf(current.authorities);
  if (selection.fresh.length === 0) return success({ next: current, changes: [], result: { ...selection, fresh: [] } });
  const editRuling = replaceIn(current, [...old.map(candidateOf), ...selection.fresh], rules.at);
  if (editRuling.outcome !== 'passed') return editRuling;
  const { result, ...edit } = editRuling.value;
  return success({ ...edit, result: { ...selection, fresh: result.slice(old.length) } });
}

/** A container to put CAs in, and the edit that makes it where it is new. */
interface ContainerFor {
  readonly container: PkiContainer;
  readonly start: Pick<TrustStoreEdit<unknown>, 'next' | 'changes'>;
}

/** The container of this name, by default the first; a new one where there is none. */
export function containerFor(current: TrustStoreState, name: string | undefined, at: Date): Ruling<ContainerFor> {
  const matchRuling = name === undefined ? success(current.containers[0]) : containerNamed(current, name);
  if (matchRuling.outcome !== 'passed') return matchRuling;
  if (matchRuling.value) return success({ container: matchRuling.value, start: { next: current, changes: [] } });
  const containerRuling = newContainer(name ?? usualContainer, at);
  if (containerRuling.outcome !== 'passed') return containerRuling;
  return success({ container: containerRuling.value, start: withContainer(current, containerRuling.value) });
}

function addPki(
  current: TrustStoreState,
  newAuthorities: readonly NewAuthority[],
  containerName: string | undefined,
  at: Date,
): Ruling<TrustStoreEdit<readonly AuthorityRow[]>> {
  const containerRuling = containerFor(current, containerName, at);
  if (containerRuling.outcome !== 'passed') return containerRuling;
  const { container, start } = containerRuling.value;
  const rowsRuling = allPassed(
    newAuthorities.map((item) =>
      newAuthority({ ...item, certificateAuthorityType: item.authorityType }, current, container.id, at),
    ),
  );
  if (rowsRuling.outcome !== 'passed') return rowsRuling;
  const inRuling = addIn(start.next, rowsRuling.value, at);
  if (inRuling.outcome !== 'passed') return inRuling;
  const edit = inRuling.value;
  return success({ ...edit, changes: [...start.changes, ...edit.changes] });
}

/** What New-EntraTrustedCertificateAuthority does in three requests, as one edit. */
function addClassic(
  current: TrustStoreState,
  newAuthorities: readonly NewAuthority[],
  at: Date,
): Ruling<TrustStoreEdit<readonly AuthorityRow[]>> {
  const classic = classicOf(current.authorities).map(candidateOf);
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
  const inRuling = replaceIn(current, [...classic, ...newRows], at);
  if (inRuling.outcome !== 'passed') return inRuling;
  const edit = inRuling.value;
  return success({ ...edit, result: edit.result.slice(classic.length) });
}

/**
 * Changes a CA of either store, named by id or thumbprint (Set-EntraTrustedCertificateAuthority).
 * Refuses with nothingFound, authorityAmbiguous, crlUrlInvalid, deltaWithoutBase, graceInvalid, lastAdministratorShutOut; for the
 * classic store also authorityExpired.
 */
export function changeAuthority(
  target: string,
  authorityChange: AuthorityChange,
  { at, actor, ports }: TimedContext<TrustPorts>,
  store?: AuthorityRow['store'],
): Promise<Ruling<AuthorityRow>> {
  return editTrustStore(
    (current) => {
      const authorityRuling = authorityNamed(current, target, store);
      if (authorityRuling.outcome !== 'passed') return authorityRuling;
      const row = authorityRuling.value;
      if (row.store === 'pki') return changeIn(current, row, authorityChange, at);
      const changedRuling = changed(row, authorityChange);
      if (changedRuling.outcome !== 'passed') return changedRuling;
      const after = changedRuling.value;
      const list = classicOf(current.authorities).map((item) => candidateOf(item === row ? after : item));
      const inRuling = replaceIn(current, list, at);
      if (inRuling.outcome !== 'passed') return inRuling;
      const edit = inRuling.value;
      return success({ ...edit, result: edit.result.find(({ id }) => id === row.id)! });
    },
    { actor, ports },
  );
}

/**
 * Removes a CA of either store, named by id or thumbprint (Remove-EntraTrustedCertificateAuthority). From the PKI-based
 * store it can be restored for thirty days. Refuses with nothingFound, authorityAmbiguous, lastAdministratorShutOut; for the
 * classic store also authorityExpired, when another one has expired.
 */
export function removeAuthority(
  target: string,
  { at, actor, ports }: TimedContext<TrustPorts>,
  store?: AuthorityRow['store'],
): Promise<Ruling<AuthorityRow>> {
  return editTrustStore(
    (current) => {
      const authorityRuling = authorityNamed(current, target, store);
      if (authorityRuling.outcome !== 'passed') return authorityRuling;
      const row = authorityRuling.value;
      if (row.store === 'pki') return success(deleteIn(current, row, at));
      const rest = classicOf(current.authorities).filter((item) => item !== row);
      const inRuling = replaceIn(current, rest.map(candidateOf), at);
      if (inRuling.outcome !== 'passed') return inRuling;
      return success({ ...inRuling.value, result: row });
    },
    { actor, ports },
  );
}

/** Refuses with nothingFound; authorityAmbiguous for the thumbprint of a CA that is in both stores. */
function authorityNamed(current: TrustStoreState, target: string, store?: AuthorityRow['store']): Ruling<AuthorityRow> {
  const thumbprint = plainHex(target);
  const [row, ...more] = current.authorities
    .filter((authority) => store === undefined || authority.store === store)
    .filter((item) => item.id === target || detailsOf(item).thumbprint === thumbprint);
  if (!row) return refused('nothingFound', { kind: 'CA', wanted: target });
  if (more.length > 0) return refused('authorityAmbiguous', { wanted: target });
  return success(row);
}
