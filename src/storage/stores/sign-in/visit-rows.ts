import { type Insertable, sql } from 'kysely';
import { boundedCache } from '#net/bounded-cache.ts';
import { marksOf } from '../../cache/change-marks.ts';
import type { ReadCache } from '../../cache/read-cache.ts';
import type { Database, Schema } from '../../database/schema.ts';
import { hotStatement } from '../../database/statements/hot-statement.ts';
import { isPostgres } from '../../database/statements/is-postgres.ts';
import { softly } from '../../database/statements/softly.ts';

/** A row of a visit, with the marks of its tenant where they were read with it. */
export type VisitRow = Schema['visits'] & { readonly marks?: string | null };

type Columns = Insertable<Schema['visits']>;

/** What a write changes in the row of a visit: the interaction, the flow or the handoff. */
export type VisitChange = { readonly expires_at: number } & (
  | Required<Pick<Columns, 'interaction' | 'interaction_expires_at'>>
  | Required<Pick<Columns, 'flow_id' | 'flow' | 'flow_expires_at'>>
  | Required<Pick<Columns, 'handoff_id' | 'handoff' | 'handoff_expires_at' | 'handoff_taken_at'>>
);

/**
 * Rows leave at the end of a quarter of an hour, and each part of a visit has its own time: a write seldom moves the row in the index
 * of what expires, which has a page for each quarter.
 */
const quarter = 15 * 60_000;

/** Visits whose row is known to stay long enough. */
const mostKnownRows = 20_000;

type Write = { readonly tenant_id: string; readonly id: string } & VisitChange;

const columns = [
  ...['id', 'tenant_id', 'interaction', 'interaction_expires_at', 'flow_id', 'flow', 'flow_expires_at'],
  ...['handoff_id', 'handoff', 'handoff_expires_at', 'handoff_taken_at', 'expires_at'],
] as (keyof VisitRow & keyof Columns)[];
const columnsOf = {
  interaction: ['interaction', 'interaction_expires_at'],
  flow: ['flow_id', 'flow', 'flow_expires_at'],
  handoff: ['handoff_id', 'handoff', 'handoff_expires_at', 'handoff_taken_at'],
} as const;
type Part = keyof typeof columnsOf;
const partOf = (change: VisitChange): Part =>
  'flow_id' in change ? 'flow' : 'handoff_id' in change ? 'handoff' : 'interaction';

type Key = { readonly value: string };
type Column = 'id' | 'flow_id';
const readBy = (database: Database, { value }: Key, column: Column) =>
  database.selectFrom('visits').selectAll('visits').where(column, '=', value);
const read = hotStatement(readBy);
const readWithMarks = hotStatement((database, key: Key, column: Column) =>
  readBy(database, key, column).select(marksOf('visits')),
);

/** Begins a row or changes a part of it, which may have to stay longer then. Another tenant's row stays as it is. */
const write = hotStatement((database, values: Write, kind: `${Part} ${'stays' | 'moves'}`) => {
  const [part, move] = kind.split(' ') as [Part, string];
  const change = Object.fromEntries(columnsOf[part].map((column) => [column, values[column as keyof Write]]));
  const { tenant_id, id, expires_at } = values;
  const later = sql<number>`case when visits.expires_at > excluded.expires_at then visits.expires_at else excluded.expires_at end`;
  const insertion = database
    .insertInto('visits')
    .values({ tenant_id, id, expires_at, ...change })
    .onConflict((on) =>
      on
        .column('id')
        .doUpdateSet({ ...change, ...(move === 'moves' ? { expires_at: later } : {}) })
        .where('visits.tenant_id', '=', tenant_id),
    )
    // The page that follows in the same request reads the row.
    .returning(part === 'interaction' ? columns : ['expires_at']);
  return softly(insertion, database);
});

interface Taking {
  readonly tenantId: string;
  readonly handoffId: string;
  readonly at: number;
}
const take = hotStatement((database, { tenantId, handoffId, at }: Taking) =>
  softly(
    database
      .updateTable('visits')
      .set({ handoff_taken_at: at })
      .where('tenant_id', '=', tenantId)
      .where('handoff_id', '=', handoffId)
      .where('handoff_taken_at', 'is', null)
      .where('handoff_expires_at', '>', at)
      .returning('handoff'),
    database,
  ),
);

const removal = hotStatement((database, { tenantId, id }: { readonly tenantId: string; readonly id: string }) =>
  softly(
    database.deleteFrom('visits').where('tenant_id', '=', tenantId).where('id', '=', id).returning('interaction'),
    database,
  ),
);

/**
 * The rows of visits to the sign-in pages, of every tenant. A request reads its row once, with the marks of changes in the
 * same statement. What is written here outlives the process, and a power cut may take it: its user begins again.
 */
export class VisitRows {
  readonly #database: Database;
  /** Until when rows stay at least, by their ids. */
  readonly #stays = boundedCache<number>(mostKnownRows);
  readonly cache: ReadCache;

  constructor(database: Database, cache: ReadCache) {
    this.#database = database;
    this.cache = cache;
  }

  /** The visit of any tenant by its interaction or by its flow, expired or not. */
  find(column: 'id' | 'flow_id', value: string): Promise<VisitRow | undefined> {
    const moment = this.cache.moment;
    const known = moment?.visits.get(`${column} ${value}`);
    if (known) return known;
    const row = this.#read(column, value);
    moment?.visits.set(`${column} ${value}`, row);
    return row;
  }

  async #read(column: 'id' | 'flow_id', value: string): Promise<VisitRow | undefined> {
    const row = await this.#readRow(column, value);
    if (row) this.#stays.set(row.id, Number(row.expires_at));
    return row;
  }

  async #readRow(column: 'id' | 'flow_id', value: string): Promise<VisitRow | undefined> {
    if (!this.cache.moment || !isPostgres(this.#database))
      return (await read(this.#database, { value }, column)).rows[0];
    const since = performance.now();
    const [row] = (await readWithMarks(this.#database, { value }, column)).rows;
    if (row) this.cache.learn(row.tenant_id, row.marks, since);
    return row;
  }

  /** Writes a part of the row, which is begun where there is none. Another tenant's row stays as it is. */
  async write(tenantId: string, id: string, change: VisitChange): Promise<void> {
    const expires = Math.ceil(change.expires_at / quarter) * quarter;
    const known = this.#stays.get(id) ?? 0;
    const kind = `${partOf(change)} ${known >= expires ? 'stays' : 'moves'}` as const;
    const { rows } = await write(this.#database, { ...change, tenant_id: tenantId, id, expires_at: expires }, kind);
    const [row] = rows;
    // A row that was removed meanwhile, by this process or another one, was inserted again, and may leave sooner.
    if (row) this.#stays.set(id, Number(row.expires_at));
    this.#forget(id);
    if (row && 'id' in row) this.cache.moment?.visits.set(`id ${id}`, Promise.resolve(row as VisitRow));
  }

  /** The handoff with this id, once. */
  async takeHandoff(tenantId: string, handoffId: string, at: Date): Promise<string | undefined> {
    const { rows } = await take(this.#database, { tenantId, handoffId, at: at.getTime() });
    return rows[0]?.handoff ?? undefined;
  }

  /** Ends a visit. True for exactly one caller: a page that was open may have inserted the row again, without an interaction. */
  async remove(tenantId: string, id: string): Promise<boolean> {
    const { rows } = await removal(this.#database, { tenantId, id });
    this.#forget(id);
    return rows.some(({ interaction }) => interaction !== null);
  }

  #forget(id: string): void {
    this.cache.moment?.visits.delete(`id ${id}`);
  }
}
