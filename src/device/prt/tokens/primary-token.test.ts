import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { openSealing } from '#keys/sealing.ts';
import { keysOf, openPrimaryToken, type PrimaryToken, passwordStamp, sealPrimaryToken } from './primary-token.ts';

const sealingOf = () => openSealing('unused', randomBytes(32).toString('base64url'));
const sealing = sealingOf();
const [tenantId, otherTenant] = [crypto.randomUUID(), crypto.randomUUID()];
const token: PrimaryToken = {
  ...{ id: 'id', userId: 'ana', deviceId: 'laptop', deviceKeys: 'keys', sessionKey: 'secret', sessionKeyAt: 1 },
  ...{ credential: 'certificate', expires: 2, isVersion2: true },
};

test('a token is read by the tenant and the installation that sealed it, and by no other', () => {
  const text = sealPrimaryToken(token, tenantId, sealing);
  assert.deepEqual(openPrimaryToken(text, tenantId, sealing), token);
  assert.equal(openPrimaryToken(text, otherTenant, sealing), undefined);
  assert.equal(openPrimaryToken(text, tenantId, sealingOf()), undefined);
});

test('the tenant that a token names cannot be exchanged: it is part of the seal', () => {
  const text = sealPrimaryToken(token, tenantId, sealing);
  const [version, , sealed] = text.split('.');
  const [, tag] = sealPrimaryToken(token, otherTenant, sealing).split('.');
  const exchanged = [version, tag, sealed].join('.');
  for (const tenant of [tenantId, otherTenant]) assert.equal(openPrimaryToken(exchanged, tenant, sealing), undefined);
});

test('nothing of the session key and the user can be read from it', () => {
  const text = sealPrimaryToken(token, tenantId, sealing);
  for (const part of text.split('.'))
    assert.ok(!/secret|ana|laptop/.test(Buffer.from(part, 'base64url').toString('latin1')));
});

for (const text of [undefined, 7, '', 'x', 'a.b.c'])
  test(`${JSON.stringify(text) ?? 'nothing'} is not a token`, () =>
    assert.equal(openPrimaryToken(text, tenantId, sealing), undefined));

test('another key of the device, or another transport key, is noticed (PRT-7)', () => {
  const [a, b] = [Uint8Array.of(1), Uint8Array.of(2)];
  const all = [keysOf(a, { transportKey: a }), keysOf(b, { transportKey: a }), keysOf(a, { transportKey: b })];
  assert.equal(new Set(all).size, 3);
  assert.equal(keysOf(a, { transportKey: b }), all[2]);
});

test('a change of the password is noticed, and the hash itself is not in the token', () => {
  assert.notEqual(passwordStamp('hash 1'), passwordStamp('hash 2'));
  assert.notEqual(passwordStamp(undefined), passwordStamp('hash 1'));
  assert.ok(!passwordStamp('hash 1').includes('hash'));
});
