import { LRUCache } from 'lru-cache';

export type BoundedCache<Value extends object | string | number> = LRUCache<string, Value>;

/**
 * A cache of at most `most` entries, of which the one that was used longest ago is dropped first. It grows with its entries.
 * An `LRUCache` with `max` makes room for all of them when it is made: 1.2 ms of processor time for 20,000, and a store makes
 * several caches for every transaction.
 *
 * @param ttl milliseconds after which an entry counts as absent; without it, entries do not age
 */
export function boundedCache<Value extends object | string | number>(
  most: number,
  { ttl }: { readonly ttl?: number } = {},
): BoundedCache<Value> {
  return new LRUCache({ maxSize: most, sizeCalculation: () => 1, ...(ttl === undefined ? {} : { ttl }) });
}
