import { type Kysely, type Migration, sql } from 'kysely';
import { isPostgres } from '../../database/statements/is-postgres.ts';

/** What the rows of a day are found by. */
const indexes: Readonly<Record<string, string>> = {
  time: 'tenant_id, at',
  target: 'tenant_id, target_id, at',
  activity: 'tenant_id, activity, at',
  correlation: 'tenant_id, correlation_id',
};

/** Changes and refusals are kept for different times: each of both has tables of its own, by the result that its rows have. */
const parents: Readonly<Record<string, string>> = { audit_days: 'success', refusal_days: 'failure' };

/**
 * On PostgreSQL the audit log has a table of changes and one of refusals for each day (UTC), so that a day that is over leaves with
 * its table. Rows of before, and those of nodes of the version before, stay in `audits`; `audit_log` reads all. Identical refusals
 * of an hour share a key that is unique in the table of the day. Events of the new tables have a target of their own, which nodes
 * of the version before do not take.
 */
export const auditDays: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    if (!isPostgres(db)) return;
    const run = (text: string) => sql.raw(text).execute(db);
    await run(
      `create function audit_days_into_outbox() returns trigger language plpgsql as $body$
       begin
         insert into event_outbox (target, kind, tenant_id, id, at)
           select name || '/audits', 'audit', new.tenant_id, new.id, new.at from event_targets;
         return null;
       end $body$`,
    );
    for (const [parent, result] of Object.entries(parents)) {
      await run(
        `create table ${parent} (like audits including defaults,
           constraint ${parent}_key primary key (tenant_id, id, at),
           constraint ${parent}_result check (result = '${result}')) partition by range (at)`,
      );
      for (const [name, columns] of Object.entries(indexes))
        await run(`create index ${parent}_by_${name} on ${parent} (${columns})`);
      await run(
        `create trigger ${parent}_outbox after insert on ${parent} for each row execute function audit_days_into_outbox()`,
      );
    }
    await run(
      `create function make_audit_day(parent text, leaf text, begins bigint, ends bigint) returns void language plpgsql as $body$
       begin
         if to_regclass(quote_ident(leaf)) is not null then return; end if;
         perform pg_advisory_xact_lock(hashtext('audit_days'));
         if to_regclass(quote_ident(leaf)) is not null then return; end if;
         execute format('create table %I (like %I including defaults including constraints)', leaf, parent);
         if parent = 'refusal_days' then
           execute format('create unique index %I on %I (tenant_id, repeat_key)', leaf || '_by_repeat_key', leaf);
         end if;
         execute format('alter table %I attach partition %I for values from (%s) to (%s)', parent, leaf, begins, ends);
       end $body$`,
    );
    await run(
      `create view audit_log as select * from audits
         union all select * from audit_days union all select * from refusal_days`,
    );
  },
};
