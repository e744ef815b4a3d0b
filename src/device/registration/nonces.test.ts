import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRequestNonce, makeRequestNonce } from '#core/device/request-nonce.ts';
import { openRegistrationNonces } from './nonces.ts';

const key = new Uint8Array(32);
const nonces = openRegistrationNonces(key);
const at = new Date('2026-11-21T12:00:00Z');

/** What is wrong with each kind of nonce that a node made so many seconds before another node reads it. */
function problemsAfter(seconds: number): readonly (string | undefined)[] {
  const made = new Date(at.getTime() - seconds * 1000);
  const ruling = checkRequestNonce(makeRequestNonce(key, made), key, at);
  const { problem } = ruling.because.evidence as { problem?: string };
  return [problem, nonces.problemOf(nonces.issue('a', made), 'a', at)];
}

for (const [seconds, problem] of [
  [0, undefined],
  [600, undefined],
  [601, 'it is older than 600 seconds'],
  [-60, undefined],
  [-61, 'its time is in the future'],
] as const)
  test(`a nonce of ${seconds} seconds ago, for a request or a registration: ${problem ?? 'accepted'}`, () =>
    assert.deepEqual(problemsAfter(seconds), [problem, problem]));

test('a nonce of another tenant, of another key, or with a changed character is not one of this service', () => {
  const nonce = nonces.issue('a', at);
  const problem = 'it is not one of this service';
  assert.equal(nonces.problemOf(nonce, 'b', at), problem);
  assert.equal(openRegistrationNonces(new Uint8Array(32).fill(1)).problemOf(nonce, 'a', at), problem);
  assert.equal(nonces.problemOf(`${nonce.startsWith('A') ? 'B' : 'A'}${nonce.slice(1)}`, 'a', at), problem);
  assert.equal(nonces.problemOf('', 'a', at), problem);
});
