import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type { IndexedKind } from '#core/directory/index-keys.ts';
import type { Application } from '#model/application.ts';
import { type Device, deviceKind } from '#model/device.ts';
import type { ListedObject } from '#ports/directory/lists.ts';
import type { TenantDatabase } from '../../database/schema.ts';
import { groupOfRow } from '../directory/groups.ts';
import { objectOf } from '../directory/objects.ts';
import { entryOf, identifiersOf } from '../directory/users/user-rows.ts';

/** A statement takes some thousand values, and one of a few hundred rows is a few milliseconds. */
export const objectsAtOnce = 250;

type Readers = {
  readonly [K in IndexedKind]: (
    store: TenantDatabase,
    ids: readonly string[],
  ) => Promise<readonly (readonly [string, ListedObject[K]])[]>;
};

const readers: Readers = {
  async user(store, ids) {
    const { database, tenantId } = store;
    const rows = await database
      .selectFrom('users')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', ids)
      .execute();
    const identifiers = await identifiersOf(store, ids);
    return rows.map(
      (row) => [row.id, entryOf(row, { certificateUserIds: identifiers(row.id), groupIds: [] })] as const,
    );
  },
  async group({ database, tenantId }, ids) {
    const query = database.selectFrom('groups').selectAll().where('tenant_id', '=', tenantId).where('id', 'in', ids);
    return (await query.execute()).map((row) => [row.id, groupOfRow(row)] as const);
  },
  async device({ database, tenantId }, ids) {
    const query = database.selectFrom('objects').selectAll().where('tenant_id', '=', tenantId);
    const rows = await query.where('kind', '=', deviceKind).where('id', 'in', ids).execute();
    return rows.map((row) => [row.id, objectOf<Device>(row)] as const);
  },
  async application({ database, tenantId }, ids) {
    const query = database.selectFrom('applications').select(['id', 'document']).where('tenant_id', '=', tenantId);
    const rows = await query.where('id', 'in', ids).execute();
    return rows.map(({ id, document }) => [id, JSON.parse(document) as Application] as const);
  },
};

/** Tables of objects with the columns that lists are ordered by. */
const columns: Partial<
  Record<IndexedKind, { readonly table: 'users' | 'groups'; readonly of: Readonly<Record<string, string>> }>
> = {
  user: { table: 'users', of: { displayname: 'display_name', userprincipalname: 'upn' } },
  group: { table: 'groups', of: { displayname: 'display_name' } },
};
const textsAtOnce = 1000;

/** The texts of one column of objects by id; undefined where the property is no column. */
export async function textsById(
  { database, tenantId }: TenantDatabase,
  { kind, ids, property }: { readonly kind: IndexedKind; readonly ids: readonly string[]; readonly property: string },
): Promise<ReadonlyMap<string, string> | undefined> {
  const place = columns[kind];
  const column = place?.of[property.toLowerCase()];
  if (!place || column === undefined) return undefined;
  const texts = new Map<string, string>();
  for (let from = 0; from < ids.length; from += textsAtOnce) {
    const rows = await database
      .selectFrom(place.table)
      .select(['id', sql.ref<string>(column).as('text')])
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', ids.slice(from, from + textsAtOnce))
      .execute();
    for (const { id, text } of rows) texts.set(id, text);
    await setImmediate(); // other requests have a turn
  }
  return texts;
}

/** Objects by id, in the order of the ids; one that is missing is left out. */
export async function objectsById<K extends IndexedKind>(
  store: TenantDatabase,
  kind: K,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ListedObject[K]>> {
  const objects = new Map<string, ListedObject[K]>();
  for (let from = 0; from < ids.length; from += objectsAtOnce)
    for (const [id, object] of await readers[kind](store, ids.slice(from, from + objectsAtOnce)))
      objects.set(id, object);
  return objects;
}
