import type { Kysely, Migration } from 'kysely';
import { signInNumber } from '#core/trace/sign-in-number.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { Schema } from '../database/schema.ts';

/** What the logs are searched by, each with the time behind it: a page is read from an index, however long the log is. */
export const searchedLogs: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const column of ['app_id', 'upn']) await db.schema.alterTable('sign_ins').addColumn(column, 'text').execute();
    for (const column of ['error_number', 'is_interactive'])
      await db.schema.alterTable('sign_ins').addColumn(column, 'bigint').execute();
    await fillIn(db as Kysely<Schema>);
    for (const column of ['user_id', 'app_id', 'upn', 'error_number', 'is_interactive'])
      await index(db, 'sign_ins', ['tenant_id', column, 'created_at']);
    for (const column of ['target_id', 'activity']) await index(db, 'audits', ['tenant_id', column, 'at']);
  },
};

async function index(db: Kysely<unknown>, table: string, columns: readonly string[]): Promise<void> {
  await db.schema
    .createIndex(`${table}_by_${columns.join('_')}`)
    .on(table)
    .columns(columns as never[])
    .execute();
}

const rowsAtOnce = 500;

/** Entries written before these columns have in their document what they say. */
async function fillIn(db: Kysely<Schema>): Promise<void> {
  for (;;) {
    const rows = await db
      .selectFrom('sign_ins')
      .select(['tenant_id', 'id', 'document'])
      .where('error_number', 'is', null)
      .limit(rowsAtOnce)
      .execute();
    for (const { tenant_id, id, document } of rows) {
      const { appId, userPrincipalName, status, because, isInteractive } = JSON.parse(document) as SignInRecord;
      await db
        .updateTable('sign_ins')
        .set({
          app_id: appId,
          upn: userPrincipalName.toLowerCase(),
          error_number: signInNumber(status, because),
          is_interactive: Number(isInteractive),
        })
        .where('tenant_id', '=', tenant_id)
        .where('id', '=', id)
        .execute();
    }
    if (rows.length < rowsAtOnce) return;
  }
}
