import type { IncomingMessage } from 'node:http';
import type { OidcRecords, RecordToStore } from '#ports/applications.ts';

/**
 * Models that an authorization request stores: together and with one commit, before its answer is sent. The token endpoint
 * stores each at once, because it looks again at what it has stored.
 */
const batchedModels: ReadonlySet<string> = new Set(['Session', 'Grant', 'AuthorizationCode']);

/** What one request is going to store. */
export class RecordBatch {
  readonly #waiting = new Map<string, RecordToStore>();

  /** False for a model that is stored at once. */
  put(record: RecordToStore): boolean {
    if (!batchedModels.has(record.model)) return false;
    this.#waiting.set(`${record.model} ${record.id}`, record);
    return true;
  }

  find(model: string, id: string): Record<string, unknown> | undefined {
    return this.#waiting.get(`${model} ${id}`)?.payload;
  }

  /** Leaves a record out that was destroyed before it was stored. */
  drop(model: string, id: string): void {
    this.#waiting.delete(`${model} ${id}`);
  }

  /** Stores what waits. */
  async flush(records: OidcRecords): Promise<void> {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    if (waiting.length > 0) await records.upsertAll(waiting);
  }
}

const batches = new WeakMap<IncomingMessage, RecordBatch>();

/** Runs an authorization request, whose records are stored together at its end, however it ends. */
export async function storingTogether(
  req: IncomingMessage,
  records: OidcRecords,
  work: () => Promise<void>,
): Promise<void> {
  const batch = new RecordBatch();
  batches.set(req, batch);
  try {
    await work();
  } finally {
    await batch.flush(records);
    batches.delete(req);
  }
}

/** The batch of a request; undefined where it stores each record at once. */
export const batchOf = (req: IncomingMessage | undefined): RecordBatch | undefined => req && batches.get(req);
