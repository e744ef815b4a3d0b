import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWithPassphrase, sealWithPassphrase } from './passphrase.ts';
import { openBytes, partsOf, sealBytes } from './sealed-bytes.ts';
import { openSealing } from './sealing.ts';

const secret = Buffer.alloc(32, 5);
/** Made by version 0.2.0. */
const sealedBefore = 'hzU7e9b7oqZwXhPuMk3fMOnkZiTC__BkQff5E70t9l8fgGJ8';
const withPassphraseBefore = {
  kdf: 'scrypt',
  N: 131072,
  r: 8,
  p: 1,
  salt: 'zmuLehwdS9eDUWT8ItIpWg',
  iv: '5wdWbIt7sjfAXBf8',
  text: '-hQpezBGsH0',
  tag: 'OZeqoIHy5hAm7ykCxDSyag',
} as const;

test('what an earlier version sealed opens: the vector, the text, the tag', () => {
  const sealing = openSealing('/nowhere', secret.toString('base64url'));
  assert.equal(sealing.open(sealedBefore, 'a label'), 'the text');
  assert.equal(openBytes(secret, Buffer.from(sealedBefore, 'base64url'), 'a label')?.toString(), 'the text');
});

test('what an earlier version sealed with a passphrase opens', async () => {
  const octets = await openWithPassphrase(withPassphraseBefore, 'a passphrase', 'a label');
  assert.equal(Buffer.from(octets!).toString(), 'the text');
});

for (const [name, envelope] of [
  ['nothing', Buffer.alloc(0)],
  ['a vector alone', Buffer.alloc(12)],
  ['a tag cut short', sealBytes(secret, Buffer.from('x'), 'a label').subarray(0, -1)],
] as const)
  test(`${name} does not open`, () => assert.equal(openBytes(secret, envelope, 'a label'), undefined));

test('an empty text is sealed, too', async () => {
  const envelope = sealBytes(secret, Buffer.alloc(0), '');
  assert.deepEqual([envelope.length, partsOf(envelope).text.length], [28, 0]);
  assert.equal(openBytes(secret, envelope, '')?.length, 0);
  const withPassphrase = await sealWithPassphrase(Buffer.alloc(0), 'p', '');
  assert.equal((await openWithPassphrase(withPassphrase, 'p', ''))?.length, 0);
});
