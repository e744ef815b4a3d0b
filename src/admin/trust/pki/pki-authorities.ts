import { nameKeys, parseName } from '#core/binding/identifiers/distinguished-name.ts';
import { isSameJson } from '#core/canonical-json.ts';
import { plainHex } from '#core/hex.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import { describeAuthority } from '#core/x509/trust-store.ts';
import type { AuthorityRow, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { TimedContext } from '../../context.ts';
import { type AuthorityChange, changed } from '../authority/authority-change.ts';
import { checkAuthority, checkType, detailsOf, isRoot, storeLimits } from '../authority/authority-rules.ts';
import { certificateInBinary } from '../authority/certificate-file.ts';
import { editTrustStore, type TrustPorts } from '../edit-trust-store.ts';
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

/** The CAs of a container, oldest first; `detailsOf` has their computed properties. Refuses with nothingFound. */
export async function listAuthorities(
  containerId: string,
  { trustStore }: Pick<TrustPorts, 'trustStore'>,
): Promise<Ruling<readonly AuthorityRow[]>> {
  const current = await trustStore.state();
  const containerRuling = containerIn(current, containerId);
  if (containerRuling.outcome !== 'passed') return containerRuling;
  return success(current.authorities.filter((row) => row.containerId === containerId));
}

/** One CA of a container; undefined when it has none of this id. Refuses with nothingFound when there is no such container. */
export async function findAuthority(
  containerId: string,
  id: string,
  ports: Pick<TrustPorts, 'trustStore'>,
): Promise<Ruling<AuthorityRow | undefined>> {
  const ruling = await listAuthorities(containerId, ports);
  return ruling.outcome === 'passed' ? success(ruling.value.find((row) => row.id === id)) : ruling;
}

/**
 * Adds a CA to a container. Refuses with nothingFound, authorityValueContradicts, authorityTypeContradicts, authorityNotCa,
 * authoritySignatureWrong, authorityTooLarge, authorityDuplicate, authorityLimitReached, crlUrlInvalid, deltaWithoutBase,
 * certificateUnreadable, certificateFileHoldsNone, certificateFileHoldsSeveral, lastAdministratorShutOut.
 */
export async function addToContainer(
  containerId: string,
  statedPkiAuthority: StatedPkiAuthority,
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<Ruling<AuthorityRow>> {
  const certificateRuling = certificateInBinary(statedPkiAuthority.certificate, 'certificate');
  if (certificateRuling.outcome !== 'passed') return certificateRuling;
  const certificate = certificateRuling.value;
  const statedRuling = checkStated(statedPkiAuthority, certificate);
  if (statedRuling.outcome !== 'passed') return statedRuling;
  return editTrustStore(
    (current) => {
      const containerRuling = containerIn(current, containerId);
      if (containerRuling.outcome !== 'passed') return containerRuling;
      const authorityRuling = newAuthority({ ...statedPkiAuthority, certificate }, current, containerId, at);
      if (authorityRuling.outcome !== 'passed') return authorityRuling;
      const row = authorityRuling.value;
      const inRuling = addIn(current, [row], at);
      if (inRuling.outcome !== 'passed') return inRuling;
      const edit = inRuling.value;
      return success({ ...edit, result: row });
    },
    { actor, ports },
  );
}

/** A row for a CA that is to be added. Refuses with what is wrong with the certificate or its addresses. */
export function newAuthority(
  statedPkiAuthority: Omit<StatedPkiAuthority, 'certificate'> & { readonly certificate: Certificate },
  { algorithms }: Pick<TrustStoreState, 'algorithms'>,
  containerId: string,
  at: Date,
): Ruling<AuthorityRow> {
  const { certificate } = statedPkiAuthority;
  const urls = {
    certificateRevocationListUrl: statedPkiAuthority.certificateRevocationListUrl || undefined,
    deltaCertificateRevocationListUrl: statedPkiAuthority.deltaCertificateRevocationListUrl || undefined,
  };
  const authorityRuling = checkAuthority(certificate, urls, algorithms);
  if (authorityRuling.outcome !== 'passed') return authorityRuling;
  return success({
    id: crypto.randomUUID(),
    der: certificate.der,
    displayName: statedPkiAuthority.displayName || nameToString(certificate.subject),
    authorityType: statedPkiAuthority.certificateAuthorityType ?? (isRoot(certificate) ? 'root' : 'intermediate'),
    ...urls,
    isIssuerHintEnabled: statedPkiAuthority.isIssuerHintEnabled ?? false,
    store: 'pki',
    containerId,
    createdDateTime: at,
  });
}

/** The edit that adds CAs to the containers they name. Refuses with authorityDuplicate (TS-10), authorityLimitReached. */
export function addIn(
  current: TrustStoreState,
  rows: readonly AuthorityRow[],
  at: Date,
): Ruling<TrustStoreEdit<readonly AuthorityRow[]>> {
  const knownKeys = new Set(current.authorities.filter(({ store }) => store === 'pki').map(thumbprintOf));
  for (const row of rows) {
    const sha1Thumbprint = thumbprintOf(row);
    if (knownKeys.has(sha1Thumbprint))
      return refused('authorityDuplicate', { subject: detailsOf(row).subject, sha1Thumbprint });
    knownKeys.add(sha1Thumbprint);
  }
  if (knownKeys.size > storeLimits.authorities)
    return refused('authorityLimitReached', { limit: storeLimits.authorities, store: 'PKI-based' });
  const containers = new Set(rows.map(({ containerId }) => containerId));
  let next: TrustStoreState = { ...current, authorities: [...current.authorities, ...rows] };
  for (const id of containers) next = touched(next, id, at);
  const changes = rows.map((row) => ({
    activity: 'Add certificate authority',
    targetId: row.id,
    old: undefined,
    new: describeAuthority(row),
  }));
  return success({ next, changes, result: rows });
}

const thumbprintOf = (row: AuthorityRow): string => detailsOf(row).thumbprint;

/** Changes a CA of a container. Refuses with nothingFound, crlUrlInvalid, deltaWithoutBase, graceInvalid, lastAdministratorShutOut. */
export function changeInContainer(
  containerId: string,
  id: string,
  authorityChange: AuthorityChange,
  context: TimedContext<TrustPorts>,
): Promise<Ruling<AuthorityRow>> {
  return editRow(containerId, id, (current, row) => changeIn(current, row, authorityChange, context.at), context);
}

/** The edit that changes one CA of the PKI-based store. */
export function changeIn(
  current: TrustStoreState,
  old: AuthorityRow,
  authorityChange: AuthorityChange,
  at: Date,
): Ruling<TrustStoreEdit<AuthorityRow>> {
  const changedRuling = changed(old, authorityChange);
  if (changedRuling.outcome !== 'passed') return changedRuling;
  const row = changedRuling.value;
  const description = { old: describeAuthority(old), new: describeAuthority(row) };
  if (isSameJson(description.old, description.new)) return success({ next: current, changes: [], result: old });
  const authorities = current.authorities.map((authority) => (authority === old ? row : authority));
  const next = touched({ ...current, authorities }, old.containerId, at);
  return success({
    next,
    changes: [{ activity: 'Update certificate authority', targetId: old.id, ...description }],
    result: row,
  });
}

/** Deletes a CA of a container, for thirty days (DEL-1). Refuses with nothingFound, lastAdministratorShutOut. */
export function deleteFromContainer(
  containerId: string,
  id: string,
  context: TimedContext<TrustPorts>,
): Promise<Ruling<AuthorityRow>> {
  return editRow(containerId, id, (current, row) => success(deleteIn(current, row, context.at)), context);
}

/** The edit that moves one CA of the PKI-based store to the deleted ones. */
export function deleteIn(current: TrustStoreState, row: AuthorityRow, at: Date): TrustStoreEdit<AuthorityRow> {
  const next = {
    ...touched(current, row.containerId, at),
    authorities: current.authorities.filter((authority) => authority !== row),
    deletedAuthorities: [...current.deletedAuthorities, { ...row, deletedDateTime: at }],
  };
  const change = {
    activity: 'Delete certificate authority',
    targetId: row.id,
    old: describeAuthority(row),
    new: undefined,
  };
  return { next, changes: [change], result: row };
}

/** Edits one CA of a container. Refuses with nothingFound, and as `edit`. */
const editRow = (
  containerId: string,
  id: string,
  edit: (current: TrustStoreState, row: AuthorityRow) => Ruling<TrustStoreEdit<AuthorityRow>>,
  { actor, ports }: TimedContext<TrustPorts>,
): Promise<Ruling<AuthorityRow>> =>
  editTrustStore(
    (current) => {
      const rowRuling = rowIn(current, containerId, id);
      return rowRuling.outcome === 'passed' ? edit(current, rowRuling.value) : rowRuling;
    },
    { actor, ports },
  );

function rowIn(current: TrustStoreState, containerId: string, id: string): Ruling<AuthorityRow> {
  const containerRuling = containerIn(current, containerId);
  if (containerRuling.outcome !== 'passed') return containerRuling;
  const authority = current.authorities.find((row) => row.id === id && row.containerId === containerId);
  if (!authority) return refused('nothingFound', { kind: 'CA', wanted: id });
  return success(authority);
}

/** What a client states and the certificate says otherwise is refused: one of the two is not what was meant. */
function checkStated(statedPkiAuthority: StatedPkiAuthority, certificate: Certificate): Ruling<void> {
  if (statedPkiAuthority.certificateAuthorityType) {
    const typeRuling = checkType(certificate, statedPkiAuthority.certificateAuthorityType);
    if (typeRuling.outcome !== 'passed') return typeRuling;
  }
  const { issuer, subjectKeyIdentifier = '', thumbprint, expirationDateTime } = detailsOf(certificate);
  const rows = [
    { property: 'issuer', stated: statedPkiAuthority.issuer, found: issuer, agrees: sameName },
    {
      property: 'issuerSubjectKeyIdentifier',
      stated: statedPkiAuthority.issuerSubjectKeyIdentifier,
      found: subjectKeyIdentifier,
      agrees: sameHex,
    },
    { property: 'thumbprint', stated: statedPkiAuthority.thumbprint, found: thumbprint, agrees: sameHex },
    {
      property: 'expirationDateTime',
      stated: statedPkiAuthority.expirationDateTime?.toISOString(),
      found: expirationDateTime.toISOString(),
      agrees: sameSecond,
    },
  ];
  for (const { agrees, ...row } of rows) {
    if (typeof row.stated === 'string' && !agrees(row.stated, row.found))
      return refused('authorityValueContradicts', { ...row, stated: row.stated });
  }
  return success();
}

const sameHex = (item: string, second: string): boolean => plainHex(item) === plainHex(second);
const sameSecond = (item: string, second: string): boolean => item.slice(0, 19) === second.slice(0, 19);

function sameName(item: string, second: string): boolean {
  const [left, right] = [parseName(item), parseName(second)];
  return left !== undefined && right !== undefined && nameKeys(left).includes(nameKeys(right)[0]);
}
