import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { claimsIn, windowsClient } from '../signed-requests.ts';
import { World } from './world.ts';

let world: World;
before(async () => {
  world = await World.open();
});
after(() => world.close());

describe('a joined device signs in with a smart card', () => {
  test('the answer has the shape of Entra: texts, dots, an unsigned id_token and a wrapped session key', async () => {
    const device = await world.enrol();
    const { answer, token } = await world.signIn(device);
    assert.match(token, /^[A-Za-z0-9_-]+\.[A-Za-z0-9._-]+$/);
    assert.equal(answer.token_type, 'Bearer');
    assert.equal(typeof answer.expires_in, 'string');
    assert.equal(typeof answer.refresh_token_expires_in, 'number');
    assert.equal('access_token' in answer, false);
    assert.equal(answer.device_tenant_id, world.tenantId);
    const claims = claimsIn(answer.id_token);
    assert.deepEqual(
      [claims.aud, claims.upn, claims.tid, claims.amr],
      [windowsClient, 'ana@woodgrove.test', world.tenantId, ['rsa', 'mfa']],
    );
    assert.match(String(claims.primary_sid), /^S-1-12-1-/);
  });

  test('its token becomes an access token with the device and the strength of the card', async () => {
    const device = await world.enrol();
    const held = await world.signIn(device);
    const { json, text } = await world.accessToken(held);
    assert.equal(typeof json.access_token, 'string', text);
    const claims = claimsIn(json.access_token);
    assert.deepEqual([claims.deviceid, claims.amr], [device.registration.deviceId, ['rsa', 'mfa']]);
    assert.equal(typeof json.expires_in, 'string');
    assert.equal(json.token_type, 'Bearer');
  });
});
