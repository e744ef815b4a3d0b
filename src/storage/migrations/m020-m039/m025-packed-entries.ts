import { type Kysely, type Migration, sql } from 'kysely';
import { isPostgres } from '../../database/statements/is-postgres.ts';

/** Entries of the sign-in log as deflated text. Those that are there stay as they are. */
export const packedEntries: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const type = isPostgres(db) ? sql`bytea` : sql`blob`;
    await db.schema.alterTable('sign_ins').addColumn('packed', type).execute();
  },
};
