import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CardeaError } from '#core/trace/fault.ts';
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

const batchOf = (requests: readonly object[]) =>
  ({
    ...{ method: 'POST', origin: 'https://login.test', pathname: '/v1.0/$batch', search: '' },
    header: (name: string) => (name === 'content-type' ? 'application/json' : undefined),
    body: JSON.stringify({ requests }),
  }) as unknown as GraphRequest;
const get = (id: string, more: object = {}) => ({ id, method: 'GET', url: '/me', ...more });

for (const [name, requests, target] of [
  ['an id that is there twice', [get('1'), get('1')], 'requests/1/id'],
  ['a request that depends on a later one', [get('1', { dependsOn: ['2'] }), get('2')], 'requests/0/dependsOn'],
  ['a request that depends on itself', [get('1', { dependsOn: ['1'] })], 'requests/0/dependsOn'],
  ['a batch within a batch', [get('1'), get('2', { url: '/$BATCH' })], 'requests/1/url'],
  ['a method that Graph does not have', [get('1', { method: 'TRACE' })], 'requests/0/method'],
  ['no request', [], 'requests'],
  ['more than twenty requests', Array.from({ length: 21 }, (_, i) => get(`${i}`)), 'requests'],
] as const)
  test(`${name} is refused, and no request of the batch is answered`, () =>
    assert.rejects(
      answerBatch(batchOf(requests), 'v1.0', () => assert.fail('nothing may be answered')),
      ({ because }: CardeaError) => {
        assert.deepEqual(
          [because.code, (because.evidence as { target: string }).target],
          ['graphPropertyInvalid', target],
        );
        return true;
      },
    ));

for (const [status, expectation] of [
  [399, 200],
  [400, 424],
  [500, 424],
] as const)
  test(`what depends on a request with the status ${status} has the status ${expectation}`, async () => {
    const statuses = [status, 200, 200];
    const requests = [get('1'), get('2', { dependsOn: ['1'] }), get('3')];
    const answers = await answerBatch(batchOf(requests), 'v1.0', async () => ({ status: statuses.shift()! }));
    const { responses } = answers.body as { responses: { id: string; status: number }[] };
    assert.deepEqual(
      responses.toSorted((a, b) => a.id.localeCompare(b.id)).map((response) => response.status),
      [status, expectation, 200],
    );
  });
