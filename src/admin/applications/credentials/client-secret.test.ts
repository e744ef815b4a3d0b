import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newClientSecret } from './client-secret.ts';

test('of 2,000 client secrets none begins like an option of a command line, and none is there twice', () => {
  const secrets = Array.from({ length: 2000 }, newClientSecret);
  assert.deepEqual(
    secrets.filter((secret) => !/^[A-Za-z0-9_][A-Za-z0-9_-]{39}$/.test(secret)),
    [],
  );
  assert.equal(new Set(secrets).size, secrets.length);
});
