import type { IncomingMessage } from 'node:http';
import { errors } from 'oidc-provider';
import type { OidcRecords, RecordToStore } from '#ports/applications.ts';

/**
 * Models that an authorization request stores: together and with one commit, before its answer is sent. The token endpoint
 * stores each at once, because it looks again at what it has stored.
 */
const batchedModels: ReadonlySet<string> = new Set(['Session', 'Grant', 'AuthorizationCode']);

/** The model that an authorization request ends. */
export const interactionModel = 'Interaction';

/** What one request is going to store. */
export class RecordBatch {
  readonly #waiting = new Map<string, RecordToStore>();
  readonly #ended = new Set<string>();

  /** False for a model that is stored at once. */
  put(record: RecordToStore): boolean {
    if (!batchedModels.has(record.model)) return false;
    this.#waiting.set(`${record.model} ${record.id}`, record);
    return true;
  }

  find(model: string, id: string): Record<string, unknown> | undefined {
    return this.#waiting.get(`${model} ${id}`)?.payload;
  }

  /** Ends an interaction together with what is stored. */
  endInteraction(id: string): void {
    this.#ended.add(id);
  }

  /** Whether this request has ended the interaction. */
  hasEnded(model: string, id: string): boolean {
    return model === interactionModel && this.#ended.has(id);
  }

  /** Leaves a record out that was destroyed before it was stored. */
  drop(model: string, id: string): void {
    this.#waiting.delete(`${model} ${id}`);
  }

  /**
   * Stores what waits and ends what ends, which SQLite does with one commit.
   *
   * @throws SessionNotFound where another request has ended the interaction: no client receives the session and the code of this one
   */
  async flush(records: OidcRecords): Promise<void> {
    const waiting = [...this.#waiting.values()];
    const ended = [...this.#ended];
    this.#waiting.clear();
    this.#ended.clear();
    const ends = Promise.all(ended.map((id) => records.destroy(interactionModel, id)));
    const [isEnd] = await Promise.all([ends, waiting.length > 0 && records.upsertAll(waiting)]);
    if (!isEnd.includes(false)) return;
    // The grant may be that of a session which continues.
    for (const { model, id } of waiting) if (model !== 'Grant') await records.destroy(model, id);
    throw hasEnded();
  }
}

/** Ends an interaction, for exactly one caller. @throws SessionNotFound for every other one */
export async function endInteraction(records: Pick<OidcRecords, 'destroy'>, id: string): Promise<void> {
  if (!(await records.destroy(interactionModel, id))) throw hasEnded();
}

const hasEnded = () => new errors.SessionNotFound('interaction has ended');

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
