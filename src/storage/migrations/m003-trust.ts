import { type Kysely, type Migration, sql } from 'kysely';
import { createTable } from '../database/create-table.ts';

/** Containers of the PKI-based store, and the certificates of the sign-in log. */
export const trust: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createTable(db, {
      table: 'pki_containers',
      columns: 'tenant_id! id! display_name status status_details upload_started_at# modified_at#! created_at#!',
      keys: ['primary tenant_id id'],
    });
    await createTable(db, {
      table: 'presented_certificates',
      columns: 'tenant_id! sha256! certificate! seen_at#!',
      keys: ['primary tenant_id sha256', 'index seen_at'],
    });
    await db.schema.alterTable('authorities').addColumn('container_id', 'text').execute();
    await db.schema
      .alterTable('authorities')
      .addColumn('position', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable('sign_ins').addColumn('certificate_sha256', 'text').execute();
    await db.schema
      .createIndex('sign_ins_by_certificate')
      .on('sign_ins')
      .columns(['tenant_id', 'certificate_sha256', 'user_id', 'created_at desc', 'id'])
      .where(sql.ref('certificate_sha256'), 'is not', null)
      .execute();
    await contain(db as Kysely<Before>);
  },
};

interface Before {
  authorities: { tenant_id: string; store: string; created_at: number; container_id: string | null };
  pki_containers: {
    tenant_id: string;
    id: string;
    display_name: string;
    modified_at: number;
    created_at: number;
  };
}

/** CAs of the PKI-based store from before there were containers get one. */
async function contain(db: Kysely<Before>): Promise<void> {
  const oldest = await db
    .selectFrom('authorities')
    .where('store', '=', 'pki')
    .groupBy('tenant_id')
    .select(({ fn }) => ['tenant_id', fn.min('created_at').as('created_at')])
    .execute();
  for (const { tenant_id, created_at } of oldest) {
    const id = crypto.randomUUID();
    const container = { tenant_id, id, display_name: 'Trusted CAs', modified_at: created_at, created_at };
    await db.insertInto('pki_containers').values(container).execute();
    await db
      .updateTable('authorities')
      .set({ container_id: id })
      .where('tenant_id', '=', tenant_id)
      .where('store', '=', 'pki')
      .execute();
  }
}
