import type { Kysely, Migration } from 'kysely';
import { createTable } from '../../database/create-table.ts';

/**
 * What a synchronisation from Active Directory remembers: its objects, the members that its groups name, how far each domain was
 * read, and which server runs it.
 */
export const synchronisedObjects: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createTable(db, {
      table: 'sync_objects',
      columns:
        'tenant_id! source_id! domain! kind! object_id digest! is_live#! joins_due#! has_problems#! name! problems!',
      keys: [
        'primary tenant_id source_id',
        'index tenant_id object_id',
        'index tenant_id domain joins_due',
        'index tenant_id has_problems source_id',
      ],
    });
    await createTable(db, {
      table: 'sync_members',
      columns: 'tenant_id! group_id! member_id!',
      keys: ['primary tenant_id group_id member_id', 'index tenant_id member_id'],
    });
    await createTable(db, {
      table: 'sync_domains',
      columns: 'tenant_id! domain! document!',
      keys: ['primary tenant_id domain'],
    });
    await createTable(db, {
      table: 'sync_leases',
      columns: 'tenant_id! holder! expires_at#!',
      keys: ['primary tenant_id'],
    });
  },
};
