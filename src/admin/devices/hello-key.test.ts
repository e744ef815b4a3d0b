import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { UserKey } from '#model/device.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { addHelloKey } from './hello-key.ts';

describe('a Windows Hello key is registered', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
  });
  afterEach(() => woodgrove.end());
  const keyOf = (change: Partial<UserKey> = {}): UserKey => ({
    ...{ keyId: 'k', userId: 'ana', deviceId: 'laptop', publicKey: Uint8Array.of(1) },
    createdDateTime: woodgrove.clock.at,
    ...change,
  });
  const add = (change?: Partial<UserKey>) => addHelloKey(keyOf(change), woodgrove.ports);

  test('with its audit row; the same key again changes nothing', async () => {
    assert.deepEqual([await add(), await add()], [true, true]);
    assert.equal((await woodgrove.ports.devices.registrations.userKeysOf('ana')).length, 1);
    const rows = await woodgrove.ports.audits.list({ top: 9 });
    assert.deepEqual(
      rows.map(({ activity, newValue }) => [activity, newValue]),
      [['Add Windows Hello for Business credential', { keyId: 'k', deviceId: 'laptop' }]],
    );
  });

  for (const change of [{ userId: 'ben' }, { deviceId: 'tablet' }])
    test(`not the key of another: ${JSON.stringify(change)}`, async () => {
      await add();
      assert.equal(await add(change), false);
      assert.equal((await woodgrove.ports.devices.registrations.findUserKey('k'))?.userId, 'ana');
    });

  test('a user has a hundred at most, and other users have theirs', async () => {
    for (let count = 0; count < 100; count++) assert.equal(await add({ keyId: `k${count}` }), true);
    assert.equal(await add({ keyId: 'more' }), false);
    assert.equal(await add({ keyId: 'more', userId: 'ben' }), true);
  });
});
