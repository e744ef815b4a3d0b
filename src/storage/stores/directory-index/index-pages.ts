import { type RawBuilder, sql } from 'kysely';
import type { IndexedKind } from '#core/directory/index-keys.ts';
import { deviceKind } from '#model/device.ts';
import type { IndexRange } from '#ports/directory/lists.ts';
import type { TenantDatabase } from '../../database/schema.ts';

/** A row of an index: the object and the key that it is ordered by. */
export interface KeyedId {
  readonly key: string;
  readonly id: string;
}
type Bounds = { readonly after: KeyedId | undefined; readonly top: number; readonly skip?: number };

/** Where the rows of a range are: the table with its condition, and its columns for the key and the id. */
interface Place {
  readonly from: RawBuilder<unknown>;
  readonly key: RawBuilder<unknown>;
  readonly id: RawBuilder<unknown>;
  /** The key is a number of milliseconds. */
  readonly isTime?: true;
}

const tables = { user: 'users', group: 'groups', device: 'objects', application: 'applications' } as const;
const activities = { interactive: 'interactive_at', silent: 'silent_at', success: 'success_at' } as const;

function placeOf(tenantId: string, kind: IndexedKind, property: string): Place {
  const [, name = '', part = ''] = property.split('/');
  if (name === 'id') {
    const ofKind = kind === 'device' ? sql` and kind = ${deviceKind}` : sql``;
    return {
      from: sql`${sql.table(tables[kind])} where tenant_id = ${tenantId}${ofKind}`,
      key: sql`id`,
      id: sql`id`,
    };
  }
  if (name === 'signinactivity') {
    const column = sql.ref(activities[part as keyof typeof activities]);
    return {
      from: sql`sign_in_activity where tenant_id = ${tenantId}`,
      key: column,
      id: sql`user_id`,
      isTime: true,
    };
  }
  return {
    from: sql`directory_index where tenant_id = ${tenantId} and property = ${property}`,
    key: sql`value_key`,
    id: sql`object_id`,
  };
}

/** The next rows of a range, by an index and never by offset. `skip` rows of the index are passed over first. */
export async function pageOfRange(
  { database, tenantId }: TenantDatabase,
  kind: IndexedKind,
  range: IndexRange,
  bounds: Bounds,
): Promise<readonly KeyedId[]> {
  const place = placeOf(tenantId, kind, range.property);
  const { key, id, isTime } = place;
  const rest = restOfRange(place, range, bounds);
  const { rows } = await sql<{ key: string | number; id: string }>`select ${key} as key, ${id} as id ${rest}`.execute(
    database,
  );
  return rows.map((row) => ({ key: isTime ? new Date(Number(row.key)).toISOString() : String(row.key), id: row.id }));
}

/** How many of the next rows of a range there are, at most `top`. */
export async function countOfRange(
  { database, tenantId }: TenantDatabase,
  kind: IndexedKind,
  range: IndexRange,
  bounds: Bounds,
): Promise<number> {
  const rest = restOfRange(placeOf(tenantId, kind, range.property), range, bounds);
  const { rows } = await sql<{ count: number | string }>`
    select count(*) as count from (select 1 ${rest}) as counted`.execute(database);
  return Number(rows[0]!.count);
}

/** The part of a statement that says which rows follow, in which order, and how many of them. */
function restOfRange({ from, key, id, isTime }: Place, range: IndexRange, { after, top, skip = 0 }: Bounds) {
  const bound = (text: string) => (isTime ? millisecondsOf(text) : text);
  const isDown = range.isDescending === true;
  const [low, high] = [bound(range.from), bound(range.until)];
  const isKeyId = range.property.endsWith('/id');
  const beyond = sql.raw(isDown ? '<' : '>');
  const mark = !after
    ? sql``
    : isKeyId
      ? sql` and ${id} ${beyond} ${after.id}`
      : sql` and (${key}, ${id}) ${beyond} (${bound(after.key)}, ${after.id})`;
  // The mark is a bound of the index already; a second one at the same end would only be compared.
  const start = after && !isDown ? sql`` : sql` and ${key} >= ${low}`;
  const end = after && isDown ? sql`` : sql` and ${key} <= ${high}`;
  const direction = sql.raw(isDown ? 'desc' : 'asc');
  const order = isKeyId ? sql`${id} ${direction}` : sql`${key} ${direction}, ${id} ${direction}`;
  return sql`from ${from}${start}${end}${mark} order by ${order} limit ${top} offset ${skip}`;
}

/** Texts beyond every time are the ends of an open range. */
function millisecondsOf(text: string): number {
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? (text === '' ? 0 : Number.MAX_SAFE_INTEGER) : milliseconds;
}
