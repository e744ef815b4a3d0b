import { type Kysely, type Migration, PostgresAdapter, sql } from 'kysely';

/** A change of a stored CRL leaves a mark of the installation (migration 021), so that other servers feel it at once. */
export const crlMarks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
    const body = isPostgres
      ? "for each row execute function leave_change_mark('crls', '')"
      : `begin update change_marks set mark = mark + 1 where tenant_id = '' and area = 'crls';
         insert or ignore into change_marks (tenant_id, area, mark)
           select '', 'crls', 1 where not exists (select 1 from change_marks where tenant_id = '' and area = 'crls');
         end`;
    for (const event of ['insert', 'update', 'delete'])
      await sql.raw(`create trigger crls_crls_${event} after ${event} on crls ${body}`).execute(db);
  },
};
