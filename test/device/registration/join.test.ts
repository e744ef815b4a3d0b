import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { claimsOf } from '#test/e2e/server.ts';
import { GraphServer } from '#test/graph/graph-server.ts';
import { deviceCard, joinBody, newKeys, registrationToken, type SendOptions, send } from '../registration-client.ts';

describe('devices are joined, registered and removed (windows-sign-in §2)', () => {
  let graph: GraphServer;
  let token: string;
  let reader: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await registrationToken(graph.server, 'ana');
    reader = await graph.appToken('Device.ReadWrite.All', 'AuditLog.Read.All', 'User.Read.All');
  });
  after(() => graph?.end());
  const post = (body: unknown, more: SendOptions = {}) =>
    send(graph.server, 'POST', '/EnrollmentServer/device/?api-version=2.0', body, { token, ...more });
  const deviceIdOf = (answer: { body: { Certificate: { RawBody: string } } }) =>
    new X509Certificate(Buffer.from(answer.body.Certificate.RawBody, 'base64')).subject.replace('CN=', '');
  const inGraph = async (deviceId: string) =>
    (await graph.call(reader, 'GET', `/devices(deviceId='${deviceId}')`)).body;

  test('the token has the URN as audience and amr of a certificate', () => {
    const { aud, amr } = claimsOf(token) as { aud: string; amr: string[] };
    assert.equal(aud, 'urn:ms-drs:enterpriseregistration.windows.net');
    assert.ok(amr.includes('rsa'), JSON.stringify(amr));
  });

  test('a token for the app id is accepted as well', async () => {
    const otherToken = await registrationToken(graph.server, 'ana', '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9/.default');
    assert.equal(claimsOf(otherToken).aud, '01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9');
    assert.equal((await post(joinBody(newKeys()), { token: otherToken })).status, 200);
  });

  test('a join answers a certificate, the user and the local administrators, and Graph shows the device', async () => {
    const keys = newKeys();
    const answer = await post(joinBody(keys));
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const certificate = new X509Certificate(Buffer.from(answer.body.Certificate.RawBody, 'base64'));
    assert.equal(answer.body.Certificate.Thumbprint, certificate.fingerprint.replaceAll(':', ''));
    assert.ok(certificate.checkPrivateKey(keys.device));
    assert.equal(answer.body.User.Upn, 'ana@woodgrove.test');
    const [{ LocalSID, AddSIDs }] = answer.body.MembershipChanges;
    assert.equal(LocalSID, 'S-1-5-32-544');
    assert.equal(AddSIDs.length, 3);
    for (const sid of AddSIDs) assert.match(sid, /^S-1-12-1(-\d+){4}$/);
    assert.equal(answer.headers['cache-control'], 'no-store');
    const device = await inGraph(deviceIdOf(answer));
    assert.deepEqual(
      [device.trustType, device.profileType, device.operatingSystemVersion, device.accountEnabled, device.isCompliant],
      ['AzureAd', 'RegisteredDevice', '10.0.22631.1', true, null],
    );
    assert.equal(device.alternativeSecurityIds[0].type, 2);
    const owners = await graph.call(reader, 'GET', `/devices/${device.id}/registeredOwners`);
    assert.equal(owners.body.value[0].userPrincipalName, 'ana@woodgrove.test');
    const audits = await graph.call(reader, 'GET', '/auditLogs/directoryAudits?$top=20');
    const rows = audits.body.value.filter((row: { targetResources: { id: string }[] }) =>
      row.targetResources.some(({ id }) => id === device.id),
    );
    assert.deepEqual(
      rows
        .map((row: { activityDisplayName: string; initiatedBy: { app: { displayName: string } } }) => [
          row.activityDisplayName,
          row.initiatedBy.app.displayName,
        ])
        .toSorted(),
      [
        ['Add device', 'Device Registration Service'],
        ['Register device', 'Device Registration Service'],
      ],
    );
  });

  for (const [joinType, trustType, digit, sids] of [
    [0, 'AzureAd', '31', 3],
    [8, 'AzureAd', '31', 3],
    [4, 'Workplace', '30', 0],
  ] as const) {
    test(`join type ${joinType} makes a device of trust type ${trustType}`, async () => {
      const answer = await post(joinBody(newKeys(), { JoinType: joinType }));
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal((await inGraph(deviceIdOf(answer))).trustType, trustType);
      assert.ok(Buffer.from(answer.body.Certificate.RawBody, 'base64').toString('hex').includes(`048101${digit}`));
      assert.equal(answer.body.MembershipChanges[0].AddSIDs.length, sids);
    });
  }

  test('attributes in lower case and as booleans are read', async () => {
    const body = joinBody(newKeys(), { Attributes: undefined, attributes: { ReturnClientSid: true } });
    assert.equal((await post(body)).body.MembershipChanges.length, 1);
    const without = joinBody(newKeys(), { Attributes: { ReturnClientSid: 'false' } });
    assert.equal((await post(without)).body.MembershipChanges, undefined);
  });

  test('a device removes itself with its certificate, and what it was is gone', async () => {
    const keys = newKeys();
    const answer = await post(joinBody(keys));
    const deviceId = deviceIdOf(answer);
    const card = deviceCard(answer, keys.device);
    const remove = (more: SendOptions) =>
      send(graph.server, 'DELETE', `/EnrollmentServer/device/${deviceId}`, undefined, more);
    const without = await remove({});
    assert.deepEqual(
      [without.status, without.body.ErrorType, without.body.subcode],
      [401, 'AuthenticationError', 'deviceCertificateMissing'],
    );
    const foreign = await remove({ card: graph.server.card('ana') });
    assert.deepEqual([foreign.status, foreign.body.ErrorType], [401, 'AuthenticationError']);
    assert.equal((await remove({ card })).status, 200);
    const again = await remove({ card });
    assert.deepEqual([again.status, again.body.subcode], [401, 'deviceUnknown']);
    assert.equal((await graph.call(reader, 'GET', `/devices(deviceId='${deviceId}')`)).status, 404);
  });

  test('the certauth host removes a device as well', async () => {
    const keys = newKeys();
    const answer = await post(joinBody(keys));
    const options = { host: 'certauth.localhost', card: deviceCard(answer, keys.device) };
    assert.equal(
      (await send(graph.server, 'DELETE', `/EnrollmentServer/device/${deviceIdOf(answer)}`, undefined, options)).status,
      200,
    );
  });

  test('a device certificate does not remove another device', async () => {
    const [first, second] = [newKeys(), newKeys()];
    const [mine, theirs] = [
      await post(joinBody(first)),
      await post(joinBody(second, { DeviceDisplayName: 'Laptop two' })),
    ];
    const card = deviceCard(mine, first.device);
    const answer = await send(graph.server, 'DELETE', `/EnrollmentServer/device/${deviceIdOf(theirs)}`, undefined, {
      card,
    });
    assert.deepEqual([answer.status, answer.body.subcode], [401, 'deviceIdMismatch']);
  });

  test('an answer says its error in the old and in the new form, and echoes the request id on demand', async () => {
    const headers = { 'client-request-id': 'abc-123', 'return-client-request-id': 'true' };
    const answer = await post(joinBody(newKeys(), { TransportKey: 'x' }), { headers });
    assert.equal(answer.status, 400);
    assert.deepEqual(Object.keys(answer.body), [
      ...['ErrorType', 'Message', 'TraceId', 'Time', 'code', 'subcode', 'message', 'operation', 'requestid', 'time'],
    ]);
    assert.equal(answer.body.ErrorType, 'ValidationError');
    assert.match(answer.body.Time, /^\d\d-\d\d-\d{4} \d\d:\d\d:\d\dZ$/);
    assert.equal(answer.headers['client-request-id'], 'abc-123');
    assert.equal(answer.headers['x-ms-request-id'], answer.body.TraceId);
  });
});
