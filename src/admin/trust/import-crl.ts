import type { CrlRequest } from '#core/crl/answer.ts';
import { crlsIn } from '#core/crl/format/crl-forms.ts';
import { acceptCrlNumber } from '#core/crl/format/crl-number.ts';
import { emptyIndex } from '#core/crl/format/entries/entry-index.ts';
import { crlWithIndex } from '#core/crl/format/read-crl.ts';
import { isOfRequestedKey } from '#core/crl/issuers/signature.ts';
import { crlsConfigured } from '#core/crl/needed.ts';
import { hexOf } from '#core/hex.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { type Ruling, refused, refusedFor, success } from '#core/trace/ruling.ts';
import { nameToString } from '#core/x509/name.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { CrlAdmin, CrlFile, PreparedCrl } from '#ports/revocation.ts';
import type { AdminContext } from '../context.ts';
import { rulingOf } from '../refusals.ts';

export interface ImportPorts {
  readonly crls: CrlAdmin;
  /** Makes the change that brings these CRLs: `changeTenant` with the caller's options. */
  readonly change: <T>(
    preparedCrls: readonly PreparedCrl[],
    work: (inside: Pick<AdminPorts, 'policies' | 'audits'>) => Promise<Ruling<T>>,
  ) => Promise<Ruling<T>>;
}

/** CRLs that an administrator imports. */
export interface CrlImport extends CrlFile {
  /** What the administrator says they are: delta CRLs, or base CRLs; a CRL of the other kind is refused. Without it, each is taken. */
  readonly isDelta?: boolean | undefined;
}

/** What became of one CRL of an import. */
export type ImportedCrl =
  | { readonly file: string; readonly kind: 'imported'; readonly request: CrlRequest }
  | { readonly file: string; readonly kind: 'refused'; readonly because: Because };

/** The CRLs of a file, evaluated: what became of each, and those that would come into use. */
export interface CrlEvaluation {
  readonly results: readonly ImportedCrl[];
  readonly preparedCrls: readonly PreparedCrl[];
}

/**
 * Reads and evaluates CRLs that an administrator imports, and changes nothing.
 * Refuses with nothingFound when no CA has a CRL address; archiveUnreadable; the reason of the first CRL when all are refused,
 * which is graphPropertyInvalid for one that is not of the stated kind.
 */
export async function evaluateCrls(
  requests: readonly CrlRequest[],
  { name, bytes, isDelta }: CrlImport,
  crls: CrlAdmin,
): Promise<Ruling<CrlEvaluation>> {
  if (requests.length === 0) return refused('nothingFound', { kind: 'CA with a CRL address', wanted: '(any)' });
  const preparedCrls: PreparedCrl[] = [];
  const results: ImportedCrl[] = [];
  const filesRuling = await rulingOf(async () => crls.filesIn(bytes, name));
  if (filesRuling.outcome !== 'passed') return filesRuling;
  for (const file of filesRuling.value)
    for (const crl of crlsIn(file.bytes))
      results.push(await prepare(requests, { name: file.name, bytes: crl, isDelta }, preparedCrls, crls));
  const [first] = results;
  if (!first) return refused('archiveUnreadable', { file: name, problem: 'it has no files' });
  if (first.kind === 'refused' && preparedCrls.length === 0) return refusedFor(reasonOfNone(results) ?? first.because);
  return success({ results, preparedCrls });
}

/** What a CRL was refused for, where files that are not CRLs lie beside it. */
const reasonOfNone = (results: readonly ImportedCrl[]): Because | undefined =>
  results.flatMap((result) =>
    result.kind === 'refused' && result.because.code !== 'crlNotACrl' ? [result.because] : [],
  )[0];

/**
 * Imports CRLs, for networks without a way to their addresses: a CRL in DER or PEM, several in one PEM file, or a zip
 * or tar of them. Issuer and key of each tell which of the CAs it is of (CRL-14). One that is refused keeps no other out.
 * They are read and evaluated first, and are in use when the guarded transaction of the change commits.
 * Refuses with nothingFound when no CA has a CRL address, or none any more; archiveUnreadable; lastAdministratorShutOut; the reason
 * of the first when all are refused.
 */
export async function importCrls(
  requests: readonly CrlRequest[],
  file: CrlImport,
  { actor, ports: { crls, change } }: AdminContext<ImportPorts>,
): Promise<Ruling<readonly ImportedCrl[]>> {
  const crlsRuling = await evaluateCrls(requests, file, crls);
  if (crlsRuling.outcome !== 'passed') return crlsRuling;
  const { results, preparedCrls } = crlsRuling.value;
  const ruling = await change(preparedCrls, (inside) => auditImport(preparedCrls, { actor, ports: inside }));
  if (ruling.outcome !== 'passed') return ruling;
  await Promise.all(preparedCrls.map((crl) => crl.save()));
  return success(results);
}

/**
 * Imports one CRL. A CA with several records, as after a renewal with the same key, has it in all of them. Answers with
 * the first. Refuses as {@link importCrls}.
 */
export async function importCrl(
  requests: readonly CrlRequest[],
  file: Omit<CrlImport, 'name'>,
  { actor, ports }: AdminContext<ImportPorts>,
): Promise<Ruling<CrlRequest>> {
  const crlsRuling = await importCrls(requests, { name: 'the file', ...file }, { actor, ports });
  if (crlsRuling.outcome !== 'passed') return crlsRuling;
  const [result] = crlsRuling.value;
  if (result?.kind !== 'imported') return refusedFor(result!.because);
  return success(result.request);
}

/** Evaluates one CRL for each CA whose it is, and adds it to `prepared`. */
async function prepare(
  requests: readonly CrlRequest[],
  file: CrlImport,
  preparedCrls: PreparedCrl[],
  crls: CrlAdmin,
): Promise<ImportedCrl> {
  const kindRuling = checkKind(file);
  if (kindRuling.outcome !== 'passed') return { file: file.name, kind: 'refused', because: kindRuling.because };
  let refusal: Because | undefined;
  let takingRequest: CrlRequest | undefined;
  for (const request of ofItsKey(file.bytes, requests)) {
    const ruling = await crls.prepareImport(request, file.bytes, file.name);
    const newer = ruling.outcome === 'passed' ? acceptNewer(preparedCrls, ruling.value) : ruling;
    if (ruling.outcome === 'passed' && newer.outcome === 'passed') {
      preparedCrls.push(ruling.value);
      takingRequest ??= request;
    } else if (refusal === undefined || refusal.code === 'crlSignerMismatch') refusal = newer.because;
  }
  if (takingRequest) return { file: file.name, kind: 'imported', request: takingRequest };
  const isOfNone = refusal?.code === 'crlSignerMismatch';
  return { file: file.name, kind: 'refused', because: isOfNone ? ofNoCa(file.name, file.bytes) : refusal! };
}

/**
 * What is stated must be so: an administrator who mixes up base and delta brings the wrong file. A CRL that cannot be read is
 * refused for that. Refuses with graphPropertyInvalid.
 */
function checkKind({ bytes, isDelta }: CrlImport): Ruling<void> {
  if (isDelta === undefined) return success();
  const frame = crlWithIndex(bytes, emptyIndex);
  if (frame.outcome !== 'passed' || (frame.value.baseNumber !== undefined) === isDelta) return success();
  const problem = `the CRL is ${isDelta ? 'not a' : 'a'} delta CRL`;
  return refused('graphPropertyInvalid', { target: 'isDelta', problem });
}

/** A CRL is not older than one of the same import (CRL-15). */
function acceptNewer(preparedCrls: readonly PreparedCrl[], { crl, url, request }: PreparedCrl): Ruling<unknown> {
  const earlier = preparedCrls.findLast((item) => item.url === url && item.request.authorityId === request.authorityId);
  if (earlier?.crl.number === undefined) return success();
  return acceptCrlNumber(crl, { number: earlier.crl.number, signature: undefined });
}

/** Writes down what comes into use with the transaction. Refuses with nothingFound for a CA that has lost the address meanwhile. */
export async function auditImport(
  preparedCrls: readonly PreparedCrl[],
  { actor, ports: { policies, audits } }: AdminContext<Pick<AdminPorts, 'policies' | 'audits'>>,
): Promise<Ruling<void>> {
  const configuredRequests = crlsConfigured((await policies.current()).trustStore);
  for (const { request, url, crl } of preparedCrls) {
    const { authorityId } = request;
    const isConfigured = configuredRequests.some(
      (item) => item.authorityId === authorityId && [item.baseUrl, item.deltaUrl].includes(url),
    );
    if (!isConfigured) return refused('nothingFound', { kind: 'CA with a CRL address', wanted: url });
    const { nextUpdate, entryCount: entries } = crl;
    const state = { url, number: crl.number?.toString(), nextUpdate, entries, size: crl.size };
    await audits.note({ activity: 'Import CRL', actor, targetId: authorityId, old: undefined, new: state });
  }
  return success();
}

/** The CAs whose very key the CRL names; all of them when it names none of these keys, or cannot be read. */
function ofItsKey(bytes: Uint8Array, requests: readonly CrlRequest[]): readonly CrlRequest[] {
  const frame = crlWithIndex(bytes, emptyIndex);
  if (frame.outcome !== 'passed') return requests.slice(0, 1);
  const requestsOfKey = requests.filter((request) => isOfRequestedKey(frame.value, request));
  return requestsOfKey.length > 0 ? requestsOfKey : requests;
}

/** The refusal of a CRL that no CA of the tenant could have signed: it says whose it is. */
function ofNoCa(file: string, bytes: Uint8Array): Because {
  const frame = crlWithIndex(bytes, emptyIndex, { source: file });
  if (frame.outcome !== 'passed') return frame.because;
  const { issuer, authorityKeyIdentifier } = frame.value;
  const key = hexOf(authorityKeyIdentifier);
  return because('crlOfNoAuthority', { file, issuer: nameToString(issuer), authorityKeyIdentifier: key });
}
