import { CardeaError, messageOf } from '#core/trace/fault.ts';
import { isFault } from '#core/trace/faults.ts';
import type { Because } from '#core/trace/reasons.ts';
import { type Refusal, type Ruling, refusedFor, success } from '#core/trace/ruling.ts';
import type { RefusedOperation } from '#model/audit.ts';
import type { AuditLog } from '#ports/logs.ts';
import { callerText } from './actor.ts';

/** Why something was refused; undefined for what is a fault of the service, because then nothing was decided. */
export const refusalIn = (thrown: unknown): Because | undefined =>
  thrown instanceof CardeaError && !isFault(thrown) ? thrown.because : undefined;

/**
 * What a port decides that throws its refusals: a store, because throwing is what leaves its transaction, or the network. The
 * callback of a store that changes what it reads throws with `orThrow`. Faults of the service are thrown on.
 */
export async function rulingOf<T>(work: () => Promise<T>): Promise<Ruling<T>> {
  try {
    return success(await work());
  } catch (thrown) {
    return refusalOf(thrown);
  }
}

/** What was thrown as a refusal, with its cause. @throws faults of the service */
export function refusalOf(thrown: unknown): Refusal {
  const because = refusalIn(thrown);
  if (because) return refusedFor(because, (thrown as CardeaError).cause);
  throw thrown;
}

/**
 * Writes the audit row of a refused operation (AUD-1). Identical refusals of one caller are one row an hour, so that no caller
 * can grow the log. Call it where the operation began, after its transaction was rolled back.
 */
export async function auditRefusal(
  refusal: Omit<RefusedOperation, 'caller'>,
  audits: Pick<AuditLog, 'noteRefusal'>,
): Promise<void> {
  await audits.noteRefusal({ ...refusal, caller: callerText(refusal.actor) });
}

/** The message of a stored reason. A row of another version may lack the evidence that this version's words need. */
export function refusalWords(because: Because): string {
  try {
    return messageOf(because);
  } catch {
    return because.code;
  }
}
