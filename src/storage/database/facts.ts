import { type Kysely, sql } from 'kysely';
import { isPostgres } from './statements/is-postgres.ts';

/**
 * What a database records about itself, by name: the checksum of each applied migration, and a text sealed with the
 * installation's secret key. The table is older than any migration that could make it, so it is not one of the list.
 */
export interface Facts {
  all(): Promise<ReadonlyMap<string, string>>;
  /** Keeps what is there. */
  add(name: string, value: string): Promise<void>;
  set(name: string, value: string): Promise<void>;
}

/** What a database has recorded. Nothing is made where it has recorded nothing yet. */
export async function readFacts(database: Kysely<never>): Promise<ReadonlyMap<string, string>> {
  if (!(await hasTable(database, 'installation_facts'))) return new Map();
  const facts = sql<{ name: string; value: string }>`select name, value from installation_facts`;
  return new Map((await facts.execute(database)).rows.map(({ name, value }) => [name, value]));
}

/** Whether a database has a table. */
export async function hasTable(database: Kysely<never>, name: string): Promise<boolean> {
  const table = isPostgres(database)
    ? sql`select 1 where to_regclass(${name}) is not null`
    : sql`select 1 from sqlite_master where name = ${name}`;
  return (await table.execute(database)).rows.length > 0;
}

export async function openFacts(database: Kysely<never>): Promise<Facts> {
  const make = () =>
    sql`create table if not exists installation_facts (name text primary key, value text not null)`.execute(database);
  // Two servers that start together on PostgreSQL may both find no table; the second attempt finds it.
  await make().catch(make);
  const insert = (name: string, value: string) =>
    sql`insert into installation_facts (name, value) values (${name}, ${value})`;
  return {
    all: () => readFacts(database),
    async add(name, value) {
      await sql`${insert(name, value)} on conflict (name) do nothing`.execute(database);
    },
    async set(name, value) {
      await sql`${insert(name, value)} on conflict (name) do update set value = ${value}`.execute(database);
    },
  };
}
