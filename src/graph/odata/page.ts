import { compareTexts, type Item, matches, valueAt } from './evaluate.ts';
import type { Order, Query } from './query.ts';
import { isMatch } from './search.ts';
import type { PageMark } from './skip-token.ts';

/** One page of a collection. */
export interface Page {
  readonly items: readonly Item[];
  /** Undefined on the last page. */
  readonly next: PageMark['after'] | undefined;
  readonly count: number;
}
interface PageOptions {
  readonly size: number;
  readonly after: PageMark['after'] | undefined;
  /** The order where the query names none, and among objects that are equal in the order of the query. */
  readonly order?: readonly Order[];
  /** The objects keep the order that they came in, not that of their ids. */
  readonly isInOrder?: boolean;
}
type Part = PageMark['after'][number];

/**
 * Filters, searches, sorts and cuts objects held in memory. The order is total, with the id last, so that a page begins
 * where the one before ended even when objects came or went in between.
 */
export function pageOf(items: readonly Item[], query: Query, options: PageOptions): Page {
  const order = [...query.orderby, ...(options.order ?? [])];
  const choice = items.filter((item) => isWanted(item, query));
  const byKey = choice.map((item, position) => ({
    item,
    key: keyOf(item, order, options.isInOrder ? position : (item.id ?? position)),
  }));
  byKey.sort((item, second) => compareKeys(item.key, second.key, order));
  const rest = options.after ? byKey.filter(({ key }) => compareKeys(key, options.after!, order) > 0) : byKey;
  const from = options.after ? 0 : (query.skip ?? 0);
  const page = rest.slice(from, from + options.size);
  const more = rest.length > from + options.size;
  return { items: page.map(({ item }) => item), next: more ? page.at(-1)!.key : undefined, count: choice.length };
}

/** Does the object pass the filter and the search? */
export function isWanted(item: Item, { filter, search }: Query): boolean {
  return (!filter || matches(filter, item)) && (!search || isMatch(search, item));
}

function keyOf(item: Item, order: readonly Order[], last: unknown): readonly Part[] {
  const parts = order.map(({ property }) => partOf(valueAt(item, property.split('/'))));
  return [...parts, partOf(last)];
}

const partOf = (value: unknown): Part =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;

function compareKeys(parts: readonly Part[], second: readonly Part[], order: readonly Order[]): number {
  for (let i = 0; i < parts.length; i++) {
    const comparison = compareParts(parts[i]!, second[i] ?? null);
    if (comparison !== 0) return order[i]?.descending ? -comparison : comparison;
  }
  return 0;
}

/** Nothing comes before something, as OData wants (Part 1 §11.2.5.2). */
function compareParts(part: Part, second: Part): number {
  if (part === second) return 0;
  if (part === null) return -1;
  if (second === null) return 1;
  if (typeof part === 'string' && typeof second === 'string')
    return compareTexts(part, second) || (part < second ? -1 : 1);
  return part < second ? -1 : 1;
}
