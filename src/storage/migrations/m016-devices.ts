import type { Kysely, Migration } from 'kysely';
import { createTable } from '../database/create-table.ts';

/** Keys of registered devices and of their users, the authorities that issue device certificates, and live tokens. */
export const devices: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createTable(db, {
      table: 'device_registrations',
      columns:
        'tenant_id! device_id! object_id! certificate! thumbprint! transport_key! join_type#! methods! registered_at#! expires_at#!',
      keys: ['primary tenant_id device_id', 'unique tenant_id thumbprint', 'index tenant_id object_id'],
    });
    await createTable(db, {
      table: 'device_user_keys',
      columns: 'tenant_id! key_id! user_id! device_id! public_key! created_at#!',
      keys: ['primary tenant_id key_id', 'index tenant_id user_id', 'index tenant_id device_id'],
    });
    await createTable(db, {
      table: 'device_authorities',
      columns: 'tenant_id! id! certificate! created_at#! sealed!',
      keys: ['primary tenant_id id'],
    });
    await createTable(db, {
      table: 'primary_refresh_tokens',
      columns: 'tenant_id! id! user_id! device_id! credential! certificate_key issued_at#! expires_at#! document!',
      keys: [
        'primary tenant_id id',
        'index tenant_id user_id',
        'index tenant_id device_id',
        'index tenant_id certificate_key',
        'index expires_at',
      ],
    });
  },
};
