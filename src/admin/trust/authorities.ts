import { fault } from '#core/trace/fault.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import type { AuthorityRow, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import { type AuthorityChange, changed } from './authority-change.ts';
import { detailsOf, isRoot } from './authority-rules.ts';
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
  at: Date,
  actor: string,
  ports: TrustPorts,
): Promise<AuthorityRow> {
  const [row] = await addAuthorities([newAuthority], { store: 'pki' }, at, actor, ports);
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
  at: Date,
  actor: string,
  ports: TrustPorts,
): Promise<readonly AuthorityRow[]> {
  return editTrustStore(
    (now) =>
      to.store === 'classic' ? addClassic(now, newAuthorities, at) : addPki(now, newAuthorities, to.container, at),
    actor,
    ports,
  );
}

function addPki(
  now: TrustStoreState,
  newAuthorities: readonly NewAuthority[],
  containerName: string | undefined,
  at: Date,
): TrustStoreEdit<readonly AuthorityRow[]> {
  const match = containerName === undefined ? now.containers[0] : containerNamed(now, containerName);
  const container = match ?? newContainer(containerName ?? usualContainer, at);
  const start = match ? { next: now, changes: [] } : withContainer(now, container);
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
  at: Date,
  actor: string,
  ports: TrustPorts,
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
    actor,
    ports,
  );
}

/**
 * Removes a CA of either store, named by id or thumbprint (Remove-EntraTrustedCertificateAuthority). From the PKI-based
 * store it can be restored for thirty days. @throws nothingFound, authorityAmbiguous, lastAdministratorShutOut; for the
 * classic store also authorityExpired, when another one has expired
 */
export function removeAuthority(
  target: string,
  at: Date,
  actor: string,
  ports: TrustPorts,
  store?: AuthorityRow['store'],
): Promise<AuthorityRow> {
  return editTrustStore(
    (now) => {
      const row = authorityNamed(now, target, store);
      if (row.store === 'pki') return deleteIn(now, row, at);
      const rest = classicOf(now.authorities).filter((item) => item !== row);
      return { ...replaceIn(now, rest.map(candidateOf), at), result: row };
    },
    actor,
    ports,
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
