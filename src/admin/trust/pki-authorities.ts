import { nameKeys, parseName } from '#core/binding/distinguished-name.ts';
import { fault } from '#core/trace/fault.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import { tellAuthority } from '#core/x509/trust-store.ts';
import type { AuthorityRow, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import { type AuthorityChange, changed } from './authority-change.ts';
import { checkAuthority, checkType, detailsOf, isRoot, storeLimits } from './authority-rules.ts';
import { certificateInBinary } from './certificate-file.ts';
import { editTrustStore, type TrustPorts } from './edit-trust-store.ts';
import { containerIn, touched } from './pki-containers.ts';

/** `certificateAuthorityDetail` as a client sends it (graph-api §5). What can be computed may be stated, and must be right. */
export interface StatedPkiAuthority {
  /** Base64 of DER, or of a PEM file. */
  readonly certificate: string;
  readonly certificateAuthorityType?: 'root' | 'intermediate' | null | undefined;
  readonly displayName?: string | null | undefined;
  readonly certificateRevocationListUrl?: string | null | undefined;
  readonly deltaCertificateRevocationListUrl?: string | null | undefined;
  readonly isIssuerHintEnabled?: boolean | null | undefined;
  readonly issuer?: string | null | undefined;
  readonly issuerSubjectKeyIdentifier?: string | null | undefined;
  readonly thumbprint?: string | null | undefined;
  readonly expirationDateTime?: Date | null | undefined;
}

/** The CAs of a container, oldest first; `detailsOf` has their computed properties. @throws nothingFound */
export async function listAuthorities(
  containerId: string,
  { trustStore }: Pick<TrustPorts, 'trustStore'>,
): Promise<readonly AuthorityRow[]> {
  const now = await trustStore.state();
  containerIn(now, containerId);
  return now.authorities.filter((row) => row.containerId === containerId);
}

/** One CA of a container; undefined when it has none of this id. @throws nothingFound when there is no such container */
export async function findAuthority(
  containerId: string,
  id: string,
  ports: Pick<TrustPorts, 'trustStore'>,
): Promise<AuthorityRow | undefined> {
  return (await listAuthorities(containerId, ports)).find((row) => row.id === id);
}

/**
 * Adds a CA to a container. @throws nothingFound, authorityValueContradicts, authorityTypeContradicts, authorityNotCa,
 * authoritySignatureWrong, authorityTooLarge, authorityDuplicate, authorityLimitReached, crlUrlInvalid, deltaWithoutBase,
 * certificateUnreadable, certificateFileHoldsNone, certificateFileHoldsSeveral, lastAdministratorShutOut
 */
export async function addToContainer(
  containerId: string,
  stated: StatedPkiAuthority,
  at: Date,
  actor: string,
  ports: TrustPorts,
): Promise<AuthorityRow> {
  const certificate = certificateInBinary(stated.certificate, 'certificate');
  checkStated(stated, certificate);
  const row = newAuthority({ ...stated, certificate }, containerId, at);
  return editTrustStore(
    (now) => {
      containerIn(now, containerId);
      const edit = addIn(now, [row], at);
      return { ...edit, result: row };
    },
    actor,
    ports,
  );
}

/** A row for a CA that is to be added. @throws what is wrong with the certificate or its addresses */
export function newAuthority(
  asked: Omit<StatedPkiAuthority, 'certificate'> & { readonly certificate: Certificate },
  containerId: string,
  at: Date,
): AuthorityRow {
  const { certificate } = asked;
  const urls = {
    certificateRevocationListUrl: asked.certificateRevocationListUrl || undefined,
    deltaCertificateRevocationListUrl: asked.deltaCertificateRevocationListUrl || undefined,
  };
  checkAuthority(certificate, urls);
  return {
    id: crypto.randomUUID(),
    der: certificate.der,
    displayName: asked.displayName || nameToString(certificate.subject),
    authorityType: asked.certificateAuthorityType ?? (isRoot(certificate) ? 'root' : 'intermediate'),
    ...urls,
    isIssuerHintEnabled: asked.isIssuerHintEnabled ?? false,
    store: 'pki',
    containerId,
    createdDateTime: at,
  };
}

/** The edit that adds CAs to the containers they name. @throws authorityDuplicate (TS-10), authorityLimitReached */
export function addIn(
  now: TrustStoreState,
  rows: readonly AuthorityRow[],
  at: Date,
): TrustStoreEdit<readonly AuthorityRow[]> {
  const known = new Set(now.authorities.filter(({ store }) => store === 'pki').map(thumbprintOf));
  for (const row of rows) {
    const sha1Thumbprint = thumbprintOf(row);
    if (known.has(sha1Thumbprint))
      throw fault('authorityDuplicate', { subject: detailsOf(row).subject, sha1Thumbprint });
    known.add(sha1Thumbprint);
  }
  if (known.size > storeLimits.authorities)
    throw fault('authorityLimitReached', { limit: storeLimits.authorities, store: 'PKI-based' });
  const containers = new Set(rows.map(({ containerId }) => containerId));
  let next: TrustStoreState = { ...now, authorities: [...now.authorities, ...rows] };
  for (const id of containers) next = touched(next, id, at);
  const changes = rows.map((row) => ({
    activity: 'Add certificate authority',
    targetId: row.id,
    old: undefined,
    new: tellAuthority(row),
  }));
  return { next, changes, result: rows };
}

const thumbprintOf = (row: AuthorityRow): string => detailsOf(row).thumbprint;

/** Changes a CA of a container. @throws nothingFound, crlUrlInvalid, deltaWithoutBase, graceInvalid, lastAdministratorShutOut */
export function changeInContainer(
  containerId: string,
  id: string,
  asked: AuthorityChange,
  at: Date,
  actor: string,
  ports: TrustPorts,
): Promise<AuthorityRow> {
  return editTrustStore((now) => changeIn(now, rowIn(now, containerId, id), asked, at), actor, ports);
}

/** The edit that changes one CA of the PKI-based store. */
export function changeIn(
  now: TrustStoreState,
  old: AuthorityRow,
  asked: AuthorityChange,
  at: Date,
): TrustStoreEdit<AuthorityRow> {
  const row = changed(old, asked);
  const told = { old: tellAuthority(old), new: tellAuthority(row) };
  if (JSON.stringify(told.old) === JSON.stringify(told.new)) return { next: now, changes: [], result: old };
  const authorities = now.authorities.map((one) => (one === old ? row : one));
  const next = touched({ ...now, authorities }, old.containerId, at);
  return { next, changes: [{ activity: 'Update certificate authority', targetId: old.id, ...told }], result: row };
}

/** Deletes a CA of a container, for thirty days (DEL-1). @throws nothingFound, lastAdministratorShutOut */
export function deleteFromContainer(
  containerId: string,
  id: string,
  at: Date,
  actor: string,
  ports: TrustPorts,
): Promise<AuthorityRow> {
  return editTrustStore((now) => deleteIn(now, rowIn(now, containerId, id), at), actor, ports);
}

/** The edit that moves one CA of the PKI-based store to the deleted ones. */
export function deleteIn(now: TrustStoreState, row: AuthorityRow, at: Date): TrustStoreEdit<AuthorityRow> {
  const next = {
    ...touched(now, row.containerId, at),
    authorities: now.authorities.filter((one) => one !== row),
    deletedAuthorities: [...now.deletedAuthorities, { ...row, deletedDateTime: at }],
  };
  const change = {
    activity: 'Delete certificate authority',
    targetId: row.id,
    old: tellAuthority(row),
    new: undefined,
  };
  return { next, changes: [change], result: row };
}

function rowIn(now: TrustStoreState, containerId: string, id: string): AuthorityRow {
  containerIn(now, containerId);
  const found = now.authorities.find((row) => row.id === id && row.containerId === containerId);
  if (!found) throw fault('nothingFound', { kind: 'CA', wanted: id });
  return found;
}

/** What a client states and the certificate says otherwise is refused: one of the two is not what was meant. */
function checkStated(stated: StatedPkiAuthority, certificate: Certificate): void {
  if (stated.certificateAuthorityType) checkType(certificate, stated.certificateAuthorityType);
  const { issuer, subjectKeyIdentifier = '', thumbprint, expirationDateTime } = detailsOf(certificate);
  const rows = [
    { property: 'issuer', stated: stated.issuer, found: issuer, agrees: sameName },
    {
      property: 'issuerSubjectKeyIdentifier',
      stated: stated.issuerSubjectKeyIdentifier,
      found: subjectKeyIdentifier,
      agrees: sameHex,
    },
    { property: 'thumbprint', stated: stated.thumbprint, found: thumbprint, agrees: sameHex },
    {
      property: 'expirationDateTime',
      stated: stated.expirationDateTime?.toISOString(),
      found: expirationDateTime.toISOString(),
      agrees: sameSecond,
    },
  ];
  for (const { agrees, ...row } of rows) {
    if (typeof row.stated === 'string' && !agrees(row.stated, row.found))
      throw fault('authorityValueContradicts', { ...row, stated: row.stated });
  }
}

const plain = (hex: string): string => hex.replace(/[:\s]/g, '').toUpperCase();
const sameHex = (one: string, other: string): boolean => plain(one) === plain(other);
const sameSecond = (one: string, other: string): boolean => one.slice(0, 19) === other.slice(0, 19);

function sameName(one: string, other: string): boolean {
  const [left, right] = [parseName(one), parseName(other)];
  return left !== undefined && right !== undefined && nameKeys(left).includes(nameKeys(right)[0]);
}
