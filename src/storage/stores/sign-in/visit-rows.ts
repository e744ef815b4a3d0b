import { type Insertable, sql } from 'kysely';
import { marksOf } from '../../cache/change-marks.ts';
import type { ReadCache } from '../../cache/read-cache.ts';
import type { Database, Schema } from '../../database/schema.ts';
import { isPostgres } from '../../database/statements/is-postgres.ts';
import { softly } from '../../database/statements/softly.ts';

/** A row of a visit, with the marks of its tenant where they came along. */
export type VisitRow = Schema['visits'] & { readonly marks?: string | null };

/** What a write changes in the row of a visit. */
export type VisitChange = Partial<Omit<Insertable<Schema['visits']>, 'tenant_id' | 'id'>> & {
  readonly expires_at: number;
};

/**
 * The rows of visits to the sign-in pages, of every tenant. A request reads its row once, with the marks of changes in the
 * same statement. What is written here outlives the process, and a power cut may take it: its user begins again.
 */
export class VisitRows {
  readonly #database: Database;
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
    const query = this.#database.selectFrom('visits').selectAll('visits').where(column, '=', value);
    if (!this.cache.moment || !isPostgres(this.#database)) return query.executeTakeFirst();
    const since = performance.now();
    const row = await query.select(marksOf('visits')).executeTakeFirst();
    if (row) this.cache.learn(row.tenant_id, row.marks, since);
    return row;
  }

  /** Writes these columns of the row, which is begun where there is none. Another tenant's row stays as it is. */
  async write(tenantId: string, id: string, change: VisitChange): Promise<void> {
    const later = sql<number>`case when visits.expires_at > excluded.expires_at then visits.expires_at else excluded.expires_at end`;
    await softly(
      this.#database
        .insertInto('visits')
        .values({ tenant_id: tenantId, id, ...change })
        .onConflict((on) =>
          on
            .column('id')
            .doUpdateSet({ ...change, expires_at: later })
            .where('visits.tenant_id', '=', tenantId),
        ),
      this.#database,
    ).execute();
    this.#forget(id);
  }

  /** The handoff with this id, once. */
  async takeHandoff(tenantId: string, handoffId: string, at: Date): Promise<string | undefined> {
    const row = await softly(
      this.#database
        .updateTable('visits')
        .set({ handoff_taken_at: at.getTime() })
        .where('tenant_id', '=', tenantId)
        .where('handoff_id', '=', handoffId)
        .where('handoff_taken_at', 'is', null)
        .where('handoff_expires_at', '>', at.getTime())
        .returning('handoff'),
      this.#database,
    ).executeTakeFirst();
    return row?.handoff ?? undefined;
  }

  /** Ends a visit. */
  async remove(tenantId: string, id: string): Promise<void> {
    await softly(
      this.#database.deleteFrom('visits').where('tenant_id', '=', tenantId).where('id', '=', id),
      this.#database,
    ).execute();
    this.#forget(id);
  }

  #forget(id: string): void {
    this.cache.moment?.visits.delete(`id ${id}`);
  }
}
