import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from '../odata/query.ts';
import type { Call } from '../protocol/call.ts';
import { type DirectoryList, directoryCount } from './directory-page.ts';

test('a walk reads fifty rows at a time, and other requests have a turn between two slices', async () => {
  const slices: number[] = [];
  let turns = 0;
  const list = {
    view: { type: 'user', set: 'users' },
    count: async () => undefined,
    reader: {
      async read({ top }: { readonly top: number }) {
        assert.equal(turns, slices.length, 'what another request left to do was not done before the next slice');
        setImmediate(() => turns++);
        slices.push(top);
        return { rows: [], next: slices.length < 5 ? { range: 0, key: '', id: '' } : undefined };
      },
    },
  } as unknown as DirectoryList;
  const call = { query: parseQuery(''), strict: false, request: { header: () => 'eventual' } } as unknown as Call;
  await directoryCount(call, list);
  assert.deepEqual(slices, [50, 50, 50, 50, 50]);
});
