import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { EnrolledDevice } from '../enrolled.ts';
import { claimsIn, jws } from '../signed-requests.ts';
import { appId, assertionGrant, World } from './world.ts';

let world: World;
let device: EnrolledDevice;
before(async () => {
  world = await World.open();
  device = await world.enrol({ operatingSystem: 'Linux' });
});
after(() => world.close());

const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('the tolerances of windows-sign-in §0.5, each of which a client needs', () => {
  for (const path of ['/oAuth2/v2.0/token', '/oauth2/token/', '/OAUTH2/Token']) {
    test(`rule 1: a nonce at ${path}`, async () => {
      for (const tenant of ['Common', world.tenantId, 'woodgrove.test']) {
        const reply = await world.send(`/${tenant}${path}`, { form: { grant_type: 'srv_challenge' } });
        assert.equal(typeof reply.json.Nonce, 'string', reply.text);
      }
    });
  }

  test('rule 2: common finds the tenant by the device certificate, then by the primary refresh token', async () => {
    const reply = await world.redeemDevice(await world.cardRequest(device, 'ana'), {}, 'common');
    assert.equal(reply.status, 200, reply.text);
    const primary = await world.signIn(device);
    assert.equal((await world.accessToken(primary, {}, { tenant: 'common' })).status, 200);
  });

  test('rule 3: segments in standard base64, and padding of the signature', async () => {
    const standard = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64').replace(/=+$/, '');
    const nonce = await world.nonce();
    const x5c = Buffer.from(device.registration.certificate).toString('base64');
    const assertion = world.assertion('ana', { request_nonce: nonce });
    const payload = {
      client_id: 'x',
      scope: 'openid aza',
      request_nonce: nonce,
      grant_type: assertionGrant,
      assertion,
    };
    // Characters that standard base64 writes with + and /.
    const request = jws({ alg: 'RS256', x5c }, { ...payload, win_ver: '~~>>??ÿÿ' }, device.deviceKey, standard);
    assert.match(request, /[+/]/);
    const padded = `${request}==`;
    const body = `grant_type=${assertionGrant}&request=${padded}`;
    const reply = await world.send(`/${world.tenantId}/oauth2/token`, { form: body, headers: form });
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.json.token_type, 'pop', 'without windows_api_version');
  });

  test('rule 4: x5c as one text', async () => {
    const x5c = Buffer.from(device.registration.certificate).toString('base64');
    assert.equal((await world.redeemDevice(await world.cardRequest(device, 'ana', { header: { x5c } }))).status, 200);
    const nonce = await world.nonce();
    const card = Buffer.from(world.card('ana').der).toString('base64');
    const assertion = world.assertion('ana', { request_nonce: nonce }, { x5c: card });
    const request = world.cardRequest(device, 'ana', { change: { request_nonce: nonce, assertion } });
    assert.equal((await world.redeemDevice(await request)).status, 200);
  });

  test('rule 6: numbers as texts, and booleans in capitals', async () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iat: String(now), exp: String(now + 300) };
    const reply = await world.redeemDevice(await world.cardRequest(device, 'ana', { claims }), {
      tgt: 'True',
      client_info: 'true',
    });
    assert.equal(reply.status, 200, reply.text);
    assert.equal(typeof reply.json.client_info, 'string');
  });

  test('rule 7: a nonce without a Content-Type, and a form that is not percent-encoded', async () => {
    const nonce = await world.send(`/${world.tenantId}/oauth2/token`, { form: 'grant_type=srv_challenge' });
    assert.equal(typeof nonce.json.Nonce, 'string', nonce.text);
    const request = await world.cardRequest(device, 'ana');
    const body = `windows_api_version=2.0&grant_type=${assertionGrant}&request=${request}&client_info=1&tgt=true`;
    const reply = await world.send(`/${world.tenantId}/oauth2/token`, { form: body, headers: form });
    assert.equal(reply.status, 200, reply.text);
  });

  test('rule 8: nonces and tokens have characters of base64url and dots alone, and a primary one has a dot', async () => {
    const primary = await world.signIn(device);
    assert.match(await world.nonce(), /^[A-Za-z0-9._-]+$/);
    assert.match(primary.token, /^[A-Za-z0-9_-]+\.[A-Za-z0-9._-]+$/);
    assert.match(String((await world.accessToken(primary)).json.refresh_token), /^[A-Za-z0-9._-]+$/);
  });

  test('rule 9: version 1 answers with texts, version 2 with numbers', async () => {
    const primary = await world.signIn(device);
    const first = (await world.accessToken(primary)).json;
    assert.deepEqual(
      [first.expires_in, first.ext_expires_in, first.expires_on].map((value) => typeof value),
      ['string', 'string', 'string'],
    );
    assert.equal(first.resource, 'https://graph.microsoft.com');
    const scope = 'openid profile offline_access https://graph.microsoft.com/.default';
    const options = { version: 2, form: { prt_protocol_version: '3.0' } } as const;
    const second = (await world.accessToken(primary, { resource: undefined, scope }, options)).json;
    assert.equal(typeof second.expires_in, 'number');
    assert.equal(claimsIn(second.access_token).deviceid, device.registration.deviceId);
  });

  test('rule 10: answers are not cached, and the correlation id of the client is the one of the error', async () => {
    const id = crypto.randomUUID();
    const headers = { ...form, 'client-request-id': id, 'return-client-request-id': 'true' };
    const reply = await world.send(`/${world.tenantId}/oauth2/token`, {
      form: `grant_type=${assertionGrant}&request=a.b.c`,
      headers,
    });
    assert.deepEqual([reply.status, reply.json.correlation_id], [400, id]);
    assert.equal(reply.headers['client-request-id'], id);
    assert.match(String(reply.headers['x-ms-request-id']), /^[0-9a-f-]{36}$/);
    assert.equal(reply.headers['cache-control'], 'no-store');
    assert.equal(reply.headers.pragma, 'no-cache');
  });

  test('a context of 32 octets and version 1 of the key derivation, as libhimmelblau signs', async () => {
    const primary = await world.signIn(device, 'ana', 1);
    assert.equal((await world.accessToken(primary, {}, { kdf: 1, contextOctets: 32 })).status, 200);
  });

  test('without a resource there is an id_token and a refresh token, and no access token', async () => {
    const { json } = await world.accessToken(await world.signIn(device), { resource: undefined });
    assert.deepEqual([typeof json.id_token, typeof json.refresh_token], ['string', 'string']);
    assert.equal('access_token' in json, false);
  });
});

describe('version 1 for applications that are not on a device', () => {
  test('a refresh token is redeemed for a resource, with texts for numbers', async () => {
    const { json } = await world.accessToken(await world.signIn(device));
    const refresh = { grant_type: 'refresh_token', client_id: appId, refresh_token: String(json.refresh_token) };
    const reply = await world.token({ ...refresh, resource: 'https://graph.windows.net/' });
    assert.equal(reply.status, 200, reply.text);
    assert.deepEqual([typeof reply.json.expires_in, typeof reply.json.refresh_token], ['string', 'string']);
    assert.equal(claimsIn(reply.json.access_token).deviceid, device.registration.deviceId);
  });

  for (const resource of ['https://graph.windows.net/', '00000002-0000-0000-c000-000000000000'])
    test(`${resource} is Microsoft Graph at version 2 as well`, async () => {
      const primary = await world.signIn(device);
      const scope = `openid ${resource}/.default`;
      const { status, json, text } = await world.accessToken(primary, { resource: undefined, scope }, { version: 2 });
      assert.equal(status, 200, text);
      assert.equal(claimsIn(json.access_token).aud, '00000003-0000-0000-c000-000000000000');
    });
});
