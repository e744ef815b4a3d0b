import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RunningServer } from '#test/e2e/server.ts';
import { deviceCard, joinBody, newKeys, registrationToken, send } from './registration-client.ts';
import { deviceIdIn } from './registration-service.ts';

describe('devices on the command line', () => {
  let server: RunningServer;
  let deviceId: string;
  const keys = newKeys();
  let card: { readonly cert: string; readonly key: string };
  before(async () => {
    server = await RunningServer.start();
    const token = await registrationToken(server, 'ana');
    const body = joinBody(keys, { OSVersion: '10.0.22000.1', DeviceDisplayName: 'Desk' });
    const answer = await send(server, 'POST', '/EnrollmentServer/device/', body, { token });
    deviceId = deviceIdIn(answer);
    card = deviceCard(answer, keys.device);
  });
  after(() => server?.remove());
  const cardea = async (...words: string[]) => {
    const { code, out, err } = await server.cardea('device', ...words);
    assert.equal(code, 0, err);
    return out;
  };

  test('device list shows who owns which device', async () => {
    assert.match(
      await cardea('list'),
      new RegExp(`Desk +${deviceId} .*AzureAd +enabled +unknown +ana@woodgrove\\.test`),
    );
    const listed = JSON.parse(await cardea('list', '--owner', 'ben@woodgrove.test', '--json')) as unknown[];
    assert.deepEqual(listed, []);
  });

  test('device show names the update that its Windows needs, and how it was registered', async () => {
    const out = await cardea('show', deviceId);
    assert.match(out, /smart card sign-in +KB5017383 brings it/);
    assert.match(out, /registered with +rsa/);
  });

  test('a disabled device is refused until it is enabled', async () => {
    const renew = () => send(server, 'PUT', `/EnrollmentServer/device/${deviceId}`, {}, { card });
    assert.match(await cardea('disable', 'desk'), /disabled/);
    assert.equal((await renew()).body.subcode, 'deviceDisabled');
    assert.match(await cardea('enable', deviceId), /enabled/);
    assert.equal((await renew()).body.subcode, 'deviceBodyUnreadable');
  });

  test('an administrator says whether it is compliant', async () => {
    await cardea('comply', 'Desk', '--compliant', 'no');
    assert.match(await cardea('show', 'Desk'), /compliant +no/);
    const { code } = await server.cardea('device', 'comply', 'Desk', '--compliant', 'perhaps');
    assert.equal(code, 2);
  });

  test('a deleted device proves nothing any more', async () => {
    assert.match(await cardea('delete', deviceId), /deleted/);
    const answer = await send(server, 'DELETE', `/EnrollmentServer/device/${deviceId}`, undefined, { card });
    assert.deepEqual([answer.status, answer.body.subcode], [401, 'deviceUnknown']);
    const { code, err } = await server.cardea('device', 'show', deviceId);
    assert.equal(code, 1, err);
  });
});
