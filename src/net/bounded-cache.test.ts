import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boundedCache } from './bounded-cache.ts';

describe('a bounded cache', () => {
  test('has at most its number of entries, and drops the one that was used longest ago', () => {
    const cache = boundedCache<number>(2);
    cache.set('a', 1).set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c'), cache.size], [1, undefined, 3, 2]);
  });

  test('takes no memory for entries that it does not have', () => {
    const before = process.memoryUsage().arrayBuffers;
    const caches = Array.from({ length: 20 }, () => boundedCache<number>(1_000_000));
    assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000, `${caches.length} empty caches take memory`);
  });

  test('forgets after its time', () => {
    const cache = boundedCache<string>(2, { ttl: 1 });
    cache.set('a', 'x', { start: performance.now() - 60_000 });
    assert.equal(cache.get('a'), undefined);
  });
});
