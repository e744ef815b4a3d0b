import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from './graph-server.ts';

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
});
