import { type Kysely, type Migration, sql } from 'kysely';
import type { Schema } from '../database/schema.ts';

/**
 * A mail address has a normalised key, and one user of a tenant holds it. Users who shared an address before this version
 * keep it: the first of them by id holds the key, and the others are marked, so that the unique index leaves them out.
 */
export const mailKeys: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('users').addColumn('mail_key', 'text').execute();
    await db.schema
      .alterTable('users')
      .addColumn('mail_is_shared', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await fillIn(db as Kysely<Schema>);
    const key = ['tenant_id', 'mail_key'] as never[];
    await db.schema.createIndex('users_by_mail').on('users').columns(key).execute();
    await db.schema
      .createIndex('users_hold_mail')
      .on('users')
      .columns(key)
      .unique()
      .where(sql<boolean>`mail_is_shared = 0`)
      .execute();
  },
};

const rowsAtOnce = 500;

async function fillIn(db: Kysely<Schema>): Promise<void> {
  const tenants = await db.selectFrom('users').select('tenant_id').distinct().execute();
  for (const { tenant_id } of tenants) {
    const keys = new Set<string>();
    for (let after = ''; ; ) {
      const rows = await db
        .selectFrom('users')
        .select(['id', 'mail'])
        .where('tenant_id', '=', tenant_id)
        .where('id', '>', after)
        .orderBy('id')
        .limit(rowsAtOnce)
        .execute();
      for (const { id, mail } of rows) {
        if (!mail) continue;
        const mail_key = mail.normalize('NFKC').toLowerCase();
        await db
          .updateTable('users')
          .set({ mail_key, mail_is_shared: Number(keys.has(mail_key)) })
          .where('tenant_id', '=', tenant_id)
          .where('id', '=', id)
          .execute();
        keys.add(mail_key);
      }
      if (rows.length < rowsAtOnce) break;
      after = rows.at(-1)!.id;
    }
  }
}
