import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from '../graph-server.ts';

describe('devices by Graph (graph-api §9)', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken(
      'Device.ReadWrite.All',
      'AuditLog.Read.All',
      'DeviceManagementManagedDevices.ReadWrite.All',
    );
  });
  after(() => graph?.end());
  const call = (method: string, path: string, body?: unknown) => graph.call(token, method, path, body);
  const laptop = (more: object = {}) => ({
    accountEnabled: true,
    alternativeSecurityIds: [{ type: 2, key: 'base64Y3YxN2E1MWFlYw==', identityProvider: null }],
    deviceId: crypto.randomUUID(),
    displayName: 'Laptop of Ana',
    operatingSystem: 'Linux',
    operatingSystemVersion: '6.12',
    ...more,
  });

  test('a device is made, found by either id, changed, and deleted', async () => {
    const body = laptop();
    const result = await call('POST', '/devices', body);
    assert.equal(result.status, 201, JSON.stringify(result.body));
    assert.deepEqual([result.body.isCompliant, result.body.trustType], [null, null]);
    assert.notEqual(result.body.id, body.deviceId);
    for (const path of [
      `/devices/${result.body.id}`,
      `/devices(deviceId='${body.deviceId}')`,
      `/devices/deviceId=${body.deviceId}`,
    ])
      assert.equal((await call('GET', path)).body.id, result.body.id, path);
    const change = { isCompliant: true, accountEnabled: false };
    assert.equal((await call('PATCH', `/devices(deviceId='${body.deviceId}')`, change)).status, 204);
    const match = (await call('GET', "/devices?$filter=operatingSystem%20eq%20'Linux'&$select=id,isCompliant")).body;
    assert.deepEqual(match.value, [{ id: result.body.id, isCompliant: true }]);
    assert.deepEqual((await call('GET', `/devices/${result.body.id}/registeredOwners`)).body.value, []);
    assert.equal((await call('DELETE', `/devices/${result.body.id}`)).status, 204);
    assert.equal((await call('GET', `/devices/${result.body.id}`)).status, 404);
    const audits = await call('GET', "/auditLogs/directoryAudits?$filter=category%20eq%20'Device'");
    assert.deepEqual(
      audits.body.value.map((item: { activityDisplayName: string }) => item.activityDisplayName).toSorted(),
      ['Delete device', 'Register device', 'Update device'],
    );
  });

  test('the user who registers a device owns it', async () => {
    const ana = await graph.personToken('ana', 'Directory.AccessAsUser.All');
    const result = await graph.call(ana, 'POST', '/devices', laptop());
    assert.equal(result.status, 201, JSON.stringify(result.body));
    const owners = await call('GET', `/devices/${result.body.id}/registeredOwners`);
    assert.equal(owners.body.value[0].userPrincipalName, 'ana@woodgrove.test');
    assert.equal(owners.body.value[0]['@odata.type'], '#microsoft.graph.user');
  });

  test('a deviceId is unique, and a malformed device is refused', async () => {
    const body = laptop();
    await call('POST', '/devices', body);
    const again = await call('POST', '/devices', { ...body, deviceId: body.deviceId.toUpperCase() });
    assert.deepEqual([again.status, again.body.error.details[0].target], [400, 'deviceId']);
    for (const more of [{ deviceId: 'x' }, { alternativeSecurityIds: [] }, { displayName: undefined }, { colour: 1 }])
      assert.equal((await call('POST', '/devices', laptop(more))).status, 400, JSON.stringify(more));
  });

  describe('who may say that a device is compliant', () => {
    const patch = (bearer: string, id: string, change: object) => graph.call(bearer, 'PATCH', `/devices/${id}`, change);
    let id: string;
    before(async () => {
      id = (await call('POST', '/devices', laptop())).body.id;
    });

    test('an application needs the permission for managed devices, and no other', async () => {
      const devices = await graph.appToken('Device.ReadWrite.All');
      assert.equal((await patch(devices, id, { isCompliant: true })).status, 403);
      assert.equal((await patch(devices, id, { isCompliant: true, displayName: 'Laptop' })).status, 403);
      const managed = await graph.appToken('DeviceManagementManagedDevices.ReadWrite.All');
      assert.equal((await patch(managed, id, { isCompliant: true })).status, 204);
      assert.equal((await patch(managed, id, { displayName: 'Laptop' })).status, 403);
      assert.equal((await call('GET', `/devices/${id}`)).body.isCompliant, true);
      assert.equal((await patch(managed, id, { isCompliant: false })).status, 204);
      const audits = await call(
        'GET',
        "/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Device%20no%20longer%20compliant'",
      );
      assert.equal(audits.body.value.length, 1);
    });

    test('a user needs the role as well: a Cloud Device Administrator changes devices and not their compliance', async () => {
      await graph.role('Cloud Device Administrator', 'ben');
      const ben = await graph.personToken(
        'ben',
        'Directory.AccessAsUser.All',
        'DeviceManagementManagedDevices.ReadWrite.All',
      );
      assert.equal((await patch(ben, id, { displayName: 'Laptop of Ben' })).status, 204);
      assert.equal((await patch(ben, id, { isCompliant: true })).status, 403);
      await graph.role('Intune Administrator', 'ben');
      assert.equal((await patch(ben, id, { isCompliant: true, displayName: 'Laptop' })).status, 204);
    });
  });

  test('extension attributes are set one by one and filtered by', async () => {
    const { id } = (await call('POST', '/devices', laptop())).body;
    const set = (extensionAttributes: object) => call('PATCH', `/devices/${id}`, { extensionAttributes });
    assert.equal((await set({ extensionAttribute1: 'SAW', extensionAttribute15: 'x' })).status, 204);
    assert.equal((await set({ extensionAttribute15: null })).status, 204);
    const { extensionAttributes } = (await call('GET', `/devices/${id}`)).body;
    assert.deepEqual(
      [extensionAttributes.extensionAttribute1, extensionAttributes.extensionAttribute15],
      ['SAW', null],
    );
    const filter = encodeURIComponent("extensionAttributes/extensionAttribute1 eq 'SAW'");
    assert.equal((await call('GET', `/devices?$filter=${filter}`)).body.value[0].id, id);
    assert.equal((await set({ extensionAttribute16: 'x' })).status, 400);
  });

  test('owners and users are added and removed, and a user reads their own devices', async () => {
    const { id } = (await call('POST', '/devices', laptop({ displayName: 'Shared' }))).body;
    const reader = await graph.appToken('User.Read.All', 'Device.Read.All');
    const ana = (await graph.call(reader, 'GET', '/users/ana@woodgrove.test')).body.id;
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${ana}` };
    for (const set of ['registeredOwners', 'registeredUsers']) {
      assert.equal((await call('POST', `/devices/${id}/${set}/$ref`, reference)).status, 204);
      assert.equal((await call('POST', `/devices/${id}/${set}/$ref`, reference)).status, 400);
      assert.equal((await call('GET', `/devices/${id}/${set}`)).body.value[0].id, ana);
    }
    const userToken = await graph.personToken('ana', 'User.Read');
    const names = async (path: string) =>
      (await graph.call(userToken, 'GET', path)).body.value.map(
        (device: { displayName: string }) => device.displayName,
      );
    assert.ok((await names('/me/ownedDevices')).includes('Shared'));
    assert.ok((await names('/me/registeredDevices')).includes('Shared'));
    const devices = await graph.call(reader, 'GET', `/users/${ana}/ownedDevices`);
    assert.equal(devices.body.value[0]['@odata.type'], '#microsoft.graph.device');
    assert.equal((await call('DELETE', `/devices/${id}/registeredOwners/${ana}/$ref`)).status, 204);
    assert.equal((await call('DELETE', `/devices/${id}/registeredOwners/${ana}/$ref`)).status, 404);
    assert.deepEqual((await call('GET', `/devices/${id}/registeredOwners`)).body.value, []);
  });

  test('a deleted owner is shown as deleted, and the device stays', async () => {
    const writer = await graph.appToken('User.ReadWrite.All', 'User.DeleteRestore.All');
    const user = await graph.call(writer, 'POST', '/users', {
      accountEnabled: true,
      displayName: 'Zoe',
      mailNickname: 'zoe',
      userPrincipalName: 'zoe@woodgrove.test',
      passwordProfile: { password: 'correct horse battery 9' },
    });
    assert.equal(user.status, 201, JSON.stringify(user.body));
    const { id } = (await call('POST', '/devices', laptop())).body;
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${user.body.id}` };
    await call('POST', `/devices/${id}/registeredOwners/$ref`, reference);
    assert.equal((await graph.call(writer, 'DELETE', `/users/${user.body.id}`)).status, 204);
    const [owner] = (await call('GET', `/devices/${id}/registeredOwners`)).body.value;
    assert.deepEqual(
      [owner.id, owner.displayName, typeof owner.deletedDateTime],
      [user.body.id, '(deleted user)', 'string'],
    );
    assert.equal((await call('GET', `/devices/${id}`)).status, 200);
  });

  test('devices are filtered, sorted, searched and counted', async () => {
    for (const name of ['Kiosk B', 'Kiosk A', 'Kiosk C'])
      await call(
        'POST',
        '/devices',
        laptop({ displayName: name, operatingSystem: 'Windows', operatingSystemVersion: '10.0.22000.1' }),
      );
    const eventual = { consistencylevel: 'eventual' };
    const query = "$filter=startswith(displayName,'Kiosk')&$orderby=displayName&$count=true&$top=2";
    const page = await graph.call(token, 'GET', `/devices?${encodeURI(query)}`, undefined, eventual);
    assert.deepEqual(
      [page.body['@odata.count'], page.body.value.map((device: { displayName: string }) => device.displayName)],
      [3, ['Kiosk A', 'Kiosk B']],
    );
    assert.match(page.body.value[0].smartCardSignInUpdate, /KB5017383/);
    const search = await graph.call(token, 'GET', '/devices?$search=%22displayName:Kiosk%20C%22', undefined, eventual);
    assert.equal(search.body.value.length, 1);
    const count = await graph.call(
      token,
      'GET',
      "/devices/$count?$filter=operatingSystem%20eq%20'Windows'",
      undefined,
      eventual,
    );
    assert.equal(count.body, '3');
  });

  test('what a synchronization writes is refused to a Cloud Device Administrator', async () => {
    const ben = await graph.personToken('ben', 'Directory.AccessAsUser.All');
    const { id } = (await call('POST', '/devices', laptop())).body;
    const change = { onPremisesSyncEnabled: true, onPremisesSecurityIdentifier: 'S-1-5-21-1-2-3-4' };
    assert.equal((await graph.call(ben, 'PATCH', `/devices/${id}`, change)).status, 400);
    assert.equal((await call('PATCH', `/devices/${id}`, change)).status, 204);
    const { onPremisesCertificates, onPremisesSyncEnabled } = (await call('GET', `/devices/${id}`)).body;
    assert.deepEqual([onPremisesCertificates, onPremisesSyncEnabled], [undefined, true]);
  });
});

describe('the device registration policy by Graph', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken('Policy.ReadWrite.DeviceConfiguration', 'AuditLog.Read.All');
  });
  after(() => graph?.end());
  const path = '/beta/policies/deviceRegistrationPolicy';
  const call = (method: string, body?: unknown, bearer = token) => graph.call(bearer, method, path, body);
  const everyone = { '@odata.type': '#microsoft.graph.allDeviceRegistrationMembership' };

  test('it has the defaults of Entra, and what a change names is changed', async () => {
    const { body } = await call('GET');
    assert.deepEqual(
      [body.id, body.userDeviceQuota, body.multiFactorAuthConfiguration, body.azureADJoin.allowedToJoin],
      ['deviceRegistrationPolicy', 50, 'notRequired', everyone],
    );
    assert.deepEqual(body.azureADJoin.localAdmins, { enableGlobalAdmins: true, registeringUsers: everyone });
    const none = { '@odata.type': '#microsoft.graph.noDeviceRegistrationMembership' };
    const change = { userDeviceQuota: 3, azureADJoin: { allowedToJoin: none }, unsupportedWindows: 'refuse' };
    assert.equal((await call('PATCH', change)).status, 200);
    const next = (await call('PUT', { ...body, ...change, azureADJoin: { ...body.azureADJoin, allowedToJoin: none } }))
      .body;
    assert.deepEqual(
      [next.userDeviceQuota, next.azureADJoin.allowedToJoin, next.unsupportedWindows],
      [3, none, 'refuse'],
    );
    assert.deepEqual(next.azureADRegistration.allowedToRegister, everyone);
    const audits = await graph.call(
      token,
      'GET',
      "/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Set%20device%20registration%20policies'",
    );
    assert.equal(audits.body.value.length, 2);
  });

  for (const [name, body] of [
    ['a negative quota', { userDeviceQuota: -1 }],
    ['an unknown membership', { azureADJoin: { allowedToJoin: { '@odata.type': '#microsoft.graph.x' } } }],
    ['a local administrator password', { localAdminPassword: { isEnabled: true } }],
    ['an unknown property', { colour: 'red' }],
  ] as const)
    test(`${name} is refused`, async () => assert.equal((await call('PATCH', body)).status, 400));

  test('a group that does not exist is refused', async () => {
    const allowedToJoin = {
      '@odata.type': '#microsoft.graph.enumeratedDeviceRegistrationMembership',
      users: [],
      groups: [crypto.randomUUID()],
    };
    assert.equal((await call('PATCH', { azureADJoin: { allowedToJoin } })).status, 404);
  });

  test('a Cloud Device Administrator changes it, and another member does not', async () => {
    const ben = await graph.personToken('ben', 'Policy.ReadWrite.DeviceConfiguration');
    assert.equal((await call('PATCH', { userDeviceQuota: 5 }, ben)).status, 403);
    await graph.role('Cloud Device Administrator', 'ben');
    assert.equal((await call('PATCH', { userDeviceQuota: 5 }, ben)).status, 200);
  });
});
