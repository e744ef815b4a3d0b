import { isSameJson } from '#core/canonical-json.ts';
import { fault } from '#core/trace/fault.ts';
import { tellAuthority } from '#core/x509/trust-store.ts';
import type { AuthorityRow, TrustStoreChange, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { DocumentedAuthority } from '#schema/tenant-document.ts';
import { changed } from './authority-change.ts';
import { checkType, detailsOf, isRoot } from './authority-rules.ts';
import { certificateInBinary, certificatesIn } from './certificate-file.ts';
import { candidateOf, classicOf, replaceIn } from './classic-store.ts';
import { addIn, deleteIn, newAuthority } from './pki-authorities.ts';
import { containerNamed, newContainer, touched, usualContainer, withContainer } from './pki-containers.ts';

/**
 * The edit that makes both trust stores hold exactly the CAs of a document. A CA is known by its certificate: one that
 * stays keeps its id. @throws what adding or changing a CA throws, authorityDuplicate
 */
export function trustStoreEdit(
  before: TrustStoreState,
  documentedAuthoritys: readonly DocumentedAuthority[],
  at: Date,
): TrustStoreEdit<undefined> {
  let now = before;
  const changes: TrustStoreChange[] = [];
  const take = (edit: { readonly next: TrustStoreState; readonly changes: readonly TrustStoreChange[] }) => {
    now = edit.next;
    changes.push(...edit.changes);
  };
  const target = documentedAuthoritys.map(readAuthority);
  const pki = target.filter(({ statement }) => statement.store !== 'classic');
  refuseTwice(pki);
  for (const row of now.authorities.filter(({ store }) => store === 'pki'))
    if (!pki.some(({ thumbprint }) => thumbprint === detailsOf(row).thumbprint)) take(deleteIn(now, row, at));
  for (const item of pki) for (const edit of pkiEdits(item, at)) take(edit(now));
  take(
    classicEdit(
      now,
      target.filter(({ statement }) => statement.store === 'classic'),
      at,
    ),
  );
  return { next: now, changes, result: undefined };
}

interface Wanted {
  readonly statement: DocumentedAuthority;
  readonly certificate: ReturnType<typeof certificateInBinary>;
  readonly thumbprint: string;
}

function readAuthority(documentedAuthority: DocumentedAuthority, index: number): Wanted {
  const name = `certificateAuthorities[${index}].certificate`;
  const certificate = documentedAuthority.certificate.includes('-----BEGIN')
    ? certificatesIn(Buffer.from(documentedAuthority.certificate), name)[0]!
    : certificateInBinary(documentedAuthority.certificate, name);
  if (documentedAuthority.certificateAuthorityType)
    checkType(certificate, documentedAuthority.certificateAuthorityType);
  return { statement: documentedAuthority, certificate, thumbprint: certificate.sha1Thumbprint };
}

function refuseTwice(target: readonly Wanted[]): void {
  const seenKeys = new Set<string>();
  for (const { thumbprint, certificate } of target) {
    if (seenKeys.has(thumbprint))
      throw fault('authorityDuplicate', { subject: detailsOf(certificate).subject, sha1Thumbprint: thumbprint });
    seenKeys.add(thumbprint);
  }
}

type Edit = (now: TrustStoreState) => Pick<TrustStoreEdit<unknown>, 'next' | 'changes'>;

/** Its container first, then the CA itself. */
function pkiEdits({ statement, certificate, thumbprint }: Wanted, at: Date): readonly Edit[] {
  const name = statement.container ?? usualContainer;
  return [
    (now) => (containerNamed(now, name) ? { next: now, changes: [] } : withContainer(now, newContainer(name, at))),
    (now) => {
      const { id } = containerNamed(now, name)!;
      const old = now.authorities.find((row) => row.store === 'pki' && detailsOf(row).thumbprint === thumbprint);
      if (!old) {
        const { revocation: _, ...basics } = statement;
        const row = asSaid(newAuthority({ ...basics, certificate }, now, id, at), statement);
        return addIn(now, [row], at);
      }
      const row = { ...asSaid(old, statement), containerId: id };
      const description = { old: tellAuthority(old), new: tellAuthority(row) };
      if (isSameJson(description.old, description.new)) return { next: now, changes: [] };
      const authorities = now.authorities.map((authority) => (authority === old ? row : authority));
      const change = { activity: 'Update certificate authority', targetId: old.id, ...description };
      return { next: touched({ ...now, authorities }, id, at), changes: [change] };
    },
  ];
}

/** What the document leaves out of a CA is not set. */
function asSaid(row: AuthorityRow, documentedAuthority: DocumentedAuthority): AuthorityRow {
  const { revocation: _, certificateRevocationListUrl: __, deltaCertificateRevocationListUrl: ___, ...rest } = row;
  const empty = { certificateRevocationListUrl: undefined, deltaCertificateRevocationListUrl: undefined };
  return ordered(
    row,
    changed(
      { ...empty, ...rest, isIssuerHintEnabled: false },
      {
        displayName: documentedAuthority.displayName,
        certificateRevocationListUrl: documentedAuthority.certificateRevocationListUrl ?? undefined,
        deltaCertificateRevocationListUrl: documentedAuthority.deltaCertificateRevocationListUrl ?? undefined,
        isIssuerHintEnabled: documentedAuthority.isIssuerHintEnabled,
        ...documentedAuthority.revocation,
      },
    ),
  );
}

/** With its properties in the order of `like`, so that equal values have equal text. */
function ordered(like: AuthorityRow, row: AuthorityRow): AuthorityRow {
  const keys = [...new Set([...Object.keys(like), ...Object.keys(row)])].filter((key) => key in row);
  return Object.fromEntries(keys.map((key) => [key, row[key as keyof AuthorityRow]])) as unknown as AuthorityRow;
}

function classicEdit(now: TrustStoreState, target: readonly Wanted[], at: Date): ReturnType<Edit> {
  const old = classicOf(now.authorities);
  const candidates = target.map(({ statement, certificate, thumbprint }) => {
    const match = old.find((row) => detailsOf(row).thumbprint === thumbprint);
    const fresh = newAuthority({ ...statement, certificate }, now, '', at);
    const row = asSaid(match ?? { ...fresh, store: 'classic' }, statement);
    return {
      ...candidateOf(row),
      certificate,
      authorityType: isRoot(certificate) ? ('root' as const) : ('intermediate' as const),
    };
  });
  if (old.length === 0 && candidates.length === 0) return { next: now, changes: [] };
  return replaceIn(now, candidates, at);
}
