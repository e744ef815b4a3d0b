import { AsyncLocalStorage } from 'node:async_hooks';

/** The id that audit rows of one request, command or scheduled run share. */
interface Operation {
  correlationId: string;
}

const operations = new AsyncLocalStorage<Operation>();

/** Runs one request, command or scheduled run: the audit rows that it writes share an id. */
export const asOneOperation = <T>(work: () => T): T => operations.run({ correlationId: crypto.randomUUID() }, work);

/** Gives the operation that is under way another id, for the rows from here on. */
export function correlate(correlationId: string): void {
  const operation = operations.getStore();
  if (operation) operation.correlationId = correlationId;
}

/** The id of the operation that is under way; a new one outside of any. */
export const currentCorrelation = (): string => operations.getStore()?.correlationId ?? crypto.randomUUID();
