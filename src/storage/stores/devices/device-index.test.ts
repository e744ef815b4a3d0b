import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeOnNodes } from '#test/contract/each-database.ts';

describeOnNodes('the index of devices', ({ nodes }) => {
  const tenant = (id: string = crypto.randomUUID()) => ({
    firstNode: nodes()[0].forTenant(id).devices.index,
    lastNode: nodes().at(-1)!.forTenant(id).devices.index,
  });

  test('a device is found by its own id, which one object alone has, on another node', async () => {
    const { firstNode, lastNode } = tenant();
    const [deviceId, objectId] = [crypto.randomUUID(), crypto.randomUUID()];
    const results = await Promise.all([
      firstNode.enter({ deviceId, objectId }),
      lastNode.enter({ deviceId, objectId: crypto.randomUUID() }),
    ]);
    assert.deepEqual(results.toSorted(), [false, true]);
    assert.ok(await lastNode.objectIdOf(deviceId));
    assert.equal(await tenant().firstNode.objectIdOf(deviceId), undefined);
    assert.equal(await firstNode.objectIdOf(crypto.randomUUID()), undefined);
  });

  test('owners and users of a device are found from both ends, and end with the device', async () => {
    const { firstNode, lastNode } = tenant();
    const [deviceId, objectId] = [crypto.randomUUID(), crypto.randomUUID()];
    await firstNode.enter({ deviceId, objectId });
    assert.equal(await firstNode.relate(objectId, 'owner', 'ana'), true);
    assert.equal(await lastNode.relate(objectId, 'owner', 'ana'), false);
    await lastNode.relate(objectId, 'user', 'ben');
    assert.deepEqual(await lastNode.usersOf(objectId, 'owner'), ['ana']);
    assert.deepEqual(await firstNode.devicesOf('ben', 'user'), [objectId]);
    assert.deepEqual(await firstNode.devicesOf('ben', 'owner'), []);
    assert.equal(await firstNode.unrelate(objectId, 'user', 'ben'), true);
    assert.equal(await firstNode.unrelate(objectId, 'user', 'ben'), false);
    await firstNode.remove(objectId);
    assert.deepEqual(await lastNode.usersOf(objectId, 'owner'), []);
    assert.equal(await lastNode.objectIdOf(deviceId), undefined);
  });
});
