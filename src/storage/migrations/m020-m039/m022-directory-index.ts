import { type Kysely, type Migration, PostgresAdapter, type SelectQueryBuilder, sql } from 'kysely';
import type { Application } from '#model/application.ts';
import type { Device } from '#model/device.ts';
import type { Profile } from '#model/user.ts';
import { createTable } from '../../database/create-table.ts';
import type { Schema } from '../../database/schema.ts';
import { type IndexedObject, rowsOf } from '../../stores/directory-index/index-values.ts';

/**
 * An index by which lists of the directory are filtered, searched and sorted; what was changed, for delta queries; and an
 * index of the groups inside groups. The directory that is there is entered.
 */
export const directoryIndex: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
    const text = sql.raw(isPostgres ? 'text collate "C" not null' : 'text not null');
    await sql`
      create table directory_index (
        tenant_id ${text}, property ${text}, value_key ${text}, object_id ${text},
        constraint directory_index_key primary key (tenant_id, property, value_key, object_id)
      ) ${sql.raw(isPostgres ? '' : 'without rowid')}`.execute(db);
    await createTable(db, {
      table: 'directory_changes',
      columns: 'tenant_id! kind! object_id! part! version#! at#! is_removed#!',
      keys: ['primary tenant_id kind object_id part', 'index tenant_id kind version', 'index at'],
    });
    await createTable(db, {
      table: 'directory_versions',
      columns: 'tenant_id! version#!',
      keys: ['primary tenant_id'],
    });
    await sql`create index group_members_nested on group_members (tenant_id, group_id, member_id)
      where member_kind = 'group'`.execute(db);
    await fillIn(db as Kysely<Schema>);
  },
};

const rowsAtOnce = 500;
const insertedAtOnce = 1000;

async function fillIn(db: Kysely<Schema>): Promise<void> {
  for (const { id } of await db.selectFrom('tenants').select('id').execute())
    for (const read of [usersOf, groupsOf, devicesOf, applicationsOf])
      for (let after = ''; ; ) {
        const objects = await read(db, id, after);
        const rows = objects.flatMap((object) =>
          rowsOf(object).map(({ property, key }) => ({
            tenant_id: id,
            property,
            value_key: key,
            object_id: object.id,
          })),
        );
        for (let from = 0; from < rows.length; from += insertedAtOnce)
          await db
            .insertInto('directory_index')
            .values(rows.slice(from, from + insertedAtOnce))
            .execute();
        if (objects.length < rowsAtOnce) break;
        after = objects.at(-1)!.id;
      }
}

type Read = (db: Kysely<Schema>, tenantId: string, after: string) => Promise<readonly IndexedObject[]>;

const usersOf: Read = async (db, tenantId, after) => {
  const rows = await page<Schema['users']>(db.selectFrom('users').selectAll(), tenantId, after);
  const values = await db
    .selectFrom('certificate_user_ids')
    .select(['user_id', 'value'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '>', after)
    .where('user_id', '<=', rows.at(-1)?.id ?? '')
    .execute();
  const valuesOf = Map.groupBy(values, ({ user_id }) => user_id);
  return rows.map((row) => ({
    kind: 'user',
    id: row.id,
    object: {
      user: {
        id: row.id,
        userPrincipalName: row.upn,
        onPremisesUserPrincipalName: row.on_premises_upn ?? undefined,
        displayName: row.display_name,
        mail: row.mail ?? undefined,
        accountEnabled: row.account_enabled === 1,
        certificateUserIds: (valuesOf.get(row.id) ?? []).map(({ value }) => value),
        groupIds: [],
        signInSessionsValidFromDateTime: undefined,
      },
      profile: row.profile === null ? {} : (JSON.parse(row.profile) as Profile),
      createdDateTime: row.created_at === null ? undefined : new Date(Number(row.created_at)).toISOString(),
    },
  }));
};

const groupsOf: Read = async (db, tenantId, after) =>
  (await page<Schema['groups']>(db.selectFrom('groups').selectAll(), tenantId, after)).map((row) => ({
    kind: 'group',
    id: row.id,
    object: {
      id: row.id,
      displayName: row.display_name,
      ...(row.profile === null ? {} : { profile: JSON.parse(row.profile) as Profile }),
      ...(row.created_at === null ? {} : { createdDateTime: new Date(Number(row.created_at)).toISOString() }),
    },
  }));

const devicesOf: Read = async (db, tenantId, after) =>
  (
    await page<Schema['objects']>(db.selectFrom('objects').selectAll().where('kind', '=', 'devices'), tenantId, after)
  ).map((row) => ({
    kind: 'device',
    id: row.id,
    object: JSON.parse(row.document) as Device,
  }));

const applicationsOf: Read = async (db, tenantId, after) =>
  (await page<Schema['applications']>(db.selectFrom('applications').selectAll(), tenantId, after)).map((row) => ({
    kind: 'application',
    id: row.id,
    object: JSON.parse(row.document) as Application,
  }));

/** The next rows of a table of the tenant in the order of ids. */
const page = <Row>(query: unknown, tenantId: string, after: string): Promise<Row[]> =>
  (query as SelectQueryBuilder<Pick<Schema, 'groups'>, 'groups', Row>)
    .where('tenant_id', '=', tenantId)
    .where('id', '>', after)
    .orderBy('id')
    .limit(rowsAtOnce)
    .execute();
