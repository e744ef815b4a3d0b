import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceRegistration } from '#model/device.ts';
import { describeOnNodes } from '#test/contract/each-database.ts';

describeOnNodes('registrations of devices', ({ clock, nodes }) => {
  const tenant = (id: string = crypto.randomUUID()) => ({
    firstNode: nodes()[0].forTenant(id).devices,
    lastNode: nodes().at(-1)!.forTenant(id).devices,
  });

  const registration = (change: Partial<DeviceRegistration> = {}): DeviceRegistration => ({
    deviceId: crypto.randomUUID(),
    objectId: crypto.randomUUID(),
    certificate: Uint8Array.of(1, 2, 3),
    thumbprint: crypto.randomUUID(),
    transportKey: Uint8Array.of(4, 5),
    joinType: 0,
    authenticationMethods: ['rsa', 'mfa'],
    registeredDateTime: clock.now(),
    expiresDateTime: new Date(clock.now().getTime() + 1000),
    ...change,
  });

  test('a registration is found by device id and by thumbprint on another node, in its own tenant only', async () => {
    const { firstNode, lastNode } = tenant();
    const laptop = registration();
    await firstNode.registrations.save(laptop);
    assert.deepEqual(await lastNode.registrations.find(laptop.deviceId), laptop);
    assert.deepEqual(await lastNode.registrations.findByThumbprint(laptop.thumbprint), laptop);
    assert.equal(await tenant().firstNode.registrations.find(laptop.deviceId), undefined);
  });

  test('a renewed registration replaces the old one, whose certificate is no longer found', async () => {
    const { firstNode } = tenant();
    const laptop = registration();
    await firstNode.registrations.save(laptop);
    await firstNode.registrations.save({ ...laptop, thumbprint: 'new' });
    assert.equal(await firstNode.registrations.findByThumbprint(laptop.thumbprint), undefined);
    assert.equal((await firstNode.registrations.find(laptop.deviceId))?.thumbprint, 'new');
  });

  test('a removed registration takes its user keys and tokens with it', async () => {
    const { firstNode } = tenant();
    const laptop = registration();
    await firstNode.registrations.save(laptop);
    const { deviceId } = laptop;
    const key = { keyId: 'k', userId: 'ana', deviceId, publicKey: Uint8Array.of(1), createdDateTime: clock.now() };
    await firstNode.registrations.addUserKey(key);
    await firstNode.primaryRefreshTokens.add({
      ...{ id: 'a token', userId: 'ana', deviceId, credential: 'certificate', proofs: [] },
      ...{ issuedDateTime: clock.now(), expiresDateTime: new Date(clock.now().getTime() + 60_000) },
    });
    assert.deepEqual(await firstNode.registrations.userKeysOf('ana'), [key]);
    assert.equal(await firstNode.registrations.remove(deviceId), true);
    assert.equal(await firstNode.registrations.findUserKey('k'), undefined);
    assert.deepEqual(await firstNode.primaryRefreshTokens.ofDevice(deviceId), []);
    assert.equal(await firstNode.registrations.remove(deviceId), false);
  });
});
