import type { Kysely, Migration } from 'kysely';
import { createTable } from '../../database/create-table.ts';

/** One row a visit to the sign-in pages: the interaction of the provider, the flow and the handoff of the certauth host. */
export const visits: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createTable(db, {
      table: 'visits',
      columns:
        'tenant_id! id! expires_at#! interaction interaction_expires_at# flow_id flow flow_expires_at# handoff_id handoff handoff_expires_at# handoff_taken_at#',
      keys: ['primary id', 'index flow_id', 'index handoff_id', 'index expires_at'],
    });
  },
};
