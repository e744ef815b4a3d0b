import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeLoginHint, readLoginHint } from './login-hint.ts';

const user = { userId: '9d53c6fa-b38e-4509-8fb1-51dedb421aac', tenantId: '11111111-2222-4333-8444-555555555555' };

test('a login hint is read back, and has no character that an address changes', () => {
  const hint = makeLoginHint(user);
  assert.deepEqual(readLoginHint(hint), user);
  assert.equal(encodeURIComponent(hint), hint);
  assert.doesNotMatch(hint, /@/);
});

test('every other text names no user by its id', () => {
  for (const text of [
    '',
    null,
    undefined,
    'ana@woodgrove.test',
    'O.',
    'O.AAAA',
    `O.${'A'.repeat(500)}`,
    `O.${btoa('[1,2]')}`,
    `O.${btoa('["a","b"]')}`,
  ])
    assert.equal(readLoginHint(text), undefined, String(text));
});
