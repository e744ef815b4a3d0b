import { type Kysely, type Migration, PostgresAdapter, sql } from 'kysely';
import { createTable } from '../../database/create-table.ts';

/** The logs whose rows are events: the table, the kind of the event, and the column with its time. */
const logs: readonly (readonly [table: string, kind: string, time: string])[] = [
  ['sign_ins', 'signIn', 'created_at'],
  ['audits', 'audit', 'at'],
];

/**
 * Events that wait to be delivered elsewhere. A trigger puts a row into the outbox for each target, in the transaction of
 * the event: neither is without the other. Without targets it puts none. `tx` is the transaction of PostgreSQL, whose rows
 * become visible in another order than their positions.
 */
export const eventOutbox: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
    await createTable(db, {
      table: 'event_targets',
      columns: 'name! holder lease_until#! seen_at#!',
      keys: ['primary name'],
    });
    const position = isPostgres ? 'bigserial not null' : 'integer primary key autoincrement';
    const key = isPostgres ? ', constraint event_outbox_key primary key (tenant_id, position)' : '';
    const tx = isPostgres ? 'default txid_current()' : 'default 0';
    await sql
      .raw(
        `create table event_outbox (position ${position}, tx bigint not null ${tx}, target text not null, kind text not null,
           tenant_id text not null, id text not null, at bigint not null${key})`,
      )
      .execute(db);
    await sql.raw('create index event_outbox_by_target on event_outbox (target, tx, position)').execute(db);
    await sql.raw('create index event_outbox_by_tenant on event_outbox (tenant_id)').execute(db);
    for (const [table, kind, time] of logs) {
      if (isPostgres) await makeFunction(db, table, kind, time);
      const body = isPostgres
        ? `for each row execute function ${table}_into_outbox()`
        : `when exists (select 1 from event_targets) begin ${insertion(kind, time)}; end`;
      await sql.raw(`create trigger ${table}_outbox after insert on ${table} ${body}`).execute(db);
    }
  },
};

const insertion = (kind: string, time: string): string =>
  `insert into event_outbox (target, kind, tenant_id, id, at) select name, '${kind}', new.tenant_id, new.id, new.${time} from event_targets`;

async function makeFunction(db: Kysely<unknown>, table: string, kind: string, time: string): Promise<void> {
  await sql
    .raw(
      `create function ${table}_into_outbox() returns trigger language plpgsql as $body$
       begin ${insertion(kind, time)}; return null; end $body$`,
    )
    .execute(db);
}
