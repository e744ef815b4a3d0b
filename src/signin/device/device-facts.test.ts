import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type Device, deviceKind } from '#model/device.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { currentDevice, factsOf } from './device-facts.ts';

const deviceId = '11111111-0000-4000-8000-000000000001';
const objectId = '22222222-0000-4000-8000-000000000002';
const laptop: Device = {
  ...{ deviceId, displayName: 'Laptop', accountEnabled: true, operatingSystem: 'Linux', operatingSystemVersion: '6' },
  ...{ trustType: 'AzureAd', profileType: 'RegisteredDevice', isCompliant: true, isManaged: false },
  ...{ registrationDateTime: null, approximateLastSignInDateTime: null, alternativeSecurityIds: [] },
  ...{ physicalIds: ['[ZTDID]:7'], systemLabels: ['pilot'], deviceOwnership: 'Company', enrollmentType: null },
  ...{ onPremisesSyncEnabled: null, mdmAppId: null },
};

describe('what Conditional Access and the sign-in log know of a device', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    const { ports, clock } = woodgrove;
    await ports.devices.registrations.save({
      ...{ deviceId, objectId, certificate: Uint8Array.of(1), thumbprint: 'AB', transportKey: Uint8Array.of(2) },
      ...{ joinType: 0, authenticationMethods: [], registeredDateTime: clock.at },
      expiresDateTime: new Date(clock.at.getTime() + 1000),
    });
  });
  afterEach(() => woodgrove.end());
  const store = (document: Device) =>
    woodgrove.ports.objects.add(
      { kind: deviceKind, id: objectId, owner: '', document },
      { activity: 'Register device', actor: 'test' },
    );
  const current = (id = deviceId) => currentDevice(id, woodgrove.ports);

  test('a registered device has the facts of its object, as it is now', async () => {
    await store(laptop);
    assert.deepEqual(await current(), factsOf(laptop));
    assert.equal((await current())?.isCompliant, true);
  });

  test('a device that is disabled, not registered, or without its object proves nothing', async () => {
    assert.equal(await current(), undefined, 'its object is gone');
    await store({ ...laptop, accountEnabled: false });
    assert.equal(await current(), undefined, 'disabled');
    assert.equal(await current('33333333-0000-4000-8000-000000000003'), undefined, 'not registered');
  });

  test('an object of another device does not stand for it', async () => {
    await store({ ...laptop, deviceId: '33333333-0000-4000-8000-000000000003' });
    assert.equal(await current(), undefined);
  });

  test('an extension attribute that is null is not set', () => {
    const extensionAttributes = { extensionAttribute1: 'kiosk', extensionAttribute2: null };
    assert.deepEqual(factsOf({ ...laptop, extensionAttributes }).extensionAttributes, { extensionAttribute1: 'kiosk' });
    assert.deepEqual(factsOf(laptop).extensionAttributes, {});
  });

  test('keys, identifiers of services and times of a device are not among its facts', () =>
    assert.deepEqual(
      Object.keys(factsOf(laptop)).filter((name) => /security|certificate|DateTime|mdm|enrollment|account/i.test(name)),
      [],
    ));
});
