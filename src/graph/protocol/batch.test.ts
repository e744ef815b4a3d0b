import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerBatch } from './batch.ts';
import type { GraphRequest } from './call.ts';

test('a part that fails with a fault fails the batch, and leaves no rejection that nothing waits for', async () => {
  const unhandled: unknown[] = [];
  const note = (problem: unknown) => void unhandled.push(problem);
  process.on('unhandledRejection', note);
  const requests = ['1', '2', '3'].map((id, i) => ({
    ...{ id, method: 'GET', url: `/users/${id}` },
    ...(i > 0 ? { dependsOn: ['1'] } : {}),
  }));
  const request = {
    ...{ method: 'POST', origin: 'https://login.test', pathname: '/v1.0/$batch', search: '' },
    header: (name: string) => (name === 'content-type' ? 'application/json' : undefined),
    body: JSON.stringify({ requests }),
  } as unknown as GraphRequest;
  const fault = new Error('the database is gone');
  await assert.rejects(
    answerBatch(request, 'v1.0', () => Promise.reject(fault)),
    fault,
  );
  await new Promise(setImmediate);
  process.off('unhandledRejection', note);
  assert.deepEqual(unhandled, []);
});
