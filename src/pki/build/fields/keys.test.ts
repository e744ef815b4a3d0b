import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { generateKey, publicKeyInfo } from './keys.ts';

test('the octets of a public key are the same each time, and a change of them stays with the caller', () => {
  const key = generateKey('P-256');
  const octets = new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' }));
  publicKeyInfo(key).fill(0);
  assert.deepEqual(publicKeyInfo(key), octets);
  publicKeyInfo(key).fill(0);
  assert.deepEqual(publicKeyInfo(key), octets);
});
