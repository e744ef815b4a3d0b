import type { CrlRequest } from '#core/crl/answer.ts';
import { crlsIn } from '#core/crl/list/crl-forms.ts';
import { emptyIndex } from '#core/crl/list/entry-index.ts';
import { crlWithIndex } from '#core/crl/list/read-crl.ts';
import { hexOf } from '#core/crl/policy.ts';
import { isOfRequestedKey } from '#core/crl/signature.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { nameToString } from '#core/x509/name.ts';
import type { AuditLog } from '#ports/logs.ts';
import type { CrlAdmin } from '#ports/revocation.ts';

interface ImportPorts {
  readonly crls: CrlAdmin;
  readonly audits: AuditLog;
}

/** What became of one CRL of an import. */
export type ImportedCrl =
  | { readonly file: string; readonly kind: 'imported'; readonly request: CrlRequest }
  | { readonly file: string; readonly kind: 'refused'; readonly because: Because };

/**
 * Takes CRLs by hand, for networks without a way to their addresses: a CRL in DER or PEM, several in one PEM file, or a zip
 * or tar of them. Issuer and key of each tell which of the CAs it is of (CRL-14). One that is refused keeps no other out.
 * @throws nothingFound when no CA has a CRL address; archiveUnreadable; the reason of the first when all are refused
 */
export async function importCrls(
  requests: readonly CrlRequest[],
  name: string,
  bytes: Uint8Array,
  actor: string,
  ports: ImportPorts,
): Promise<readonly ImportedCrl[]> {
  if (requests.length === 0) throw fault('nothingFound', { kind: 'CA with a CRL address', wanted: '(any)' });
  const results: ImportedCrl[] = [];
  for (const file of ports.crls.filesIn(bytes, name))
    for (const crl of crlsIn(file.bytes)) results.push(await importFile(requests, file.name, crl, actor, ports));
  const [first] = results;
  if (!first) throw fault('archiveUnreadable', { file: name, problem: 'it has no files' });
  if (first.kind === 'refused' && results.every(({ kind }) => kind === 'refused')) throw new CardeaError(first.because);
  return results;
}

/**
 * Takes one CRL by hand. A CA with several records, as after a renewal with the same key, has it in all of them. Answers with
 * the first. @throws as {@link importCrls}
 */
export async function importCrl(
  requests: readonly CrlRequest[],
  bytes: Uint8Array,
  actor: string,
  ports: ImportPorts,
): Promise<CrlRequest> {
  const [result] = await importCrls(requests, 'the file', bytes, actor, ports);
  if (result?.kind !== 'imported') throw new CardeaError(result!.because);
  return result.request;
}

async function importFile(
  requests: readonly CrlRequest[],
  file: string,
  bytes: Uint8Array,
  actor: string,
  { crls, audits }: ImportPorts,
): Promise<ImportedCrl> {
  let refusal: Because | undefined;
  let taken: CrlRequest | undefined;
  for (const request of ofItsKey(bytes, requests)) {
    const ruling = await crls.importCrl(request, bytes, file);
    if (ruling.outcome === 'passed') {
      const [state] = await crls.stateOf([request]);
      const { url, number, nextUpdate, entries } = state!;
      const now = { url, number, nextUpdate, entries, size: bytes.length };
      await audits.note({ activity: 'Import CRL', actor, targetId: request.authorityId, old: undefined, new: now });
      taken ??= request;
    } else if (refusal === undefined || refusal.code === 'crlSignerMismatch') refusal = ruling.because;
  }
  if (taken) return { file, kind: 'imported', request: taken };
  return { file, kind: 'refused', because: refusal?.code === 'crlSignerMismatch' ? ofNoCa(file, bytes) : refusal! };
}

/** The CAs whose very key the list names; all of them when it names none of these keys, or cannot be read. */
function ofItsKey(bytes: Uint8Array, requests: readonly CrlRequest[]): readonly CrlRequest[] {
  const frame = crlWithIndex(bytes, emptyIndex);
  if (frame.outcome !== 'passed') return requests.slice(0, 1);
  const requestsOfKey = requests.filter((request) => isOfRequestedKey(frame.value, request));
  return requestsOfKey.length > 0 ? requestsOfKey : requests;
}

/** The refusal of a list that no CA of the tenant could have signed: it says whose it is. */
function ofNoCa(file: string, bytes: Uint8Array): Because {
  const frame = crlWithIndex(bytes, emptyIndex, { source: file });
  if (frame.outcome !== 'passed') return frame.because;
  const { issuer, authorityKeyIdentifier } = frame.value;
  const key = hexOf(authorityKeyIdentifier);
  return because('crlOfNoAuthority', { file, issuer: nameToString(issuer), authorityKeyIdentifier: key });
}
