import type { Kysely, Migration } from 'kysely';
import type { Schema } from '../database/schema.ts';

/**
 * The audit log says whether a change was made or refused, and why. Identical refusals of one hour are one row with a count:
 * its key is unique. `audits_by_result` serves the filter on the result and the removal of old refusals.
 */
export const refusals: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable('audits')
      .addColumn('result', 'text', (column) => column.notNull().defaultTo('success'))
      .execute();
    for (const [column, type] of [
      ['reason', 'text'],
      ['evidence', 'text'],
      ['repeat_key', 'text'],
      ['repeat_count', 'bigint'],
      ['repeated_at', 'bigint'],
    ] as const)
      await db.schema.alterTable('audits').addColumn(column, type).execute();
    const key = ['tenant_id', 'repeat_key'] as never[];
    await db.schema.createIndex('audits_by_repeat_key').on('audits').columns(key).unique().execute();
    const byResult = ['tenant_id', 'result', 'at'] as never[];
    await db.schema.createIndex('audits_by_result').on('audits').columns(byResult).execute();
    await fillIn(db as Kysely<Schema>);
  },
};

const rowsAtOnce = 500;

/** Refused calls of Graph were rows before these columns; their reason was a part of the new value. */
async function fillIn(db: Kysely<Schema>): Promise<void> {
  for (;;) {
    const rows = await db
      .selectFrom('audits')
      .select(['tenant_id', 'id', 'new_value'])
      .where('activity', '=', 'Refused Graph request')
      .where('result', '=', 'success')
      .limit(rowsAtOnce)
      .execute();
    for (const { tenant_id, id, new_value } of rows) {
      const { because } = JSON.parse(new_value ?? '{}') as { because?: string };
      await db
        .updateTable('audits')
        .set({ result: 'failure', reason: because ?? null })
        .where('tenant_id', '=', tenant_id)
        .where('id', '=', id)
        .execute();
    }
    if (rows.length < rowsAtOnce) return;
  }
}
