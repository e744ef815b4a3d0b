import type { Kysely, Migration } from 'kysely';

/** Which process is downloading which CRL, where several share a database. */
export const crlClaims: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('crl_claims')
      .addColumn('url', 'text', (column) => column.notNull())
      .addColumn('holder', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('crl_claims_key', ['url'])
      .execute();
  },
};
