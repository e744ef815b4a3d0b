import { setImmediate } from 'node:timers/promises';
import { type IndexedKind, indexedProperties } from '#core/directory/index-keys.ts';
import type {
  DirectoryLists,
  IndexRange,
  ListedObject,
  ListMark,
  ListSlice,
  SliceOptions,
} from '#ports/directory/lists.ts';
import type { TenantDatabase } from '../../database/schema.ts';
import { changesAfter, directoryVersion } from './changes.ts';
import { membersOf, nestedGroups } from './group-lists.ts';
import { countOfRange, type KeyedId, pageOfRange } from './index-pages.ts';
import { type IndexedObject, rowsOf } from './index-values.ts';
import { objectsById, textsById } from './objects-by-id.ts';

/** Rows of an index that one statement counts: a millisecond or two. */
const countedAtOnce = 10_000;

/** Ids that one statement answers: two milliseconds. */
const idsAtOnce = 1_000;

/** The lists of one tenant's directory. */
export function openDirectoryLists(store: TenantDatabase): DirectoryLists {
  const count = async (kind: IndexedKind, range: IndexRange = whole(kind)): Promise<number> => {
    let total = 0;
    for (let after: KeyedId | undefined; ; ) {
      const [last] = await pageOfRange(store, kind, range, { after, top: 1, skip: countedAtOnce - 1 });
      if (!last) return total + (await countOfRange(store, kind, range, { after, top: countedAtOnce }));
      total += countedAtOnce;
      after = last;
      await setImmediate(); // other requests have a turn
    }
  };
  return {
    read: (kind, ranges, options) => readSlice(store, kind, ranges, options),
    count,
    async ids(kind, ranges, most) {
      const ids = new Set<string>();
      for (const range of ranges)
        for (let after: KeyedId | undefined; ids.size < most; ) {
          const top = Math.min(idsAtOnce, most);
          const page = await pageOfRange(store, kind, range, { after, top });
          for (const { id } of page) ids.add(id);
          if (page.length < top) break;
          after = page.at(-1);
          await setImmediate(); // other requests have a turn
        }
      return [...ids].slice(0, most);
    },
    texts: (kind, ids, property) => textsById(store, { kind, ids, property }),
    async find(kind, ids) {
      const objects = await objectsById(store, kind, ids);
      return ids.flatMap((id) => objects.get(id) ?? []);
    },
    version: () => directoryVersion(store),
    changes: (kind, query) => changesAfter(store, kind, query),
    nestedGroups: (groupId) => nestedGroups(store, groupId),
    members: (groupIds, options) => membersOf(store, groupIds, options),
    async countMembers(groupId, kind) {
      let query = store.database.selectFrom('group_members').select(({ fn }) => fn.countAll().as('count'));
      query = query.where('tenant_id', '=', store.tenantId).where('group_id', '=', groupId);
      if (kind !== undefined) query = query.where('member_kind', '=', kind);
      return Number((await query.executeTakeFirstOrThrow()).count);
    },
  };
}

const whole = (kind: IndexedKind): IndexRange => ({ property: `${kind}/id`, from: '', until: '\u{10ffff}' });

async function readSlice<K extends IndexedKind>(
  store: TenantDatabase,
  kind: K,
  ranges: readonly IndexRange[],
  { top, after }: SliceOptions,
): Promise<ListSlice<ListedObject[K]>> {
  const rows: { mark: ListMark; object: ListedObject[K] }[] = [];
  let left = top;
  for (let range = after?.range ?? 0; range < ranges.length; range++) {
    const from = range === after?.range ? after : undefined;
    const page = await pageOfRange(store, kind, ranges[range]!, { after: from, top: left });
    const objects = await objectsById(store, kind, [...new Set(page.map(({ id }) => id))]);
    for (const { key, id } of page) {
      const object = objects.get(id);
      const mark = { range, key, id };
      if (object !== undefined && isFirst(itemOf(kind, id, object), ranges, mark)) rows.push({ mark, object });
    }
    left -= page.length;
    if (left <= 0) return { rows, next: { range, ...page.at(-1)! } };
  }
  return { rows, next: undefined };
}

const itemOf = (kind: IndexedKind, id: string, object: unknown): IndexedObject =>
  ({ kind, id, object: kind === 'device' ? (object as ListedObject['device']).document : object }) as IndexedObject;

/** An object has a row for each of its values; it is listed with the first of them that is in the ranges. */
function isFirst(item: IndexedObject, ranges: readonly IndexRange[], mark: ListMark): boolean {
  const { property } = ranges[mark.range]!;
  if (ranges.length === 1 && hasOneRow(item.kind, property)) return true;
  const rows = [...rowsOf(item), { property: `${item.kind}/id`, key: item.id }];
  const inRange = (range: IndexRange) =>
    rows.filter(({ property, key }) => property === range.property && isWithin(key, range)).map(({ key }) => key);
  if (ranges.slice(0, mark.range).some((range) => inRange(range).length > 0)) return false;
  return inRange(ranges[mark.range]!).sort(byOctets)[0] === mark.key;
}

/** Does every object have one row at most of the property? */
function hasOneRow(kind: IndexedKind, property: string): boolean {
  const name = property.slice(kind.length + 1);
  return !name.endsWith('~') && !indexedProperties[kind][name]?.isList;
}

/** The order of the databases: by the octets of UTF-8. */
const byOctets = (key: string, second: string): number => Buffer.compare(Buffer.from(key), Buffer.from(second));
const isWithin = (key: string, { from, until }: IndexRange): boolean =>
  byOctets(key, from) >= 0 && byOctets(key, until) <= 0;
