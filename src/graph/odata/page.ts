import { compareTexts, type Item, matches, valueAt } from './evaluate.ts';
import type { Order, Query } from './query.ts';
import { isFound } from './search.ts';
import type { PageMark } from './skip-token.ts';

/** One page of a collection. */
export interface Page {
  readonly items: readonly Item[];
  /** Undefined on the last page. */
  readonly next: PageMark['after'] | undefined;
  readonly count: number;
}
type Part = PageMark['after'][number];

/**
 * Filters, searches, sorts and cuts objects held in memory. The order is total, with the id last, so that a page begins
 * where the one before ended even when objects came or went in between.
 */
export function pageOf(
  items: readonly Item[],
  query: Query,
  options: { readonly size: number; readonly after: PageMark['after'] | undefined; readonly order?: readonly Order[] },
): Page {
  const order = query.orderby.length > 0 ? query.orderby : (options.order ?? []);
  const chosen = items.filter((item) => isWanted(item, query));
  const keyed = chosen.map((item) => ({ item, key: keyOf(item, order) }));
  keyed.sort((one, other) => compareKeys(one.key, other.key, order));
  const rest = options.after ? keyed.filter(({ key }) => compareKeys(key, options.after!, order) > 0) : keyed;
  const from = options.after ? 0 : (query.skip ?? 0);
  const page = rest.slice(from, from + options.size);
  const more = rest.length > from + options.size;
  return { items: page.map(({ item }) => item), next: more ? page.at(-1)!.key : undefined, count: chosen.length };
}

/** Does the object pass the filter and the search? */
export function isWanted(item: Item, { filter, search }: Query): boolean {
  return (!filter || matches(filter, item)) && (!search || isFound(search, item));
}

function keyOf(item: Item, order: readonly Order[]): readonly Part[] {
  const parts = order.map(({ property }) => partOf(valueAt(item, property.split('/'))));
  return [...parts, partOf(item.id)];
}

const partOf = (value: unknown): Part =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;

function compareKeys(one: readonly Part[], other: readonly Part[], order: readonly Order[]): number {
  for (let i = 0; i < one.length; i++) {
    const compared = compareParts(one[i]!, other[i] ?? null);
    if (compared !== 0) return order[i]?.descending ? -compared : compared;
  }
  return 0;
}

/** Nothing comes before something, as OData wants (Part 1 §11.2.5.2). */
function compareParts(one: Part, other: Part): number {
  if (one === other) return 0;
  if (one === null) return -1;
  if (other === null) return 1;
  if (typeof one === 'string' && typeof other === 'string') return compareTexts(one, other) || (one < other ? -1 : 1);
  return one < other ? -1 : 1;
}
