import { type Insertable, sql } from 'kysely';
import { boundedCache } from '#net/bounded-cache.ts';
import { marksOf } from '../../cache/change-marks.ts';
import type { ReadCache } from '../../cache/read-cache.ts';
import type { Database, Schema } from '../../database/schema.ts';
import { hotStatement } from '../../database/statements/hot-statement.ts';
import { isPostgres } from '../../database/statements/is-postgres.ts';
import { softly } from '../../database/statements/softly.ts';

/** A row of a visit, with the marks of its tenant where they came along. */
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

const readById = {
  id: hotStatement((database, { value }: { readonly value: string }) => visitBy(database, 'id', value)),
  flow_id: hotStatement((database, { value }: { readonly value: string }) => visitBy(database, 'flow_id', value)),
};
const readWithMarks = {
  id: hotStatement((database, { value }: { readonly value: string }) =>
    visitBy(database, 'id', value).select(marksOf('visits')),
  ),
  flow_id: hotStatement((database, { value }: { readonly value: string }) =>
    visitBy(database, 'flow_id', value).select(marksOf('visits')),
  ),
};

const visitBy = (database: Database, column: 'id' | 'flow_id', value: string) =>
  database.selectFrom('visits').selectAll('visits').where(column, '=', value);

const partColumns = {
  interaction: ['interaction', 'interaction_expires_at'],
  flow: ['flow_id', 'flow', 'flow_expires_at'],
  handoff: ['handoff_id', 'handoff', 'handoff_expires_at', 'handoff_taken_at'],
} as const;

/** Begins a row or changes a part of it. Another tenant's row stays as it is. @param mayMove whether the row may have to stay longer */
function writeOf(part: keyof typeof partColumns, mayMove: boolean) {
  const columns = partColumns[part];
  const later = sql<number>`case when visits.expires_at > excluded.expires_at then visits.expires_at else excluded.expires_at end`;
  return hotStatement((database, values: Write) => {
    const change = Object.fromEntries(columns.map((column) => [column, values[column as keyof Write]]));
    const { tenant_id, id, expires_at } = values;
    return softly(
      database
        .insertInto('visits')
        .values({ tenant_id, id, expires_at, ...change })
        .onConflict((on) =>
          on
            .column('id')
            .doUpdateSet({ ...change, ...(mayMove ? { expires_at: later } : {}) })
            .where('visits.tenant_id', '=', tenant_id),
        ),
      database,
    );
  });
}

const writes = {
  interaction: { stays: writeOf('interaction', false), moves: writeOf('interaction', true) },
  flow: { stays: writeOf('flow', false), moves: writeOf('flow', true) },
  handoff: { stays: writeOf('handoff', false), moves: writeOf('handoff', true) },
};
const partOf = (change: VisitChange): keyof typeof partColumns =>
  'flow_id' in change ? 'flow' : 'handoff_id' in change ? 'handoff' : 'interaction';

interface Taking {
  readonly [name: string]: string | number;
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
  softly(database.deleteFrom('visits').where('tenant_id', '=', tenantId).where('id', '=', id), database),
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
      return (await readById[column](this.#database, { value })).rows[0];
    const since = performance.now();
    const [row] = (await readWithMarks[column](this.#database, { value })).rows;
    if (row) this.cache.learn(row.tenant_id, row.marks, since);
    return row;
  }

  /** Writes a part of the row, which is begun where there is none. Another tenant's row stays as it is. */
  async write(tenantId: string, id: string, change: VisitChange): Promise<void> {
    const expires = Math.ceil(change.expires_at / quarter) * quarter;
    const { stays, moves } = writes[partOf(change)];
    const known = this.#stays.get(id) ?? 0;
    const write = known >= expires ? stays : moves;
    await write(this.#database, { ...change, tenant_id: tenantId, id, expires_at: expires });
    if (known < expires) this.#stays.set(id, expires);
    this.#forget(id);
  }

  /** The handoff with this id, once. */
  async takeHandoff(tenantId: string, handoffId: string, at: Date): Promise<string | undefined> {
    const { rows } = await take(this.#database, { tenantId, handoffId, at: at.getTime() });
    return rows[0]?.handoff ?? undefined;
  }

  /** Ends a visit. */
  async remove(tenantId: string, id: string): Promise<void> {
    await removal(this.#database, { tenantId, id });
    this.#forget(id);
  }

  #forget(id: string): void {
    this.cache.moment?.visits.delete(`id ${id}`);
  }
}
