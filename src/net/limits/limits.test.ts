import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clientAddress, SourceBuckets, SourceCounts, sourceOf } from './limits.ts';

describe('sourceOf', () => {
  for (const [address, source] of [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', 'unknown'],
    ['no address', 'unknown'],
  ] as const) {
    test(`${address} is the source ${source}`, () => assert.equal(sourceOf(address), source));
  }
  test('no connection is the common source', () => assert.equal(sourceOf(undefined), 'unknown'));
});

describe('SourceBuckets', () => {
  test('a source that used its tokens waits; another does not', () => {
    const buckets = new SourceBuckets(10);
    for (let i = 0; i < 10; i++) assert.equal(buckets.take('a', 0), undefined);
    assert.equal(buckets.take('a', 0), 1);
    assert.equal(buckets.take('b', 0), undefined);
    assert.equal(buckets.take('a', 1000), undefined);
  });
  test('the table of sources is bounded', () => {
    const buckets = new SourceBuckets(10, 100);
    for (let i = 0; i < 1000; i++) buckets.take(`source ${i}`, i);
    assert.equal(buckets.size, 100);
  });
});

test('SourceCounts refuses beyond the limit and forgets a source that left', () => {
  const counts = new SourceCounts(2);
  assert.deepEqual(
    [counts.enter('a'), counts.enter('a'), counts.enter('a'), counts.enter('b')],
    [true, true, false, true],
  );
  counts.leave('a');
  assert.equal(counts.enter('a'), true);
});

describe('clientAddress', () => {
  const trustedItems = { proxies: new Set(['10.0.0.1', '10.0.0.2']), header: 'x-forwarded-for' };
  const of = (connection: string, value?: string) =>
    clientAddress(connection, { 'x-forwarded-for': value }, trustedItems);
  test('a stranger is not believed', () => assert.equal(of('192.0.2.1', '203.0.113.9'), '192.0.2.1'));
  test('without a setting no header is believed', () =>
    assert.equal(clientAddress('10.0.0.1', { 'x-forwarded-for': '203.0.113.9' }), '10.0.0.1'));
  test('a proxy names the client', () => assert.equal(of('::ffff:10.0.0.1', '203.0.113.9'), '203.0.113.9'));
  test('what the client wrote itself is passed over', () =>
    assert.equal(of('10.0.0.1', '198.51.100.1, 203.0.113.9, 10.0.0.2'), '203.0.113.9'));
  test('a value that is not an address leaves the proxy', () => assert.equal(of('10.0.0.1', 'unknown'), '10.0.0.1'));
  test('a missing header leaves the proxy', () => assert.equal(of('10.0.0.1'), '10.0.0.1'));
  test('IPv6 in brackets', () => assert.equal(of('10.0.0.1', '[2001:db8::1]'), '2001:db8::1'));
  test('every spelling of an address is the one of the log', () => {
    assert.equal(of('10.0.0.1', '2001:DB8:0::1'), '2001:db8::1');
    assert.equal(of('10.0.0.1', '203.0.113.9, ::ffff:a00:2'), '203.0.113.9', 'a trusted proxy');
  });
  test('a value that is not an address does not lead to the ones before it', () =>
    assert.equal(of('10.0.0.1', '203.0.113.9, unknown'), '10.0.0.1'));
});
