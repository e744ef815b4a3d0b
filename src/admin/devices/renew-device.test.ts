import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import type { PrimaryRefreshToken } from '#model/device.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { addDevice, findDevice } from './devices.ts';
import { leaveDevice, type RenewRequest, renewDevice } from './renew-device.ts';

const deviceId = crypto.randomUUID();

describe('a device gets a new certificate', () => {
  let woodgrove: OneTenant;
  let objectId: string;
  let serial = 0;
  beforeEach(async () => {
    woodgrove = await openTenant();
    const device = { deviceId, displayName: 'Laptop', accountEnabled: true, alternativeSecurityIds: [] } as never;
    const audit = { activity: 'Add device', actor: 'test' };
    objectId = orThrow(await addDevice(device, 'ana', audit, woodgrove.ports)).id;
  });
  afterEach(() => woodgrove.end());
  const renew = (change: Partial<RenewRequest> = {}) =>
    renewDevice(
      {
        ...{ deviceId, deviceKey: Uint8Array.of(1), transportKey: Uint8Array.of(2), joinType: 0, facts: {} },
        ...change,
      },
      ({ userId, isJoined }) => ({
        certificate: Buffer.from(`${userId} ${isJoined} ${++serial}`),
        expires: new Date(woodgrove.clock.at.getTime() + 1000),
      }),
      { ports: woodgrove.ports, at: woodgrove.clock.at },
    );

  test('for its owner; the old certificate and the tokens of the old key end', async () => {
    const { devices } = woodgrove.ports;
    const { registration: first } = orThrow(await renew());
    assert.match(Buffer.from(first.certificate).toString(), /^ana true /);
    await devices.primaryRefreshTokens.add({
      ...{ id: 't', userId: 'ana', deviceId, credential: 'certificate', proofs: [] },
      ...{ issuedDateTime: woodgrove.clock.at, expiresDateTime: new Date(woodgrove.clock.at.getTime() + 9000) },
    } as PrimaryRefreshToken);
    const { registration: second } = orThrow(await renew({ transportKey: undefined, joinType: 4 }));
    assert.match(Buffer.from(second.certificate).toString(), /^ana false /);
    assert.deepEqual(second.transportKey, first.transportKey, 'the present one is used on');
    assert.equal(await devices.registrations.findByThumbprint(first.thumbprint), undefined);
    assert.deepEqual(await devices.primaryRefreshTokens.ofDevice(deviceId), []);
  });

  for (const { name, change } of [
    { name: 'a device that is not there', change: { deviceId: crypto.randomUUID() } },
    { name: 'a first certificate without a transport key', change: { transportKey: undefined } },
  ])
    test(`${name} is refused: syncedDeviceMissing`, async () => {
      assert.equal(outcomeOf(await renew(change)), 'syncedDeviceMissing');
      assert.equal(await woodgrove.ports.devices.registrations.find(deviceId), undefined);
    });

  test('what it says of itself is checked, and nothing is left of a refused renewal', async () => {
    assert.equal(outcomeOf(await renew({ facts: { displayName: 'a\u0000' } })), 'textHoldsControls');
    assert.equal(await woodgrove.ports.devices.registrations.find(deviceId), undefined);
  });

  test('a device that leaves is gone with its registration, once', async () => {
    orThrow(await renew());
    const leave = () => leaveDevice({ objectId, deviceId }, woodgrove.ports).then(outcomeOf);
    assert.deepEqual([await leave(), await leave()], ['passed', 'graphObjectMissing']);
    assert.equal(await findDevice({ deviceId }, woodgrove.ports), undefined);
    assert.equal(await woodgrove.ports.devices.registrations.find(deviceId), undefined);
  });
});
