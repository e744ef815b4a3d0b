import { type IndexedKind, indexedProperties } from '#core/directory/index-keys.ts';
import type { IndexRange, ListedObject } from '#ports/directory/lists.ts';
import type { Item } from '../odata/evaluate.ts';
import type { Filter } from '../odata/filter.ts';
import { everything, orderedBy, type Plan, type PlanOptions, planOf } from '../odata/plan.ts';
import type { GraphResource } from '../protocol/answers.ts';
import type { Call } from '../protocol/call.ts';
import type { DirectoryList, Reader } from './directory-page.ts';

/** How a kind of object is kindOfList. */
export interface ListedKind<K extends IndexedKind> extends PlanOptions {
  readonly kind: K;
  readonly view: GraphResource;
  /** The objects as the caller may see them, in the same order; `undefined` is not in the list. */
  items(objects: readonly ListedObject[K][]): Promise<readonly (Item | undefined)[]>;
  /** Whether the list leaves objects of the kind out, so that they cannot be counted by the index. */
  readonly isPartial?: true;
}

/** A list of one kind of object of the directory, with what the query lets an index find. */
export function directoryList<K extends IndexedKind>(call: Call, kindOfList: ListedKind<K>): DirectoryList {
  const { kind, view } = kindOfList;
  const { filter, search } = call.query;
  const plan = planOf(kindOfList, filter, search);
  const readerOf = (ranges: readonly IndexRange[]): Reader => readRanges(call, kindOfList, ranges);
  const isUnion = plan?.isUnion === true && kindOfList.isPartial !== true;
  let idsRead: Promise<readonly string[]> | undefined;
  /** Ids of everything that the query is true of, looked up once; cut where there are more than `mostIds`. */
  const idsOf = () => {
    idsRead ??= call.ports.lists.ids(kind, plan!.ranges, mostIds);
    return idsRead;
  };
  const only = plan?.ranges.length === 1 ? plan.ranges[0] : undefined;
  return {
    view,
    reader: readerOf(plan?.ranges ?? [everything(kind)]),
    isNarrow: plan !== undefined,
    isExact: plan?.isExact === true && !kindOfList.isPartial,
    ordered({ property, descending }) {
      const [name = property, ...furtherNames] = kindOfList.aliases?.[property.toLowerCase()] ?? [];
      const hasIndex = !kindOfList.isPartial && furtherNames.length === 0;
      const whole = hasIndex ? orderedBy(kind, name, descending) : undefined;
      if (!whole) return undefined;
      return readerOf([only?.property === whole.property ? { ...only, isDescending: descending } : whole]);
    },
    async brief(property) {
      const ids = isUnion ? await idsOf() : undefined;
      if (ids && ids.length > mostSorted) return 'tooMany';
      if (!ids || kindOfList.aliases?.[property.toLowerCase()]) return undefined;
      const texts = await call.ports.lists.texts(kind, ids, property);
      return texts && [...texts].map(([id, text]) => ({ id, [property]: text }));
    },
    async find(ids) {
      const items = await kindOfList.items(await call.ports.lists.find(kind, ids));
      return items.filter((item) => item !== undefined);
    },
    async count(isExactWanted) {
      if (kindOfList.isPartial) return undefined;
      const count = await countBy(call, kindOfList, plan);
      if (count !== undefined || !isUnion || isExactWanted) return count === undefined ? undefined : { count };
      const { length } = await idsOf();
      return { count: length, isCeiling: length === mostIds };
    },
  };
}

/** Objects that a search is counted up to, and that are put in order by themselves. */
const [mostIds, mostSorted] = [10_000, 5000];

function readRanges<K extends IndexedKind>(
  call: Call,
  kindOfList: ListedKind<K>,
  ranges: readonly IndexRange[],
): Reader {
  return {
    async read(options) {
      const { rows, next } = await call.ports.lists.read(kindOfList.kind, ranges, options);
      const items = await kindOfList.items(rows.map(({ object }) => object));
      return {
        rows: rows.flatMap(({ mark }, i) => (items[i] === undefined ? [] : [{ mark, item: items[i] }])),
        next,
      };
    },
  };
}

/** What an index counts: everything, one range, or everything but one range. */
async function countBy(call: Call, kindOfList: PlanOptions, plan: Plan | undefined): Promise<number | undefined> {
  const { lists } = call.ports;
  const { kind } = kindOfList;
  const { filter, search } = call.query;
  if (!filter && !search) return lists.count(kind);
  if (plan) return plan.isExact ? lists.count(kind, plan.ranges[0]) : undefined;
  if (search || !filter) return undefined;
  const rest = complementOf(kind, filter);
  const restPlan = rest && planOf(kindOfList, rest, undefined);
  return restPlan?.isExact ? (await lists.count(kind)) - (await lists.count(kind, restPlan.ranges[0])) : undefined;
}

/** A filter that is true of exactly the objects that this one is not true of, where an index may know that one. */
function complementOf(kind: IndexedKind, filter: Filter): Filter | undefined {
  if (filter.kind === 'not') return filter.of;
  if (filter.kind !== 'compare') return undefined;
  if (filter.operator === 'ne') return { ...filter, operator: 'eq' };
  const property = indexedProperties[kind][filter.path.join('/').toLowerCase()];
  const isUsual = filter.value.kind === 'boolean' && property?.usual === String(filter.value.boolean);
  return filter.operator === 'eq' && isUsual ? { ...filter, operator: 'ne' } : undefined;
}
