import { type Kysely, type Migration, sql } from 'kysely';
import { isPostgres } from '../../database/statements/is-postgres.ts';

/** What the entries of a day are found by. A page of the newest is read from the index of the summary, which begins with the time. */
const indexes: Readonly<Record<string, string>> = {
  correlation: 'correlation_id',
  user: 'tenant_id, user_id, created_at',
  application: 'tenant_id, app_id, created_at',
  name: 'tenant_id, upn, created_at',
  error: 'tenant_id, error_number, created_at',
  interactive: 'tenant_id, is_interactive, created_at',
  source: 'tenant_id, source_window',
  summary: 'tenant_id, created_at, error_number, status, event_kind, app_id',
  report: 'tenant_id, created_at, status, event_kind, report',
  address: 'tenant_id, ip_address, created_at',
  session: 'tenant_id, session_id, created_at',
};

/**
 * On PostgreSQL the entries of a day (UTC) are a table of their own, so that a day that is over leaves with its table. Entries of
 * before, and those of nodes of the version before, stay in `sign_ins`; `sign_in_log` reads both. Identical failures of a day
 * share a key that is unique in the table of the day. Events of the new tables have a target of their own, which nodes of the
 * version before do not take.
 */
export const signInDays: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    if (!isPostgres(db)) return;
    const run = (text: string) => sql.raw(text).execute(db);
    await run(
      `create table sign_in_days (like sign_ins including defaults,
         constraint sign_in_days_key primary key (tenant_id, id, created_at)) partition by range (created_at)`,
    );
    for (const [name, columns] of Object.entries(indexes))
      await run(`create index sign_in_days_by_${name} on sign_in_days (${columns})`);
    await run(
      `create index sign_in_days_by_certificate on sign_in_days (tenant_id, certificate_sha256, user_id, created_at desc, id)
       where certificate_sha256 is not null`,
    );
    await run(
      `create function sign_in_days_into_outbox() returns trigger language plpgsql as $body$
       begin
         insert into event_outbox (target, kind, tenant_id, id, at)
           select name || '/days', 'signIn', new.tenant_id, new.id, new.created_at from event_targets;
         return null;
       end $body$`,
    );
    await run(
      'create trigger sign_in_days_outbox after insert on sign_in_days for each row execute function sign_in_days_into_outbox()',
    );
    await run(
      `create function make_sign_in_day(leaf text, begins bigint, ends bigint) returns void language plpgsql as $body$
       begin
         perform pg_advisory_xact_lock(hashtext('sign_in_days'));
         if to_regclass(quote_ident(leaf)) is not null then return; end if;
         execute format('create table %I (like sign_in_days including defaults)', leaf);
         execute format('create unique index %I on %I (tenant_id, repeat_key)', leaf || '_by_repeat_key', leaf);
         execute format('alter table sign_in_days attach partition %I for values from (%s) to (%s)', leaf, begins, ends);
       end $body$`,
    );
    await run('create view sign_in_log as select * from sign_ins union all select * from sign_in_days');
  },
};
