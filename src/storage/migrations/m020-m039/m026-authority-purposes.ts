import type { Kysely, Migration } from 'kysely';

/** What an authority of devices issues; those that are there issue device certificates. */
export const authorityPurposes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable('device_authorities')
      .addColumn('purpose', 'text', (column) => column.notNull().defaultTo('device'))
      .execute();
  },
};
