import type { CrlRequest } from '#core/crl/answer.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import type { AuditLog } from '#ports/logs.ts';
import type { CrlAdmin } from '#ports/revocation.ts';

/**
 * Takes a list by hand, for networks without a way to its address; its issuer tells which of the CAs it is of. Answers
 * with that one. @throws nothingFound when there is no CA, else why the last of them did not take it
 */
export async function importCrl(
  requests: readonly CrlRequest[],
  bytes: Uint8Array,
  actor: string,
  { crls, audits }: { readonly crls: CrlAdmin; readonly audits: AuditLog },
): Promise<CrlRequest> {
  let refusal: CardeaError = fault('nothingFound', { kind: 'CA with a CRL address', wanted: '(any)' });
  for (const request of requests) {
    const ruling = await crls.importCrl(request, bytes);
    if (ruling.outcome === 'passed') {
      const [state] = await crls.stateOf([request]);
      const { url, number, nextUpdate, entries } = state!;
      const now = { url, number, nextUpdate, entries, size: bytes.length };
      await audits.note({ activity: 'Import CRL', actor, targetId: request.authorityId, old: undefined, new: now });
      return request;
    }
    refusal = new CardeaError(ruling.because);
  }
  throw refusal;
}
