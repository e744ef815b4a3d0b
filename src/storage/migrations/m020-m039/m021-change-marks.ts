import { type Kysely, type Migration, PostgresAdapter, sql } from 'kysely';
import { createTable } from '../../database/create-table.ts';

/** What is kept in memory, by area of a tenant: the tables whose rows change it, and the column that names the tenant. */
const areas: readonly (readonly [area: string, table: string, tenantColumn: string | undefined, updated?: string])[] = [
  ['tenants', 'tenants', undefined],
  ['tenants', 'domains', undefined],
  // The lock of a tenant writes the document of the row of the version and changes nothing.
  ['policy', 'policies', 'tenant_id', 'version'],
  ['policy', 'authorities', 'tenant_id'],
  ['applications', 'applications', 'tenant_id'],
  ['applications', 'identifier_uris', 'tenant_id'],
  ['objects', 'objects', 'tenant_id'],
  // Every column but the method that was used last, which changes with sign-ins and is an area of its own.
  [
    'directory',
    'users',
    'tenant_id',
    'upn, upn_key, on_premises_upn, on_premises_upn_key, display_name, mail, mail_key, mail_is_shared, account_enabled, sessions_valid_from, password_hash, profile, created_at',
  ],
  ['habits', 'users', 'tenant_id', 'last_method'],
  ['directory', 'certificate_user_ids', 'tenant_id'],
  ['directory', 'groups', 'tenant_id'],
  ['directory', 'group_members', 'tenant_id'],
];

/**
 * Marks of changes: a trigger leaves one with every change of what servers keep in memory, in the transaction of the change.
 * PostgreSQL writes a row a transaction, so that transactions never wait for each other; SQLite has one writer and counts.
 */
export const changeMarks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createTable(db, {
      table: 'change_marks',
      columns: 'tenant_id! area! mark#!',
      keys: ['primary tenant_id area mark'],
    });
    const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
    if (isPostgres) await makeFunction(db);
    for (const [area, table, column, updated] of areas) {
      for (const event of ['insert', 'update', 'delete']) {
        const row = event === 'delete' ? 'old' : 'new';
        const moment = event === 'update' && updated ? `update of ${updated}` : event;
        const name = `${table}_${area}_${event}`;
        const body = isPostgres
          ? `for each row execute function leave_change_mark('${area}', '${column ?? ''}')`
          : `begin update change_marks set mark = mark + 1 where tenant_id = ${tenantIn(row, column)} and area = '${area}';
             insert or ignore into change_marks (tenant_id, area, mark)
               select ${tenantIn(row, column)}, '${area}', 1
               where not exists (select 1 from change_marks where tenant_id = ${tenantIn(row, column)} and area = '${area}');
             end`;
        await sql.raw(`create trigger ${name} after ${moment} on ${table} ${body}`).execute(db);
      }
    }
  },
};

const tenantIn = (row: string, column: string | undefined): string => (column ? `${row}.${column}` : `''`);

async function makeFunction(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create function leave_change_mark() returns trigger language plpgsql as $body$
       declare tenant text := '';
       begin
         if tg_argv[1] <> '' then
           tenant := case when tg_op = 'DELETE' then old.tenant_id else new.tenant_id end;
         end if;
         insert into change_marks (tenant_id, area, mark) values (tenant, tg_argv[0], txid_current())
           on conflict do nothing;
         return null;
       end $body$`,
    )
    .execute(db);
}
