import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SyncCursor, SyncRun } from '#model/synchronisation.ts';
import { openTenant } from '#test/contract/one-tenant.ts';
import { rememberRun } from './remember-run.ts';

test('the cursor and the last success move with a run that wrote everything, and stay with another one', async (t) => {
  const { ports, clock, end } = await openTenant();
  t.after(end);
  const runOf = (minutes: number) =>
    ({ endedDateTime: new Date(clock.at.getTime() + minutes * 60_000).toISOString() }) as unknown as SyncRun;
  const [first, second] = [runOf(0), runOf(5)];
  const cursor = { highestCommittedUsn: '7' } as unknown as SyncCursor;
  await rememberRun(ports, 'corp.test', first, cursor);
  await rememberRun(ports, 'corp.test', second, undefined);
  const state = await ports.synchronisation.state('corp.test');
  assert.deepEqual([state?.cursor, state?.lastSuccessDateTime, state?.lastRun], [cursor, first.endedDateTime, second]);
});
