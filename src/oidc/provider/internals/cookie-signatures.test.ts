import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { CookieSignatures } from './cookie-signatures.ts';

interface Signatures {
  sign(data: string): string;
  index(data: string, signature: string): number;
  verify(data: string, signature: string): boolean;
}
/** What signs cookies where the provider is given keys alone; nodes of the version before do so. */
const Keygrip = createRequire(createRequire(import.meta.url).resolve('oidc-provider'))('keygrip') as new (
  keys: readonly string[],
) => Signatures;

const keys = ['the key of today', 'öäü, the key of yesterday'];
const data = '__Secure-cardea-interaction=N0tAGue5s-_';

test('cookies are signed as Keygrip signs them', () => {
  const [ours, theirs] = [new CookieSignatures(keys), new Keygrip(keys)];
  assert.equal(ours.sign(data), theirs.sign(data));
  assert.equal(theirs.index(data, ours.sign(data)), 0);
});

const old = new Keygrip([keys[1]!]).sign(data);
const cases: readonly (readonly [name: string, data: string, signature: string, index: number])[] = [
  ['the first key', data, new Keygrip(keys).sign(data), 0],
  ['a key that still verifies', data, old, 1],
  ['a key that is not known', data, new Keygrip(['another']).sign(data), -1],
  ['other data', `${data}x`, old, -1],
  ['a part of a signature', data, old.slice(0, -1), -1],
  ['nothing', data, '', -1],
  ['a text of as many characters and more octets', data, 'é'.repeat(old.length), -1],
];
for (const [name, text, signature, index] of cases)
  test(`a signature of ${name} is found at ${index}`, () => {
    const ours = new CookieSignatures(keys);
    assert.equal(ours.index(text, signature), index);
    assert.equal(ours.verify(text, signature), index >= 0);
  });
