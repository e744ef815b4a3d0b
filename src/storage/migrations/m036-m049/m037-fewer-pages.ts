import { type Kysely, type Migration, sql } from 'kysely';
import { isPostgres } from '../../database/statements/is-postgres.ts';

/** Indexes of SQLite that hold only rows with a value, by their names: where they are, and whether they are unique. */
const partial: Readonly<Record<string, string>> = {
  sign_ins_by_source_window: 'sign_ins (tenant_id, source_window) where source_window is not null',
  sign_ins_by_session: 'sign_ins (tenant_id, session_id, created_at) where session_id is not null',
  sign_ins_by_report: 'sign_ins (tenant_id, created_at, status, event_kind, report) where report is not null',
  sign_ins_by_tenant_id_error_number_created_at:
    'sign_ins (tenant_id, error_number, created_at) where error_number <> 0',
  visits_by_flow_id: 'visits (flow_id) where flow_id is not null',
  visits_by_handoff_id: 'visits (handoff_id) where handoff_id is not null',
  oidc_records_by_user_code: 'oidc_records (user_code) where user_code is not null',
};

/**
 * A row writes a page of each index on SQLite. Rows without a value leave the indexes that no statement looks for them in, and the
 * index on the time of entries goes: that of the summary begins with the same columns. A program of the version before never has
 * a file that this one has opened (`databaseNewer`). PostgreSQL writes records and not pages, and keeps its indexes.
 */
export const fewerPages: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    if (isPostgres(db)) return;
    const run = (text: string) => sql.raw(text).execute(db);
    await db.schema.dropIndex('sign_ins_by_tenant_id_created_at').execute();
    for (const [name, columns] of Object.entries(partial)) {
      await db.schema.dropIndex(name).execute();
      await run(`create index ${name} on ${columns}`);
    }
    await db.schema.dropIndex('sign_ins_by_repeat_key').execute();
    await run(
      'create unique index sign_ins_by_repeat_key on sign_ins (tenant_id, repeat_key) where repeat_key is not null',
    );
  },
};
