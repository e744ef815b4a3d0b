import { isSameJson } from '#core/canonical-json.ts';
import { allPassed, firstRefusal, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { AlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import type { Certificate } from '#core/x509/certificate.ts';
import { nameToString } from '#core/x509/name.ts';
import { describeAuthority } from '#core/x509/trust-store.ts';
import type { AuthorityRow, TrustStoreEdit, TrustStoreState } from '#model/authority.ts';
import type { AdminContext, TimedContext } from '../context.ts';
import { checkAuthority, checkType, detailsOf, storeLimits } from './authority/authority-rules.ts';
import { certificateInBinary, storedCertificate } from './authority/certificate-file.ts';
import { editTrustStore, type TrustPorts } from './edit-trust-store.ts';

/** The one `certificateBasedAuthConfiguration` of an organization (graph-api §4.2). */
export const classicStoreId = '29728ade-6ae4-4ee9-9103-412912537da5';

/** `certificateAuthority` as a client sends it; what it says of `issuer` and `issuerSki` is not looked at. */
export interface StatedClassicAuthority {
  /** Base64 of DER, or of a PEM file. */
  readonly certificate: string;
  readonly isRootAuthority: boolean;
  readonly certificateRevocationListUrl?: string | null | undefined;
  readonly deltaCertificateRevocationListUrl?: string | null | undefined;
}

/** `certificateAuthority` as Graph answers it. */
export interface ClassicAuthority {
  readonly isRootAuthority: boolean;
  /** Base64 of DER. */
  readonly certificate: string;
  readonly certificateRevocationListUrl: string | null;
  readonly deltaCertificateRevocationListUrl: string | null;
  /** `CN=…, O=…` */
  readonly issuer: string;
  /** The CA's own subject key identifier, upper-case hex; empty when it has none. */
  readonly issuerSki: string;
}
export interface ClassicStore {
  readonly id: typeof classicStoreId;
  readonly certificateAuthorities: readonly ClassicAuthority[];
}

/** What is in the classic store; undefined when nothing is. */
export async function classicStoreOf({
  trustStore,
}: Pick<TrustPorts, 'trustStore'>): Promise<ClassicStore | undefined> {
  const rows = classicOf(await trustStore.list());
  return rows.length === 0 ? undefined : formatStore(rows);
}

/**
 * Replaces the whole list (graph-api §4.3); an empty one empties the store. A CA that stays keeps its id and its settings.
 * Refuses with authorityExpired (TS-3), authorityNotCa, authorityTypeContradicts, authoritySignatureWrong, authorityDuplicate,
 * authorityTooLarge, authorityLimitReached, crlUrlInvalid, deltaWithoutBase, certificateUnreadable,
 * certificateFileHoldsNone, certificateFileHoldsSeveral, lastAdministratorShutOut.
 */
export async function replaceClassicStore(
  list: readonly StatedClassicAuthority[],
  { at, actor, ports }: TimedContext<TrustPorts>,
): Promise<Ruling<ClassicStore>> {
  const statementRuling = allPassed(list.map(readStated));
  if (statementRuling.outcome !== 'passed') return statementRuling;
  return editTrustStore(
    (current) => {
      const inRuling = replaceIn(current, statementRuling.value, at);
      if (inRuling.outcome !== 'passed') return inRuling;
      const { result, ...edit } = inRuling.value;
      return success({ ...edit, result: formatStore(result) });
    },
    { actor, ports },
  );
}

/** Empties the store; false when it was empty. Refuses with lastAdministratorShutOut. */
export function deleteClassicStore({ actor, ports }: AdminContext<TrustPorts>): Promise<Ruling<boolean>> {
  return editTrustStore(
    (current) => {
      const old = classicOf(current.authorities);
      const next = { ...current, authorities: current.authorities.filter(({ store }) => store !== 'classic') };
      const activity = 'Delete CertificationBasedAuthConfiguration';
      const changes = [{ activity, targetId: classicStoreId, old: old.map(describeAuthority), new: undefined }];
      return success({ next, changes: old.length === 0 ? [] : changes, result: old.length > 0 });
    },
    { actor, ports },
  );
}

/** A CA of the classic store, its certificate read. */
export type ClassicCandidate = Omit<AuthorityRow, 'id' | 'der' | 'store' | 'createdDateTime' | 'containerId'> & {
  readonly certificate: Certificate;
};

/** The rows of the classic store. */
export const classicOf = (rows: readonly AuthorityRow[]): readonly AuthorityRow[] =>
  rows.filter(({ store }) => store === 'classic');

/** The edit that makes the classic store this list; its result is the new rows. Refuses as {@link replaceClassicStore}. */
export function replaceIn(
  current: TrustStoreState,
  list: readonly ClassicCandidate[],
  at: Date,
): Ruling<TrustStoreEdit<readonly AuthorityRow[]>> {
  const listRuling = checkList(list, current.algorithms);
  if (listRuling.outcome !== 'passed') return listRuling;
  const old = classicOf(current.authorities);
  const rows = list.map((candidate) => rowOf(candidate, old, at));
  if (rows.some((row) => !old.includes(row))) {
    const currentRuling = checkCurrent(list, at);
    if (currentRuling.outcome !== 'passed') return currentRuling;
  }
  const rest = current.authorities.filter(({ store }) => store !== 'classic');
  const isSame = rows.length === old.length && rows.every((row) => old.includes(row));
  const change = {
    activity: 'Add CertificationBasedAuthConfiguration',
    targetId: classicStoreId,
    old: old.map(describeAuthority),
    new: rows.map(describeAuthority),
  };
  return success({
    next: { ...current, authorities: [...rest, ...rows] },
    changes: isSame ? [] : [change],
    result: rows,
  });
}

/** A row of the store, to be put in the list again. */
export function candidateOf({ id: _, store: __, containerId: ___, createdDateTime: ____, ...row }: AuthorityRow) {
  const { der, ...details } = row;
  return { ...details, certificate: storedCertificate({ der }) } satisfies ClassicCandidate;
}

function readStated(statedClassicAuthority: StatedClassicAuthority, index: number): Ruling<ClassicCandidate> {
  const certificateRuling = certificateInBinary(
    statedClassicAuthority.certificate,
    `certificateAuthorities/${index}/certificate`,
  );
  if (certificateRuling.outcome !== 'passed') return certificateRuling;
  const certificate = certificateRuling.value;
  return success({
    certificate,
    displayName: nameToString(certificate.subject),
    authorityType: statedClassicAuthority.isRootAuthority ? 'root' : 'intermediate',
    certificateRevocationListUrl: statedClassicAuthority.certificateRevocationListUrl || undefined,
    deltaCertificateRevocationListUrl: statedClassicAuthority.deltaCertificateRevocationListUrl || undefined,
    isIssuerHintEnabled: false,
  });
}

/** TS-3: nothing is uploaded while an expired CA stays. To take CAs away is always possible, one by one too. */
function checkCurrent(list: readonly ClassicCandidate[], at: Date): Ruling<void> {
  const expiredItem = list.find(({ certificate }) => at > certificate.notAfter)?.certificate;
  if (!expiredItem) return success();
  const { subject, notAfter } = expiredItem;
  return refused('authorityExpired', { subject: nameToString(subject), notAfter: notAfter.toISOString() });
}

function checkList(list: readonly ClassicCandidate[], algorithms: AlgorithmPolicy): Ruling<void> {
  if (list.length > storeLimits.authorities)
    return refused('authorityLimitReached', { limit: storeLimits.authorities, store: 'classic' });
  const seenKeys = new Set<string>();
  for (const candidate of list) {
    const candidateRuling = checkCandidate(candidate, seenKeys, algorithms);
    if (candidateRuling.outcome !== 'passed') return candidateRuling;
  }
  return success();
}

/**
 * Can this be a CA of the store, beside those whose keys were seen? Its own key is then seen, too.
 * Refuses with authorityNotCa, authorityTypeContradicts, authorityDuplicate, and the others of `checkAuthority`.
 */
export function checkCandidate(
  { certificate, authorityType, ...urls }: ClassicCandidate,
  seenKeys: Set<string>,
  algorithms: AlgorithmPolicy,
): Ruling<void> {
  const subject = nameToString(certificate.subject);
  const checks = firstRefusal(checkAuthority(certificate, urls, algorithms), checkType(certificate, authorityType));
  if (checks.outcome !== 'passed') return checks;
  const key = classicKeyOf(certificate);
  if (seenKeys.has(key)) return refused('authorityDuplicate', { subject, sha1Thumbprint: certificate.sha1Thumbprint });
  seenKeys.add(key);
  return success();
}

/** Microsoft's tools tell CAs apart by issuer and SKI (graph-api §4.3). */
export function classicKeyOf(authority: { readonly der: Uint8Array }): string {
  const { issuer, subjectKeyIdentifier, thumbprint } = detailsOf(authority);
  return `${issuer} ${subjectKeyIdentifier ?? thumbprint}`;
}

/** The row that is there already, when nothing about it is new. */
function rowOf(candidate: ClassicCandidate, old: readonly AuthorityRow[], at: Date): AuthorityRow {
  const { certificate, ...details } = candidate;
  const match = old.find(({ der }) => Buffer.compare(der, certificate.der) === 0);
  const fresh = { id: crypto.randomUUID(), createdDateTime: at };
  const row: AuthorityRow = { ...fresh, ...match, ...details, der: certificate.der, store: 'classic' };
  const isSame = match && isSameJson(describeAuthority(match), describeAuthority({ ...match, ...details }));
  return isSame ? match : row;
}

const formatStore = (rows: readonly AuthorityRow[]): ClassicStore => ({
  id: classicStoreId,
  certificateAuthorities: rows.map((row) => {
    const { issuer, subjectKeyIdentifier } = detailsOf(row);
    return {
      isRootAuthority: row.authorityType === 'root',
      certificate: Buffer.from(row.der).toString('base64'),
      certificateRevocationListUrl: row.certificateRevocationListUrl ?? null,
      deltaCertificateRevocationListUrl: row.deltaCertificateRevocationListUrl ?? null,
      issuer,
      issuerSki: subjectKeyIdentifier ?? '',
    };
  }),
});
