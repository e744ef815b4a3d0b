import type { Kysely, Migration } from 'kysely';

/** Audit rows of one request or command share an id. A row from before has none and is found by its own. */
export const auditCorrelation: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('audits').addColumn('correlation_id', 'text').execute();
    const columns = ['tenant_id', 'correlation_id'] as never[];
    await db.schema.createIndex('audits_by_correlation').on('audits').columns(columns).execute();
  },
};
