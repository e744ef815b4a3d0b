import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { openDatabase } from '#storage/database/open.ts';
import type { Database } from '#storage/database/schema.ts';
import { databasesUnderTest } from '../databases.ts';

/**
 * Tables whose key does not begin with the tenant, each with the reason. A sharding extension copies those of the installation to
 * every node, and distributes the two whose rows are found by a random id, before the tenant is known, by that id.
 */
const installationWide: Readonly<Record<string, string>> = {
  crl_chunks: 'a CRL is of its address, whichever tenants use it',
  crl_claims: 'a download is of its address',
  crls: 'a CRL is of its address',
  domains: 'a domain leads to its tenant',
  event_targets: 'a system to which events are delivered is of the installation',
  installation_facts: 'of the installation',
  kysely_migration: 'of the installation',
  kysely_migration_lock: 'of the installation',
  node_reports: 'what a node tells of its sources, before a tenant is known',
  oidc_records: 'found by a random id, which leads to its tenant',
  tenants: 'the tenants themselves',
  visits: 'found by a random id, which leads to its tenant',
};

/** Tables that differ on SQLite, which has no sharding extension, each with the reason. */
const onSqlite: Readonly<Record<string, string>> = {
  event_outbox: 'SQLite numbers the rows of a table by a key of one column',
  opened: 'the mark of the process that holds the file',
};
const exceptionsOf = (name: string) => ({ ...installationWide, ...(name === 'SQLite' ? onSqlite : {}) });

const readColumns: Readonly<
  Record<string, (database: Database) => Promise<readonly { name: string; columns: string }[]>>
> = {
  SQLite: async (database) => {
    const { rows } = await sql<{ name: string; columns: string }>`
      select name, (
        select group_concat(column_name, ' ') from (
          select p.name as column_name from pragma_table_info(m.name) as p where p.pk > 0 order by p.pk
        )
      ) as columns
      from sqlite_master as m where type = 'table' and name not like 'sqlite_%'`.execute(database);
    return rows;
  },
  PostgreSQL: async (database) => {
    const { rows } = await sql<{ name: string; columns: string }>`
      select c.relname as name, (
        select string_agg(a.attname, ' ' order by k.place)
        from pg_index as i
        cross join lateral unnest(i.indkey) with ordinality as k(number, place)
        join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
        where i.indrelid = c.oid and i.indisprimary
      ) as columns
      from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname = 'public'`.execute(database);
    return rows;
  },
};

for (const underTest of databasesUnderTest())
  describe(`keys of tables begin with the tenant, in ${underTest.name}`, { skip: underTest.missing ?? false }, () => {
    let database: Database;
    before(async () => {
      database = await openDatabase(await underTest.place());
    });
    after(async () => {
      await database?.destroy();
      underTest.end();
    });

    test('of every table that is not of the installation', async () => {
      const tables = await readColumns[underTest.name]!(database);
      assert.ok(tables.length > 30, `${tables.length} tables`);
      const violations = tables.filter(({ columns }) => !columns?.startsWith('tenant_id')).map(({ name }) => name);
      assert.deepEqual(violations.sort(), Object.keys(exceptionsOf(underTest.name)).sort());
    });

    test('the unique indexes of tables of a tenant as well', async () => {
      const indexes = await uniqueIndexes(database, underTest.name);
      const violations = indexes.filter(
        ({ table, columns }) => !(table in exceptionsOf(underTest.name)) && !columns.startsWith('tenant_id'),
      );
      assert.deepEqual(violations, []);
    });
  });

interface UniqueIndex {
  readonly table: string;
  readonly columns: string;
}
async function uniqueIndexes(database: Database, name: string): Promise<readonly UniqueIndex[]> {
  const query =
    name === 'SQLite'
      ? sql<UniqueIndex>`
          select m.name as "table", (select group_concat(name, ' ') from pragma_index_info(i.name)) as columns
          from sqlite_master as m, pragma_index_list(m.name) as i where m.type = 'table' and i."unique" = 1`
      : sql<UniqueIndex>`
          select i.indrelid::regclass::text as "table", (
            select string_agg(coalesce(a.attname, '(expression)'), ' ' order by k.place)
            from unnest(i.indkey) with ordinality as k(number, place)
            left join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
          ) as columns
          from pg_index as i join pg_class as c on c.oid = i.indrelid join pg_namespace as n on n.oid = c.relnamespace
          where i.indisunique and n.nspname = 'public'`;
  return (await query.execute(database)).rows;
}
