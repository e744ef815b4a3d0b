import { AsyncLocalStorage } from 'node:async_hooks';
import { boundedCache } from '#net/bounded-cache.ts';
import type { Database, Schema } from '../database/schema.ts';
import type { WriteCount } from '../database/statements/write-count.ts';
import { type Area, installation, type Marks, markKey, marksIn, readMarks } from './change-marks.ts';

/** Values in memory, of all tenants together. */
const mostValues = 20_000;

/** Longer answers are not kept. */
const longestList = 5_000;

/** Tenants whose marks are held. */
const mostTenants = 1_000;

/** Milliseconds for which one look at the marks serves a request. One that waits longer, for a download, looks again. */
const momentMilliseconds = 2_000;

/** Whose answer it is, and what changes it. */
interface Place {
  readonly tenantId: string;
  readonly area: Area;
}

const ofInstallation: readonly Area[] = ['tenants', 'crls'];
const ownerOf = ({ tenantId, area }: Place): string => (ofInstallation.includes(area) ? installation : tenantId);
const nameOf = (place: Place, key: string): string => `${ownerOf(place)} ${place.area} ${key}`;

/** What a request has read so far. */
export interface Moment {
  readonly marks: Map<string, { readonly since: number; readonly value: Promise<Marks> }>;
  /** Rows of visits, and records of the provider that were read with another one. */
  readonly visits: Map<string, Promise<VisitRow | undefined>>;
  readonly records: Map<string, RecordRow | undefined>;
  /** Reads the visit that the address of the request names, with the marks of its tenant. */
  prefetch?: (() => Promise<unknown>) | undefined;
}

type VisitRow = Schema['visits'];
type RecordRow = Schema['oidc_records'];

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
  readonly #entries = boundedCache<Entry>(mostValues);
  readonly #writes: Pick<WriteCount, 'count' | 'isShared'> | undefined;
  /** The marks of each tenant, at the count of writes after which they were read. */
  readonly #held = boundedCache<{ readonly count: number; readonly value: Promise<Marks> }>(mostTenants);

  /** @param writes into a file of SQLite: the marks are read again only after a write, of this process or another one */
  constructor(database: Database, writes?: Pick<WriteCount, 'count' | 'isShared'>) {
    this.#database = database;
    this.#writes = writes;
  }

  /** Runs a request, whose reads see one moment. @param prefetch what is read before the marks, in the same read */
  inRequest<T>(work: () => T, prefetch?: () => Promise<unknown>): T {
    return this.#moments.run({ marks: new Map(), visits: new Map(), records: new Map(), prefetch }, work);
  }

  /** What the request that is being served has read; undefined outside of one. */
  get moment(): Moment | undefined {
    return this.#moments.getStore();
  }

  /** Takes the marks of a tenant that came with a row of it. @param since when the statement began */
  learn(tenantId: string, marks: string | null | undefined, since: number): void {
    this.moment?.marks.set(tenantId, { since, value: Promise.resolve(marksIn(marks)) });
  }

  /** The request that is being served has changed something: its next read looks at the marks again. */
  forget(): void {
    this.#moments.getStore()?.marks.clear();
  }

  /**
   * What `load` answers, from memory where nothing of the area was changed since.
   * @param alsoIn what of an answer is the answer to other reads, by their keys
   */
  async read<T>(
    where: Place,
    key: string,
    load: () => Promise<T>,
    alsoIn?: (answer: T) => Iterable<readonly [key: string, value: unknown]>,
  ): Promise<T> {
    const { tenantId, area } = where;
    const mark = (await this.#marks(tenantId)).get(markKey(ownerOf(where), area));
    const name = nameOf(where, key);
    const entry = this.#entries.get(name);
    if (entry && entry.mark === mark) return entry.value as Promise<T>;
    const value = load();
    const drop = () => {
      if (this.#entries.peek(name)?.value === value) this.#entries.delete(name);
    };
    this.#entries.set(name, { mark, value });
    value
      .then((answer) => {
        if (Array.isArray(answer) && answer.length > longestList) drop();
        for (const [other, part] of alsoIn?.(answer) ?? [])
          this.#entries.set(nameOf(where, other), { mark, value: Promise.resolve(part) });
      })
      .catch(drop);
    return value;
  }

  /** The state of an area: another text after every change of it on any node. */
  async mark(where: Place): Promise<string> {
    return (await this.#marks(where.tenantId)).get(markKey(ownerOf(where), where.area)) ?? '';
  }

  async #marks(tenantId: string): Promise<Marks> {
    const moment = this.#moments.getStore();
    if (this.#writes && !(moment && this.#writes.isShared)) return this.#heldMarks(tenantId, this.#writes.count);
    if (!moment) return readMarks({ database: this.#database, tenantId });
    const { prefetch } = moment;
    if (prefetch && !this.#writes) {
      moment.prefetch = undefined;
      await prefetch();
    }
    const now = performance.now();
    const isFresh = ({ since }: { readonly since: number }) => now - since < momentMilliseconds;
    const current = moment.marks.get(tenantId);
    if (current && isFresh(current)) return current.value;
    // The marks of any tenant come with those of the installation.
    const others = tenantId === installation ? [...moment.marks.values()].find(isFresh) : undefined;
    if (others) return others.value;
    const value = this.#writes
      ? this.#heldMarks(tenantId, this.#writes.count)
      : readMarks({ database: this.#database, tenantId });
    moment.marks.set(tenantId, { since: now, value });
    value.catch(() => moment.marks.delete(tenantId));
    return value;
  }

  #heldMarks(tenantId: string, count: number): Promise<Marks> {
    const held = this.#held.get(tenantId);
    if (held?.count === count) return held.value;
    const value = readMarks({ database: this.#database, tenantId });
    this.#held.set(tenantId, { count, value });
    value.catch(() => this.#held.delete(tenantId));
    return value;
  }
}
