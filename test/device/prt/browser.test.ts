import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Device, deviceKind } from '#model/device.ts';
import type { EnrolledDevice } from '../enrolled.ts';
import { claimsIn, deviceJws, sessionJws } from '../signed-requests.ts';
import { appId, type HeldToken, type Reply, World } from './world.ts';

let world: World;
let device: EnrolledDevice;
before(async () => {
  world = await World.open();
  device = await world.enrol();
});
after(() => world.close());

const redirectUri = 'http://localhost';

/** An authorize request with the credential of a device, as header or cookie. */
function authorize(
  headers: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
  version: 1 | 2 = 2,
  tenant = world.tenantId,
): Promise<Reply> {
  const query = new URLSearchParams({
    client_id: appId,
    response_type: 'code',
    redirect_uri: redirectUri,
    ...(version === 1 ? { resource: 'https://graph.microsoft.com' } : { scope: 'openid profile offline_access' }),
    ...more,
  });
  return world.send(`/${tenant}/oauth2/${version === 1 ? '' : 'v2.0/'}authorize?${query}`, {
    headers: { accept: 'text/html', ...headers },
  });
}

const credential = ({ token, sessionKey }: HeldToken, claims: Readonly<Record<string, unknown>>) =>
  sessionJws(sessionKey, { refresh_token: token, is_primary: 'true', ...claims });
const challenge = {
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
};
/** Whether the answer is a sign-in page. */
const showsPages = ({ status, text }: Reply): boolean => status === 200 && / action="\/login\//.test(text);
const locationOf = ({ headers }: Reply): string => String(headers.location ?? '');

const redeem = (code: string) =>
  world.token(
    { grant_type: 'authorization_code', client_id: appId, redirect_uri: redirectUri, code },
    world.tenantId,
    2,
  );

describe('a browser on a joined device is signed in by its primary refresh token', () => {
  for (const [name, headersOf] of [
    ['as a header', (value: string) => ({ 'x-ms-RefreshTokenCredential': value })],
    ['as a cookie', (value: string) => ({ cookie: `a=b; x-ms-RefreshTokenCredential=${value}` })],
  ] as const) {
    test(`${name}: 302 with the code in Location and in an anchor, and tokens of the device`, async () => {
      const primary = await world.signIn(device);
      const value = credential(primary, { request_nonce: await world.nonce() });
      const reply = await authorize({ ...headersOf(value), 'user-agent': '', accept: '*/*' });
      assert.equal(reply.status, 302, reply.text);
      const anchor = /<a href="([^"]*)">/.exec(reply.text)?.[1]?.replaceAll('&#38;', '&');
      assert.equal(anchor, locationOf(reply));
      const code = new URL(locationOf(reply)).searchParams.get('code');
      const { json, text } = await redeem(String(code));
      assert.equal(typeof json.access_token, 'string', text);
      const claims = claimsIn(json.access_token);
      assert.deepEqual([claims.deviceid, claims.amr], [device.registration.deviceId, ['rsa', 'mfa']]);
    });
  }

  test('at common, where the credential names the tenant', async () => {
    const primary = await world.signIn(device);
    const value = credential(primary, { request_nonce: await world.nonce() });
    const reply = await authorize({ 'x-ms-RefreshTokenCredential': value }, {}, 1, 'Common');
    assert.equal(reply.status, 302, reply.text);
    assert.match(locationOf(reply), /[?&]code=/);
  });

  test('at version 1 as well', async () => {
    const primary = await world.signIn(device);
    const value = credential(primary, { request_nonce: await world.nonce() });
    const reply = await authorize({ 'x-ms-RefreshTokenCredential': value }, {}, 1);
    assert.equal(reply.status, 302, reply.text);
    assert.match(locationOf(reply), /[?&]code=/);
  });

  for (const [name, claims] of [
    ['no nonce', {}],
    ['a time instead of a nonce', { iat: '1700000000' }],
    ['a nonce that is not of this service', { request_nonce: 'AAAA' }],
  ] as const) {
    test(`with ${name} the client gets one to sign`, async () => {
      const primary = await world.signIn(device);
      const reply = await authorize({ 'x-ms-RefreshTokenCredential': credential(primary, claims) });
      assert.equal(reply.status, 302);
      const nonce = new URL(locationOf(reply), world.origin).searchParams.get('sso_nonce');
      const value = credential(primary, { request_nonce: nonce });
      const second = await authorize({ 'x-ms-RefreshTokenCredential': value }, { sso_nonce: String(nonce) });
      assert.match(locationOf(second), /[?&]code=/);
    });
  }

  test('with a wrong signature, or a token of no one, the pages are shown', async () => {
    const [primary, secondToken] = [await world.signIn(device), await world.signIn(device)];
    const request_nonce = await world.nonce();
    for (const value of [
      credential({ ...primary, sessionKey: secondToken.sessionKey }, { request_nonce }),
      credential({ ...primary, token: 'x' }, { request_nonce }),
      'nothing',
    ]) {
      const reply = await authorize({ 'x-ms-RefreshTokenCredential': value }, challenge);
      assert.ok(showsPages(reply));
    }
  });

  test('the device credential is challenged for a nonce, and signs in no user', async () => {
    const bare = await authorize({ 'x-ms-DeviceCredential': deviceJws(device, { grant_type: 'device_auth' }) });
    assert.match(locationOf(bare), /sso_nonce=/);
    const request_nonce = await world.nonce();
    const value = deviceJws(device, { grant_type: 'device_auth', iss: 'aad:brokerplugin', request_nonce });
    assert.ok(showsPages(await authorize({ 'x-ms-DeviceCredential': value }, challenge)));
  });

  test('the session of the browser and its tokens end with the primary refresh token', async () => {
    const userDevice = await world.enrol();
    const primary = await world.signIn(userDevice);
    const value = credential(primary, { request_nonce: await world.nonce() });
    const reply = await authorize({ 'x-ms-RefreshTokenCredential': value });
    const cookies = [reply.headers['set-cookie'] ?? []].flat().map((line) => line.split(';')[0]);
    const cookie = cookies.join('; ');
    const code = String(new URL(locationOf(reply)).searchParams.get('code'));
    const { json } = await redeem(code);
    assert.equal(typeof json.refresh_token, 'string');
    assert.match(locationOf(await authorize({ cookie }, challenge)), /[?&]code=/);
    await world.stores.objects.change<Device>(
      deviceKind,
      userDevice.object.id,
      (document) => ({ ...document, accountEnabled: false }),
      { activity: 'Update device', actor: 'test' },
    );
    assert.ok(showsPages(await authorize({ cookie }, challenge)));
    const refresh = { grant_type: 'refresh_token', client_id: appId, refresh_token: String(json.refresh_token) };
    assert.equal((await world.token(refresh, world.tenantId, 2)).number, 50132);
  });
});
