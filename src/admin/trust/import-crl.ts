import type { CrlRequest } from '#core/crl/answer.ts';
import { emptyIndex } from '#core/crl/list/entry-index.ts';
import { crlWithIndex } from '#core/crl/list/read-crl.ts';
import { isOfRequestedKey } from '#core/crl/signature.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import type { Because } from '#core/trace/reasons.ts';
import type { AuditLog } from '#ports/logs.ts';
import type { CrlAdmin } from '#ports/revocation.ts';

/**
 * Takes a list by hand, for networks without a way to its address; its issuer and key tell which of the CAs it is of
 * (CRL-14). A CA with several records, as after a renewal with the same key, has it in all of them. Answers with the
 * first. @throws nothingFound when there is no CA; why the CA with that key did not take it; else that none has the key
 */
export async function importCrl(
  requests: readonly CrlRequest[],
  bytes: Uint8Array,
  actor: string,
  { crls, audits }: { readonly crls: CrlAdmin; readonly audits: AuditLog },
): Promise<CrlRequest> {
  let refusal: Because | undefined;
  let taken: CrlRequest | undefined;
  for (const request of ofItsKey(bytes, requests)) {
    const ruling = await crls.importCrl(request, bytes);
    if (ruling.outcome === 'passed') {
      const [state] = await crls.stateOf([request]);
      const { url, number, nextUpdate, entries } = state!;
      const now = { url, number, nextUpdate, entries, size: bytes.length };
      await audits.note({ activity: 'Import CRL', actor, targetId: request.authorityId, old: undefined, new: now });
      taken ??= request;
    } else if (refusal === undefined || refusal.code === 'crlSignerMismatch') refusal = ruling.because;
  }
  if (taken) return taken;
  throw refusal ? new CardeaError(refusal) : fault('nothingFound', { kind: 'CA with a CRL address', wanted: '(any)' });
}

/** The CAs whose very key the list names; all of them when it names none of these keys, or cannot be read. */
function ofItsKey(bytes: Uint8Array, requests: readonly CrlRequest[]): readonly CrlRequest[] {
  const frame = crlWithIndex(bytes, emptyIndex);
  if (frame.outcome !== 'passed') return requests;
  const requestsOfKey = requests.filter((request) => isOfRequestedKey(frame.value, request));
  return requestsOfKey.length > 0 ? requestsOfKey : requests;
}
