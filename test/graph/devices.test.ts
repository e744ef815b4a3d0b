import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from './graph-server.ts';

describe('devices by Graph (graph-api §9)', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken('Device.ReadWrite.All', 'AuditLog.Read.All');
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
    const made = await call('POST', '/devices', body);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.deepEqual([made.body.isCompliant, made.body.trustType], [null, null]);
    assert.notEqual(made.body.id, body.deviceId);
    for (const path of [
      `/devices/${made.body.id}`,
      `/devices(deviceId='${body.deviceId}')`,
      `/devices/deviceId=${body.deviceId}`,
    ])
      assert.equal((await call('GET', path)).body.id, made.body.id, path);
    const change = { isCompliant: true, accountEnabled: false };
    assert.equal((await call('PATCH', `/devices(deviceId='${body.deviceId}')`, change)).status, 204);
    const found = (await call('GET', "/devices?$filter=operatingSystem%20eq%20'Linux'&$select=id,isCompliant")).body;
    assert.deepEqual(found.value, [{ id: made.body.id, isCompliant: true }]);
    assert.deepEqual((await call('GET', `/devices/${made.body.id}/registeredOwners`)).body.value, []);
    assert.equal((await call('DELETE', `/devices/${made.body.id}`)).status, 204);
    assert.equal((await call('GET', `/devices/${made.body.id}`)).status, 404);
    const audits = await call('GET', "/auditLogs/directoryAudits?$filter=category%20eq%20'Device'");
    assert.deepEqual(
      audits.body.value.map((one: { activityDisplayName: string }) => one.activityDisplayName).toSorted(),
      ['Delete device', 'Register device', 'Update device'],
    );
  });

  test('whoever registers a device owns it', async () => {
    const ana = await graph.personToken('ana', 'Directory.AccessAsUser.All');
    const made = await graph.call(ana, 'POST', '/devices', laptop());
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const owners = await call('GET', `/devices/${made.body.id}/registeredOwners`);
    assert.equal(owners.body.value[0].userPrincipalName, 'ana@woodgrove.test');
    assert.equal(owners.body.value[0]['@odata.type'], '#microsoft.graph.user');
  });

  test('a deviceId is there once, and what is no device is refused', async () => {
    const body = laptop();
    await call('POST', '/devices', body);
    const again = await call('POST', '/devices', { ...body, deviceId: body.deviceId.toUpperCase() });
    assert.deepEqual([again.status, again.body.error.details[0].target], [400, 'deviceId']);
    for (const more of [{ deviceId: 'x' }, { alternativeSecurityIds: [] }, { displayName: undefined }, { colour: 1 }])
      assert.equal((await call('POST', '/devices', laptop(more))).status, 400, JSON.stringify(more));
  });
});
