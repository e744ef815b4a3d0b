import type { Kysely, Migration } from 'kysely';
import { createTable } from '../database/create-table.ts';

/** What Graph knows of users and groups beyond a sign-in, its further objects as documents, and what was deleted. */
export const directoryObjects: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const table of ['users', 'groups']) {
      await db.schema.alterTable(table).addColumn('profile', 'text').execute();
      await db.schema.alterTable(table).addColumn('created_at', 'bigint').execute();
    }
    await db.schema.createIndex('users_by_name').on('users').columns(['tenant_id', 'display_name', 'id']).execute();
    await createTable(db, {
      table: 'objects',
      columns: 'tenant_id! kind! id! owner version! created_at#! document!',
      keys: ['primary tenant_id kind id', 'index tenant_id kind owner'],
    });
    await createTable(db, {
      table: 'deleted_objects',
      columns: 'tenant_id! id! kind! deleted_at#! document!',
      keys: ['primary tenant_id id', 'index tenant_id kind'],
    });
  },
};
