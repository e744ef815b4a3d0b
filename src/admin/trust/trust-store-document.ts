import { isSameJson } from '#core/canonical-json.ts';
import { allPassed, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { describeAuthority } from '#core/x509/trust-store.ts';
import type { AuthorityRow, TrustStoreChange, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { DocumentedAuthority } from '#schema/tenant-document.ts';
import { containerFor } from './authorities.ts';
import { changed } from './authority/authority-change.ts';
import { checkType, detailsOf, isRoot } from './authority/authority-rules.ts';
import { certificateInBinary, certificatesIn } from './authority/certificate-file.ts';
import { type ClassicCandidate, candidateOf, classicOf, replaceIn } from './classic-store.ts';
import { addIn, deleteIn, newAuthority } from './pki/pki-authorities.ts';
import { touched, usualContainer } from './pki/pki-containers.ts';

/**
 * The edit that makes both trust stores hold exactly the CAs of a document. A CA is known by its certificate: one that
 * stays keeps its id. Refuses with what adding or changing a CA throws, authorityDuplicate.
 */
export function trustStoreEdit(
  before: TrustStoreState,
  documentedAuthoritys: readonly DocumentedAuthority[],
  at: Date,
): Ruling<TrustStoreEdit<undefined>> {
  let current = before;
  const changes: TrustStoreChange[] = [];
  const take = (edit: { readonly next: TrustStoreState; readonly changes: readonly TrustStoreChange[] }) => {
    current = edit.next;
    changes.push(...edit.changes);
  };
  const targetRuling = allPassed(documentedAuthoritys.map(readAuthority));
  if (targetRuling.outcome !== 'passed') return targetRuling;
  const target = targetRuling.value;
  const pki = target.filter(({ statement }) => statement.store !== 'classic');
  const twiceRuling = refuseTwice(pki);
  if (twiceRuling.outcome !== 'passed') return twiceRuling;
  for (const row of current.authorities.filter(({ store }) => store === 'pki'))
    if (!pki.some(({ thumbprint }) => thumbprint === detailsOf(row).thumbprint)) take(deleteIn(current, row, at));
  for (const item of pki) {
    const containerRuling = containerFor(current, item.statement.container ?? usualContainer, at);
    if (containerRuling.outcome !== 'passed') return containerRuling;
    take(containerRuling.value.start);
    const editRuling = pkiEdit(current, item, containerRuling.value.container.id, at);
    if (editRuling.outcome !== 'passed') return editRuling;
    take(editRuling.value);
  }
  const classicEditRuling = classicEdit(
    current,
    target.filter(({ statement }) => statement.store === 'classic'),
    at,
  );
  if (classicEditRuling.outcome !== 'passed') return classicEditRuling;
  take(classicEditRuling.value);
  return success({ next: current, changes, result: undefined });
}

interface Wanted {
  readonly statement: DocumentedAuthority;
  readonly certificate: Certificate;
  readonly thumbprint: string;
}

function readAuthority(documentedAuthority: DocumentedAuthority, index: number): Ruling<Wanted> {
  const name = `certificateAuthorities[${index}].certificate`;
  const certificateRuling = documentedAuthority.certificate.includes('-----BEGIN')
    ? certificatesIn(Buffer.from(documentedAuthority.certificate), name)
    : certificateInBinary(documentedAuthority.certificate, name);
  if (certificateRuling.outcome !== 'passed') return certificateRuling;
  const certificate = 'der' in certificateRuling.value ? certificateRuling.value : certificateRuling.value[0]!;
  if (documentedAuthority.certificateAuthorityType) {
    const typeRuling = checkType(certificate, documentedAuthority.certificateAuthorityType);
    if (typeRuling.outcome !== 'passed') return typeRuling;
  }
  return success({ statement: documentedAuthority, certificate, thumbprint: certificate.sha1Thumbprint });
}

function refuseTwice(target: readonly Wanted[]): Ruling<void> {
  const seenKeys = new Set<string>();
  for (const { thumbprint, certificate } of target) {
    if (seenKeys.has(thumbprint))
      return refused('authorityDuplicate', { subject: detailsOf(certificate).subject, sha1Thumbprint: thumbprint });
    seenKeys.add(thumbprint);
  }
  return success();
}

type Edit = Pick<TrustStoreEdit<unknown>, 'next' | 'changes'>;

/** Adds a CA to its container, or makes it what the document says. */
function pkiEdit(current: TrustStoreState, wanted: Wanted, containerId: string, at: Date): Ruling<Edit> {
  const { statement, certificate, thumbprint } = wanted;
  const old = current.authorities.find((row) => row.store === 'pki' && detailsOf(row).thumbprint === thumbprint);
  const { revocation: _, ...basics } = statement;
  const baseRuling = old ? success(old) : newAuthority({ ...basics, certificate }, current, containerId, at);
  if (baseRuling.outcome !== 'passed') return baseRuling;
  const rowRuling = rowFromDocument({ ...baseRuling.value, containerId }, statement);
  if (rowRuling.outcome !== 'passed') return rowRuling;
  const row = rowRuling.value;
  if (!old) return addIn(current, [row], at);
  const description = { old: describeAuthority(old), new: describeAuthority(row) };
  if (isSameJson(description.old, description.new)) return success({ next: current, changes: [] });
  const authorities = current.authorities.map((authority) => (authority === old ? row : authority));
  const change = { activity: 'Update certificate authority', targetId: old.id, ...description };
  return success({ next: touched({ ...current, authorities }, containerId, at), changes: [change] });
}

/** What the document leaves out of a CA is not set. */
function rowFromDocument(row: AuthorityRow, documentedAuthority: DocumentedAuthority): Ruling<AuthorityRow> {
  const { revocation: _, certificateRevocationListUrl: __, deltaCertificateRevocationListUrl: ___, ...rest } = row;
  const empty = { certificateRevocationListUrl: undefined, deltaCertificateRevocationListUrl: undefined };
  const changedRuling = changed(
    { ...empty, ...rest, isIssuerHintEnabled: false },
    {
      displayName: documentedAuthority.displayName,
      certificateRevocationListUrl: documentedAuthority.certificateRevocationListUrl ?? undefined,
      deltaCertificateRevocationListUrl: documentedAuthority.deltaCertificateRevocationListUrl ?? undefined,
      isIssuerHintEnabled: documentedAuthority.isIssuerHintEnabled,
      ...documentedAuthority.revocation,
    },
  );
  if (changedRuling.outcome !== 'passed') return changedRuling;
  return success(ordered(row, changedRuling.value));
}

/** With its properties in the order of `like`, so that equal values have equal text. */
function ordered(like: AuthorityRow, row: AuthorityRow): AuthorityRow {
  const keys = [...new Set([...Object.keys(like), ...Object.keys(row)])].filter((key) => key in row);
  return Object.fromEntries(keys.map((key) => [key, row[key as keyof AuthorityRow]])) as unknown as AuthorityRow;
}

function classicEdit(current: TrustStoreState, target: readonly Wanted[], at: Date): Ruling<Edit> {
  const old = classicOf(current.authorities);
  const candidateFor = ({ statement, certificate, thumbprint }: Wanted): Ruling<ClassicCandidate> => {
    const match = old.find((row) => detailsOf(row).thumbprint === thumbprint);
    const freshRuling = newAuthority({ ...statement, certificate }, current, '', at);
    if (freshRuling.outcome !== 'passed') return freshRuling;
    const rowRuling = rowFromDocument(match ?? { ...freshRuling.value, store: 'classic' }, statement);
    if (rowRuling.outcome !== 'passed') return rowRuling;
    const authorityType = isRoot(certificate) ? 'root' : 'intermediate';
    return success({ ...candidateOf(rowRuling.value), certificate, authorityType });
  };
  const candidatesRuling = allPassed(target.map(candidateFor));
  if (candidatesRuling.outcome !== 'passed') return candidatesRuling;
  const candidates = candidatesRuling.value;
  if (old.length === 0 && candidates.length === 0) return success({ next: current, changes: [] });
  return replaceIn(current, candidates, at);
}
