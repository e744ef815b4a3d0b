import type { Kysely, Migration } from 'kysely';
import { createTable } from '../database/create-table.ts';

/**
 * Repeated identical failures are one entry with a count. A new entry has a key for one window of time, which is unique;
 * `source_window` counts the entries of one source. The latest correlation ids of what was added lie in a ring of slots.
 */
export const repeatedSignIns: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const [column, type] of [
      ['repeat_key', 'text'],
      ['source_window', 'text'],
      ['repeat_count', 'bigint'],
      ['repeated_at', 'bigint'],
    ] as const)
      await db.schema.alterTable('sign_ins').addColumn(column, type).execute();
    const columns = ['tenant_id', 'repeat_key'] as never[];
    await db.schema.createIndex('sign_ins_by_repeat_key').on('sign_ins').columns(columns).unique().execute();
    const source = ['tenant_id', 'source_window'] as never[];
    await db.schema.createIndex('sign_ins_by_source_window').on('sign_ins').columns(source).execute();
    await createTable(db, {
      table: 'repeated_sign_ins',
      columns: 'tenant_id! sign_in_id! slot#! correlation_id! repeated_at#!',
      keys: ['primary tenant_id sign_in_id slot', 'index correlation_id', 'index repeated_at'],
    });
  },
};
