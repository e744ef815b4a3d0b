import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RefusalLine, RefusalLines } from './refusal-lines.ts';

const minute = 60_000;

test('1,000 refusals of one source in a minute are two lines: the first, and the rest with its count', () => {
  const written: RefusalLine[] = [];
  const lines = new RefusalLines((line) => written.push(line));
  for (let i = 0; i < 1000; i++) lines.note('203.0.113.9', i === 0 ? 'no ClientHello' : 'too many connections', i);
  lines.flush(minute);
  assert.deepEqual(written, [
    { source: '203.0.113.9', problem: 'no ClientHello', count: 1 },
    { source: '203.0.113.9', problem: 'too many connections', count: 999 },
  ]);
});

test('another source has its own line at once, and addresses of one /64 are one source', () => {
  const written: RefusalLine[] = [];
  const lines = new RefusalLines((line) => written.push(line));
  for (const address of ['203.0.113.9', '203.0.113.10', '2001:db8::1', '2001:db8::2', '::ffff:203.0.113.9'])
    lines.note(address, 'x', 0);
  assert.deepEqual(
    written.map(({ source }) => source),
    ['203.0.113.9', '203.0.113.10', '2001:db8:0:0::/64'],
  );
});

test('a source that comes again after its minute has a line again, and the count before it', () => {
  const written: RefusalLine[] = [];
  const lines = new RefusalLines((line) => written.push(line));
  for (const now of [0, 1, 2, minute]) lines.note('203.0.113.9', 'x', now);
  assert.deepEqual(
    written.map(({ count }) => count),
    [1, 2, 1],
  );
});

test('refusals of 100,000 sources in one minute are a bounded number of lines', () => {
  const written: RefusalLine[] = [];
  const lines = new RefusalLines((line) => written.push(line));
  for (let i = 0; i < 100_000; i++) lines.note(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 'x', 0);
  lines.flush(minute);
  assert.equal(written.length, 1002);
  assert.equal(
    written.reduce((sum, { count }) => sum + count, 0),
    100_000,
  );
});
