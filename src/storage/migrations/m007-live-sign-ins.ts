import type { Kysely, Migration } from 'kysely';
import { createTable } from '../database/create-table.ts';
import type { Schema } from '../database/schema.ts';

/** Whose a session, a grant or a proof is, which certificate it rests on, and who has yet to be told that it ended. */
export const liveSignIns: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema.alterTable('oidc_records').addColumn('account_id', 'text').execute();
    await db.schema.alterTable('session_proofs').addColumn('user_id', 'text').execute();
    await db.schema.alterTable('session_proofs').addColumn('certificate', 'text').execute();
    await fillIn(db as Kysely<Schema>);
    await index(db, 'oidc_records', ['tenant_id', 'account_id']);
    await index(db, 'session_proofs', ['tenant_id', 'user_id']);
    await index(db, 'session_proofs', ['tenant_id', 'certificate']);
    await createTable(db, {
      table: 'shown_certificates',
      columns: 'tenant_id! sha256! certificate! expires_at#!',
      keys: ['primary tenant_id sha256', 'index expires_at'],
    });
    await createTable(db, {
      table: 'logout_notices',
      columns: 'tenant_id! id! app_id! user_id! sid due_at#! expires_at#!',
      keys: ['primary tenant_id id', 'index tenant_id due_at', 'index expires_at'],
    });
  },
};

async function index(db: Kysely<unknown>, table: string, columns: readonly string[]): Promise<void> {
  await db.schema
    .createIndex(`${table}_by_${columns.join('_')}`)
    .on(table)
    .columns(columns as never[])
    .execute();
}

/** What was written before these columns has in its document what they say. */
async function fillIn(db: Kysely<Schema>): Promise<void> {
  for (const { model, id, document } of await db
    .selectFrom('oidc_records')
    .select(['model', 'id', 'document'])
    .execute()) {
    const { accountId } = JSON.parse(document) as { accountId?: unknown };
    if (typeof accountId !== 'string') continue;
    await db
      .updateTable('oidc_records')
      .set({ account_id: accountId })
      .where('model', '=', model)
      .where('id', '=', id)
      .execute();
  }
  for (const { document } of await db.selectFrom('session_proofs').select('document').distinct().execute()) {
    const proof = JSON.parse(document) as { userId: string; certificate?: { sha256Thumbprint: string } };
    await db
      .updateTable('session_proofs')
      .set({ user_id: proof.userId, certificate: proof.certificate?.sha256Thumbprint ?? null })
      .where('document', '=', document)
      .execute();
  }
}
