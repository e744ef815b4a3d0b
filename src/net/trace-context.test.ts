import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { openHttpClient } from './http-client.ts';
import { inSpan, readTraceparent, traceparentOf } from './trace-context.ts';

const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];

describe('the header traceparent', () => {
  const rows: readonly (readonly [string, string, boolean | undefined])[] = [
    ['a sampled request', `00-${traceId}-${spanId}-01`, true],
    ['a request that is not sampled', `00-${traceId}-${spanId}-00`, false],
    ['other flags', `00-${traceId}-${spanId}-03`, true],
    ['a later version with more fields', `01-${traceId}-${spanId}-01-more`, true],
    ['more fields than version 00 has', `00-${traceId}-${spanId}-01-more`, undefined],
    ['the version ff', `ff-${traceId}-${spanId}-01`, undefined],
    ['upper case', `00-${traceId.toUpperCase()}-${spanId}-01`, undefined],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${spanId}-01`, undefined],
    ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`, undefined],
    ['another text', 'none', undefined],
  ];
  for (const [name, header, isSampled] of rows)
    test(`of ${name} is ${isSampled === undefined ? 'ignored' : 'read'}`, () =>
      assert.deepEqual(readTraceparent(header), isSampled === undefined ? undefined : { traceId, spanId, isSampled }));
});

test('a request that belongs to a span carries it, and no other request does', async (t) => {
  const headers: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers.traceparent as string | undefined);
    response.end();
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const client = openHttpClient({ privateAddresses: 'allow' });
  const span = { traceId, spanId, isSampled: true };
  const signal = AbortSignal.timeout(60_000);
  (await inSpan(span, () => client.send(url, { signal }))).body.resume();
  (await client.send(url, { signal })).body.resume();
  assert.deepEqual(headers, [traceparentOf(span), undefined]);
});
