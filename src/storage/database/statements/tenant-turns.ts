import { fault } from '#core/trace/fault.ts';

/** Milliseconds that a change waits for earlier ones of its tenant. */
const usualPatience = 30_000;

/**
 * Changes of one tenant follow each other in the database. In this process they begin one after the other, too, so that those that
 * wait hold no connection of the pool: sign-ins would wait for one, and a waiting statement would meet its time limit.
 */
export class TenantTurns {
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #patience: number;

  /** @param patience milliseconds */
  constructor(patience = usualPatience) {
    this.#patience = patience;
  }

  /** Does the work when it is its turn. Work must not take a turn of the same tenant. @throws changesTooSlow, and what `work` throws */
  async take<T>(tenantId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(tenantId);
    const { promise: turn, resolve: end } = Promise.withResolvers<void>();
    const last = Promise.all([before, turn]);
    this.#last.set(tenantId, last);
    try {
      if (before) await this.#within(before);
      return await work();
    } finally {
      end();
      void last.then(() => this.#last.get(tenantId) === last && this.#last.delete(tenantId));
    }
  }

  async #within(before: Promise<unknown>): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>();
    const late = setTimeout(() => reject(fault('changesTooSlow', { seconds: this.#patience / 1000 })), this.#patience);
    try {
      await Promise.race([before, promise]);
    } finally {
      clearTimeout(late);
    }
  }
}
