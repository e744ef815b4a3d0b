import { AsyncLocalStorage } from 'node:async_hooks';
import { LRUCache } from 'lru-cache';
import type { Database } from '../database/schema.ts';
import { type Area, installation, type Marks, markKey, readMarks } from './change-marks.ts';

/** Values in memory, of all tenants together. */
const mostValues = 20_000;

/** Longer answers are not kept. */
const longestList = 5_000;

/** Milliseconds for which one look at the marks serves a request: one that waits for a download looks again. */
const momentMilliseconds = 250;

interface Moment {
  readonly marks: Map<string, { readonly since: number; readonly value: Promise<Marks> }>;
}

interface Entry {
  readonly mark: string | undefined;
  readonly value: Promise<unknown>;
}

/**
 * What was read from the database, for as long as it is what the database has. Each read compares the mark of its area, which
 * a trigger changes in the transaction of every change, so a change is felt by the next read on every node. Within a request
 * the marks are read once; outside of one they are read each time.
 */
export class ReadCache {
  readonly #database: Database;
  readonly #moments = new AsyncLocalStorage<Moment>();
  readonly #entries = new LRUCache<string, Entry>({ max: mostValues });

  constructor(database: Database) {
    this.#database = database;
  }

  /** Runs a request, whose reads see one moment. */
  inRequest<T>(work: () => T): T {
    return this.#moments.run({ marks: new Map() }, work);
  }

  /** The request that is being served has changed something: its next read looks at the marks again. */
  forget(): void {
    this.#moments.getStore()?.marks.clear();
  }

  /** What `load` answers, from memory where nothing of the area was changed since. */
  async read<T>(
    where: { readonly tenantId: string; readonly area: Area },
    key: string,
    load: () => Promise<T>,
  ): Promise<T> {
    const { tenantId, area } = where;
    const mark = (await this.#marks(tenantId)).get(markKey(area === 'tenants' ? installation : tenantId, area));
    const name = `${area === 'tenants' ? installation : tenantId} ${area} ${key}`;
    const entry = this.#entries.get(name);
    if (entry && entry.mark === mark) return entry.value as Promise<T>;
    const value = load();
    const drop = () => {
      if (this.#entries.peek(name)?.value === value) this.#entries.delete(name);
    };
    this.#entries.set(name, { mark, value });
    value.then((answer) => Array.isArray(answer) && answer.length > longestList && drop()).catch(drop);
    return value;
  }

  #marks(tenantId: string): Promise<Marks> {
    const moment = this.#moments.getStore();
    if (!moment) return readMarks(this.#database, tenantId);
    const now = performance.now();
    const isFresh = ({ since }: { readonly since: number }) => now - since < momentMilliseconds;
    const current = moment.marks.get(tenantId);
    if (current && isFresh(current)) return current.value;
    // The marks of any tenant come with those of the installation.
    const others = tenantId === installation ? [...moment.marks.values()].find(isFresh) : undefined;
    if (others) return others.value;
    const value = readMarks(this.#database, tenantId);
    moment.marks.set(tenantId, { since: now, value });
    value.catch(() => moment.marks.delete(tenantId));
    return value;
  }
}
