import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { addDevicePerson, removeDevicePerson } from './device-people.ts';

const actor = 'an administrator';
const objectId = crypto.randomUUID();
const ana = userOf('ana@woodgrove.test');

describe('owners and users of a device', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    await woodgrove.ports.users.add(ana, actor);
    await woodgrove.ports.devices.index.enter({ deviceId: crypto.randomUUID(), objectId });
  });
  afterEach(() => woodgrove.end());
  const context = () => ({ actor, ports: woodgrove.ports });

  for (const { relation, added, removed } of [
    { relation: 'owner', added: 'Add registered owner to device', removed: 'Remove registered owner from device' },
    { relation: 'user', added: 'Add registered users to device', removed: 'Remove registered users from device' },
  ] as const)
    test(`${relation}: once, removed once, each with its audit row`, async () => {
      const add = () => addDevicePerson(objectId, relation, ana.id, context()).then(outcomeOf);
      const remove = () => removeDevicePerson(objectId, relation, ana.id, context()).then(outcomeOf);
      assert.deepEqual([await add(), await add()], ['passed', 'graphReferenceExists']);
      woodgrove.clock.pass(1);
      assert.deepEqual([await remove(), await remove()], ['passed', 'graphReferenceMissing']);
      const rows = await woodgrove.ports.audits.list({ top: 2, targetId: objectId });
      assert.deepEqual(
        rows.map(({ activity, oldValue, newValue }) => [activity, oldValue, newValue]),
        [
          [removed, { userId: ana.id }, undefined],
          [added, undefined, { userId: ana.id }],
        ],
      );
    });

  test('an unknown user is refused', async () =>
    assert.equal(
      outcomeOf(await addDevicePerson(objectId, 'owner', crypto.randomUUID(), context())),
      'graphObjectMissing',
    ));

  test('there are a hundred at most', async () => {
    for (let count = 0; count < 100; count++)
      await woodgrove.ports.devices.index.relate(objectId, 'user', crypto.randomUUID());
    assert.equal(outcomeOf(await addDevicePerson(objectId, 'user', ana.id, context())), 'graphLimitReached');
    assert.equal(outcomeOf(await addDevicePerson(objectId, 'owner', ana.id, context())), 'passed');
  });
});
