import { type Kysely, sql } from 'kysely';

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

export async function openFacts(database: Kysely<never>): Promise<Facts> {
  const make = () =>
    sql`create table if not exists installation_facts (name text primary key, value text not null)`.execute(database);
  // Two servers that start together on PostgreSQL may both find no table; the second attempt finds it.
  await make().catch(make);
  const insert = (name: string, value: string) =>
    sql`insert into installation_facts (name, value) values (${name}, ${value})`;
  return {
    async all() {
      const { rows } = await sql<{ name: string; value: string }>`select name, value from installation_facts`.execute(
        database,
      );
      return new Map(rows.map(({ name, value }) => [name, value]));
    },
    async add(name, value) {
      await sql`${insert(name, value)} on conflict (name) do nothing`.execute(database);
    },
    async set(name, value) {
      await sql`${insert(name, value)} on conflict (name) do update set value = ${value}`.execute(database);
    },
  };
}
