import type { Kysely, Migration } from 'kysely';
import type { SignInRecord } from '#model/sign-in.ts';
import { createTable } from '../../database/create-table.ts';
import type { Schema } from '../../database/schema.ts';
import { reportColumns } from '../../stores/sign-in/log/report-columns.ts';
import { noteUse } from '../../stores/sign-in/log/uses.ts';

/**
 * What the sign-in log is counted and searched by, so that no report reads its documents: an index that holds what a summary
 * groups, one that holds what the assurance report groups, addresses and sessions. A row a user says when they signed in last,
 * and a row a user and certificate says when and how it was used.
 */
export const logReports: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const column of ['ip_address', 'session_id', 'report'])
      await db.schema.alterTable('sign_ins').addColumn(column, 'text').execute();
    await db.schema.alterTable('sign_ins').addColumn('event_kind', 'bigint').execute();
    await createTable(db, {
      table: 'sign_in_activity',
      columns: 'tenant_id! user_id! interactive_at# interactive_id silent_at# silent_id success_at# success_id',
      keys: [
        'primary tenant_id user_id',
        'index tenant_id interactive_at',
        'index tenant_id silent_at',
        'index tenant_id success_at',
      ],
    });
    await createTable(db, {
      table: 'seen_certificates',
      columns:
        'tenant_id! user_id! sha256! sha1! policy_oids! issuer! first_at#! last_at#! uses#! bound_at# field property rank# affinity strength',
      keys: [
        'primary tenant_id user_id sha256',
        'index tenant_id last_at',
        'index tenant_id affinity bound_at',
        'index tenant_id sha1',
      ],
    });
    await fillIn(db as Kysely<Schema>);
    for (const [name, columns] of Object.entries({
      sign_ins_by_summary: ['tenant_id', 'created_at', 'error_number', 'status', 'event_kind', 'app_id'],
      sign_ins_by_report: ['tenant_id', 'created_at', 'status', 'event_kind', 'report'],
      sign_ins_by_address: ['tenant_id', 'ip_address', 'created_at'],
      sign_ins_by_session: ['tenant_id', 'session_id', 'created_at'],
    }))
      await db.schema
        .createIndex(name)
        .on('sign_ins')
        .columns(columns as never[])
        .execute();
  },
};

const rowsAtOnce = 500;

/** Entries written before these columns have in their document what they say. Oldest first, so that the newest use counts. */
async function fillIn(db: Kysely<Schema>): Promise<void> {
  const tenants = await db.selectFrom('tenants').select('id').execute();
  for (const { id } of tenants) await fillTenant(db, id);
}

async function fillTenant(db: Kysely<Schema>, tenantId: string): Promise<void> {
  for (let after = { created_at: -1, id: '' }; ; ) {
    const rows = await db
      .selectFrom('sign_ins')
      .select(['id', 'created_at', 'document', 'certificate_sha256'])
      .where('tenant_id', '=', tenantId)
      .where('created_at', '>=', after.created_at)
      .where((is) => is.or([is('created_at', '>', after.created_at), is('id', '>', after.id)]))
      .orderBy('created_at')
      .orderBy('id')
      .limit(rowsAtOnce)
      .execute();
    for (const { id, document, certificate_sha256 } of rows) {
      const entry = JSON.parse(document) as SignInRecord & { createdDateTime: string | Date };
      const record: SignInRecord = { ...entry, id, createdDateTime: new Date(entry.createdDateTime) };
      await db
        .updateTable('sign_ins')
        .set(reportColumns(record))
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .execute();
      await noteUse(db, tenantId, record, certificate_sha256);
    }
    if (rows.length < rowsAtOnce) return;
    after = rows.at(-1)!;
  }
}
