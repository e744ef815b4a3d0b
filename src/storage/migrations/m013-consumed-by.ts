import type { Kysely, Migration } from 'kysely';

/** From which address a record was consumed: a parallel use of a refresh token comes from the same one. */
export const consumedBy: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('oidc_records').addColumn('consumed_by', 'text').execute();
  },
};
