import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { removeUser } from '#admin/directory/deletion.ts';
import type { User } from '#core/binding/user.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { type Device, deviceKind } from '#model/device.ts';
import { blobOf, joinBody, newKeys } from './registration-client.ts';
import { deviceIdIn, RegistrationService } from './registration-service.ts';

const accept = { accept: 'application/json' };

describe('Windows Hello keys are registered (windows-sign-in §2.9)', () => {
  let service: RegistrationService;
  let ana: User;
  let deviceId: string;
  before(async () => {
    service = await RegistrationService.start();
    ana = await service.addUser('ana');
    deviceId = deviceIdIn(await service.join(joinBody(newKeys()), { token: service.token(ana) }));
  });
  after(() => service.end());
  const register = (kngc: string, token = service.token(ana, { deviceId }), headers: Record<string, string> = accept) =>
    service.send('POST', '/EnrollmentServer/key/?api-version=1.0', { kngc }, { token, headers });

  test('a key is found by the hash of its blob, and the answer has a kid and the name of the user', async () => {
    const blob = blobOf(newKeys().device);
    const answer = await register(blob);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.upn, 'ana@woodgrove.test');
    assert.match(answer.body.kid, /^[0-9a-f-]{36}$/);
    assert.ok(answer.headers['request-id']);
    const keyId = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64');
    const key = await service.stores.devices.registrations.findUserKey(keyId);
    assert.deepEqual([key?.userId, key?.deviceId], [ana.id, deviceId]);
    assert.equal((await register(blob)).status, 200); // again
  });

  test('a token without a device, without multifactor authentication or of a disabled device is refused', async () => {
    const blob = blobOf(newKeys().device);
    for (const change of [{}, { deviceId, methods: ['pwd'] }, { deviceId: crypto.randomUUID() }]) {
      const answer = await register(blob, service.token(ana, change));
      assert.deepEqual([answer.status, answer.body.subcode], [401, 'helloTokenRefused'], JSON.stringify(change));
    }
    const otherDevice = deviceIdIn(await service.join(joinBody(newKeys()), { token: service.token(ana) }));
    const id = (await service.stores.devices.index.objectIdOf(otherDevice))!;
    const entry = { activity: 'Update device', actor: 'test' };
    await service.stores.objects.change<Device>(deviceKind, id, (old) => ({ ...old, accountEnabled: false }), entry);
    assert.equal(
      (await register(blob, service.token(ana, { deviceId: otherDevice }))).body.subcode,
      'helloTokenRefused',
    );
  });

  test('the header Accept and a usable key are required', async () => {
    assert.equal((await register(blobOf(newKeys().device), undefined, {})).body.subcode, 'deviceBodyUnreadable');
    assert.equal((await register('AAAA')).body.subcode, 'transportKeyUnreadable');
  });

  test('the key of another user is not taken', async () => {
    const ben = await service.addUser('ben');
    const blob = blobOf(newKeys().device);
    assert.equal((await register(blob)).status, 200);
    assert.equal((await register(blob, service.token(ben, { deviceId }))).status, 400);
  });

  test('deleting a user ends their keys and leaves their devices', async () => {
    const cara = await service.addUser('cara');
    const device = deviceIdIn(await service.join(joinBody(newKeys()), { token: service.token(cara) }));
    await register(blobOf(newKeys().device), service.token(cara, { deviceId: device }));
    const { registrations, index } = service.stores.devices;
    assert.equal((await registrations.userKeysOf(cara.id)).length, 1);
    orThrow(await removeUser(cara.id, { at: service.clock.now(), actor: 'test', ports: service.stores }));
    assert.equal((await registrations.userKeysOf(cara.id)).length, 0);
    const objectId = await index.objectIdOf(device);
    assert.deepEqual(await index.usersOf(objectId!, 'owner'), [cara.id]);
    assert.ok(await registrations.find(device));
  });
});
