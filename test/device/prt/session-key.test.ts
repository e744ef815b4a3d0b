import assert from 'node:assert/strict';
import { after, before, describe, mock, test } from 'node:test';
import type { EnrolledDevice } from '../enrolled.ts';
import { sessionJws, windowsClient } from '../signed-requests.ts';
import { decrypted, type HeldToken, held, World } from './world.ts';

const day = 86_400_000;

/** A renewal, as the device reads it. */
async function renew(world: World, { token, sessionKey }: HeldToken) {
  const payload = {
    client_id: windowsClient,
    scope: 'openid aza ugs',
    grant_type: 'refresh_token',
    refresh_token: token,
    previous_refresh_token: token,
    request_nonce: await world.nonce(),
  };
  return decrypted(await world.redeemDevice(sessionJws(sessionKey, payload)), sessionKey);
}

for (const [days, isRolled] of [
  [1, true],
  [3, false],
  [0, false],
] as const) {
  describe(`a renewal two days after the issue, where session keys last ${days || 'any number of'} days (windows-sign-in §3.9)`, () => {
    let world: World;
    let device: EnrolledDevice;
    before(async () => {
      world = await World.open({ primaryRefreshTokenSessionKeyDays: days });
      device = await world.enrol();
    });
    after(async () => {
      mock.timers.reset();
      await world.close();
    });

    test(
      isRolled ? 'brings a new session key, and the old one signs no more for it' : 'keeps the session key',
      async () => {
        const primary = await world.signIn(device);
        assert.equal('session_key_jwe' in (await renew(world, primary)).json, false, 'a new key is not replaced');
        mock.timers.enable({ apis: ['Date'], now: Date.now() + 2 * day });
        const renewal = await renew(world, primary);
        assert.equal('session_key_jwe' in renewal.json, isRolled, renewal.text);
        const storedToken = { ...primary, token: String(renewal.json.refresh_token) };
        if (!isRolled) return assert.equal((await world.accessToken(storedToken)).status, 200);
        const next = held(renewal, device);
        assert.notDeepEqual(next.sessionKey, primary.sessionKey);
        assert.equal((await world.accessToken(next)).status, 200);
        assert.equal((await world.accessToken(storedToken)).number, 140001);
        assert.equal('session_key_jwe' in (await renew(world, next)).json, false, 'the new key is new');
        assert.equal((await world.accessToken(primary)).status, 200, 'the old token is taken until it expires');
      },
    );
  });
}
