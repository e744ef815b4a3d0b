import type { Kysely, Migration } from 'kysely';
import { createTable } from '../database/create-table.ts';

/** What people register beside certificates, wrong tries, things begun, and the browsers that know somebody. */
export const secondFactors: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createTable(db, {
      table: 'methods',
      columns: 'tenant_id! id! user_id! kind! credential created_at#! counter#! sealed!',
      keys: ['primary tenant_id id', 'unique tenant_id credential', 'index tenant_id user_id'],
    });
    await createTable(db, {
      table: 'attempts',
      columns: 'tenant_id! subject! version! expires_at#! document!',
      keys: ['primary tenant_id subject', 'index expires_at'],
    });
    await createTable(db, {
      table: 'tickets',
      columns: 'tenant_id! id! kind! user_id state! created_at#! expires_at#! sealed!',
      keys: ['primary tenant_id id', 'index tenant_id user_id', 'index expires_at'],
    });
    await createTable(db, {
      table: 'known_browsers',
      columns: 'tenant_id! user_id! browser! expires_at#!',
      keys: ['primary tenant_id user_id browser', 'index expires_at'],
    });
  },
};
