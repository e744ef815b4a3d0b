import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { EnrolledDevice } from '../enrolled.ts';
import { deviceJws, sessionJws } from '../signed-requests.ts';
import { appId, assertionGrant, held, World } from './world.ts';

let world: World;
let device: EnrolledDevice;
before(async () => {
  world = await World.open();
  device = await world.enrol();
});
after(() => world.close());

/** Number of the error that a request of the device gets. */
const numberOf = async (request: string | Promise<string>) => (await world.redeemDevice(await request)).number;

describe('an attack on a request for a primary refresh token gets its code', () => {
  test('a request that was sent before is refused (140000)', async () => {
    const request = await world.cardRequest(device, 'ana');
    assert.equal((await world.redeemDevice(request)).status, 200);
    const again = await world.redeemDevice(request);
    assert.deepEqual([again.status, again.number], [400, 140000]);
    assert.match(String(again.json.error_description), /^AADSTS140000: /);
  });

  /** The same signature, written in another way: clients differ, so all of these are read (windows-sign-in §0.5, rule 3). */
  const rewrites: readonly (readonly [name: string, rewrite: (signature: string) => string])[] = [
    ['with padding', (signature) => signature.padEnd(Math.ceil(signature.length / 4) * 4, '=')],
    ['in standard base64', (signature) => Buffer.from(signature, 'base64url').toString('base64')],
  ];
  const rewritten = (jws: string, rewrite: (signature: string) => string): string => {
    const [header, payload, signature = ''] = jws.split('.');
    return `${header}.${payload}.${rewrite(signature)}`;
  };
  for (const [name, rewrite] of rewrites)
    test(`a request that was sent before is refused with its signature ${name} as well (140000)`, async () => {
      const request = await world.cardRequest(device, 'ana');
      assert.equal((await world.redeemDevice(rewritten(request, rewrite))).status, 200);
      assert.equal(await numberOf(request), 140000);
      const otherRequest = await world.cardRequest(device, 'ana');
      assert.equal((await world.redeemDevice(otherRequest)).status, 200);
      assert.equal(await numberOf(rewritten(otherRequest, rewrite)), 140000);
    });

  test('the other signature that every ECDSA signature has makes no new assertion (140000)', async () => {
    const name = ['ana', 'ben', 'cleo', 'dan', 'eva', 'finn', 'gus', 'hana'].find((person) => isElliptic(person))!;
    const assertion = world.assertion(name, { jti: crypto.randomUUID() });
    const request = (text: string) => world.cardRequest(device, name, { change: { assertion: text } });
    const first = await world.redeemDevice(await request(assertion));
    assert.equal(first.status, 200, first.text);
    assert.equal(await numberOf(request(twin(assertion))), 140000);
  });

  test('an assertion is not taken before its time, and a request not after its own (700024)', async () => {
    const now = Math.floor(Date.now() / 1000);
    for (const change of [{ exp: now - 1000 }, { nbf: now + 1000 }, { exp: 'soon' }])
      assert.equal(await numberOf(world.cardRequest(device, 'ana', { change })), 700024, JSON.stringify(change));
    assert.equal(await numberOf(world.cardRequest(device, 'ana', { claims: { nbf: now + 1000 } })), 700024);
    assert.equal(
      (await world.redeemDevice(await world.cardRequest(device, 'ana', { change: { exp: now + 60 } }))).status,
      200,
    );
  });

  test('a request of a session key is taken once, and not in the clear after that (140000)', async () => {
    const { token, sessionKey } = await world.signIn(device);
    const payload = {
      scope: 'openid',
      resource: 'https://graph.microsoft.com',
      client_id: appId,
      grant_type: 'refresh_token',
      refresh_token: token,
    };
    for (const more of [{}, { request_nonce: await world.nonce() }, { exp: Math.floor(Date.now() / 1000) + 600 }]) {
      const request = sessionJws(sessionKey, { ...payload, ...more });
      const send = (text: string, windows_api_version: string) =>
        world.token({ windows_api_version, grant_type: assertionGrant, request: text });
      assert.equal((await send(request, '2.2')).status, 200);
      assert.equal((await send(request, '1.0')).number, 140000);
      for (const [, rewrite] of rewrites) assert.equal((await send(rewritten(request, rewrite), '1.0')).number, 140000);
    }
    const outdated = sessionJws(sessionKey, { ...payload, exp: Math.floor(Date.now() / 1000) - 1000 });
    assert.equal(
      (await world.token({ windows_api_version: '2.2', grant_type: assertionGrant, request: outdated })).number,
      700024,
    );
  });

  test('an assertion of another nonce is refused (140000)', async () => {
    const secondNonce = await world.nonce();
    assert.equal(await numberOf(world.cardRequest(device, 'ana', { claims: { request_nonce: secondNonce } })), 140000);
  });

  test('an assertion without a nonce is taken once, in whatever request it comes (140000)', async () => {
    const assertion = world.assertion('ana', { jti: crypto.randomUUID() });
    const request = () => world.cardRequest(device, 'ana', { change: { assertion } });
    assert.equal((await world.redeemDevice(await request())).status, 200);
    assert.equal(await numberOf(request()), 140000);
  });

  for (const [name, nonce] of [
    ['without a nonce', undefined],
    ['with a forged nonce', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  ] as const) {
    test(`a request ${name} is refused (140000)`, async () => {
      const change = { request_nonce: nonce };
      assert.equal(await numberOf(world.cardRequest(device, 'ana', { change })), 140000);
    });
  }

  test("another user's card under this user's name is refused (50034 or 1001003)", async () => {
    const nonce = await world.nonce();
    const assertion = world.assertion('ben', { request_nonce: nonce, iss: 'ana@woodgrove.test' });
    const request = world.cardRequest(device, 'ana', { change: { request_nonce: nonce, assertion } });
    const number = await numberOf(request);
    assert.ok([50034, 1001003].includes(number), `${number}`);
  });

  test('a certificate whose key did not sign the assertion is refused (50017)', async () => {
    const nonce = await world.nonce();
    const { der } = world.card('ben');
    const x5c = [Buffer.from(der).toString('base64')];
    const assertion = world.assertion('ben', { request_nonce: nonce }, { x5c }).replace(/[^.]+$/, 'AAAA');
    const request = world.cardRequest(device, 'ana', { change: { request_nonce: nonce, assertion } });
    assert.equal(await numberOf(request), 50017);
  });

  test('a user name outside of the assertion that is not the one in it is refused (50034)', async () => {
    const change = { username: 'ben@woodgrove.test' };
    assert.equal(await numberOf(world.cardRequest(device, 'ana', { change })), 50034);
  });

  test('a header with x5c and kid, and one with neither, is refused (900144)', async () => {
    const nonce = await world.nonce();
    const assertion = world.assertion('ana', { request_nonce: nonce }, { kid: 'k' });
    assert.equal(await numberOf(world.cardRequest(device, 'ana', { change: { assertion } })), 900144);
  });

  test('a request signed by another key than the device key is refused (50155)', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const nonce = await world.nonce();
    const payload = {
      request_nonce: nonce,
      grant_type: assertionGrant,
      assertion: world.assertion('ana', { jti: crypto.randomUUID() }),
    };
    assert.equal(await numberOf(deviceJws({ ...device, deviceKey: privateKey }, payload)), 50155);
  });

  test('the device certificate of another tenant is refused (50155)', async () => {
    const otherTenant = crypto.randomUUID();
    const foreign = await world.enrol({}, world.installation.storage.forTenant(otherTenant), otherTenant);
    assert.equal(await numberOf(world.cardRequest(foreign, 'ana')), 50155);
  });

  test('the certificate of a deleted device is refused (50155)', async () => {
    const gone = await world.enrol();
    await world.stores.devices.registrations.remove(gone.registration.deviceId);
    assert.equal(await numberOf(world.cardRequest(gone, 'ana')), 50155);
  });

  test('a device that is only registered gets no token by card (50155)', async () => {
    const workplace = await world.enrol({ trustType: 'Workplace' });
    assert.equal(await numberOf(world.cardRequest(workplace, 'ana')), 50155);
  });

  for (const [name, claims] of [
    ['an audience of another service (700023)', { aud: 'https://example.com/' }],
    ['more than an hour of validity (700024)', { iat: 1_700_000_000, exp: 1_900_000_000 }],
    ['a time that has passed (700024)', { iat: 1_700_000_000, exp: 1_700_000_300 }],
  ] as const) {
    test(`an assertion with ${name} is refused`, async () => {
      const number = /\((\d+)\)/.exec(name)![1];
      assert.equal(String(await numberOf(world.cardRequest(device, 'ana', { claims }))), number);
    });
  }

  test('more than eight certificates are refused (9002313)', async () => {
    const x5c = Array(9).fill(Buffer.from(device.registration.certificate).toString('base64'));
    assert.equal(await numberOf(world.cardRequest(device, 'ana', { header: { x5c } })), 9002313);
  });
});

describe('a primary refresh token is of use to the holder of its session key alone', () => {
  test('as an ordinary refresh token it is refused (70000)', async () => {
    const { token } = await world.signIn(device);
    for (const version of [1, 2] as const) {
      const form = {
        grant_type: 'refresh_token',
        client_id: '29d9ed98-a469-4536-ade2-f981bc1d605e',
        refresh_token: token,
      };
      const reply = await world.token({ ...form, scope: 'openid' }, world.tenantId, version);
      assert.deepEqual([reply.status, reply.json.error, reply.number], [400, 'invalid_grant', 70000]);
    }
  });

  test('a request signed by another session key is refused (140001)', async () => {
    const { token } = await world.signIn(device);
    const second = await world.signIn(device);
    assert.equal((await world.accessToken({ token, sessionKey: second.sessionKey })).number, 140001);
  });

  test('a token that was not sealed here is refused (70000)', async () => {
    const { token, sessionKey } = await world.signIn(device);
    const forged = `${token.slice(0, -4)}AAAA`;
    assert.equal((await world.accessToken({ token: forged, sessionKey })).number, 70000);
  });

  test('a swapped transport key ends the token (50155)', async () => {
    const swapped = await world.enrol();
    const { token, sessionKey } = await world.signIn(swapped);
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const transportKey = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
    await world.stores.devices.registrations.save({ ...swapped.registration, transportKey });
    assert.equal((await world.accessToken({ token, sessionKey })).number, 50155);
  });

  test('a device that announced version 2 of the key derivation does not go back (5000611)', async () => {
    const linux = await world.enrol({ operatingSystem: 'Linux' });
    const second = await world.signIn(linux, 'ana', 2);
    assert.equal((await world.accessToken(second, {}, { kdf: 1 })).number, 5000611);
    const first = await world.signIn(linux, 'ana', 1);
    assert.equal((await world.accessToken(first, {}, { kdf: 1 })).status, 200);
  });

  test('Windows may not use version 1 of the key derivation (5000611)', async () => {
    const first = await world.signIn(device, 'ana', 1);
    assert.equal((await world.accessToken(first, {}, { kdf: 1 })).number, 5000611);
  });

  test('a refresh token of the broker that was made on another device makes no primary one (50155)', async () => {
    const second = await world.enrol();
    const primary = await world.signIn(device);
    const { json } = await world.accessToken(primary, { client_id: '29d9ed98-a469-4536-ade2-f981bc1d605e' });
    const request = async (by: EnrolledDevice) =>
      deviceJws(by, {
        request_nonce: await world.nonce(),
        grant_type: 'refresh_token',
        refresh_token: json.refresh_token,
      });
    assert.equal(await numberOf(request(second)), 50155);
    assert.ok(held(await world.redeemDevice(await request(device)), device).token);
  });

  test('a request without the context of the key derivation is refused (140001)', async () => {
    const { token, sessionKey } = await world.signIn(device);
    const request = sessionJws(sessionKey, { refresh_token: token, client_id: 'x' }, { contextOctets: 8 });
    assert.equal((await world.redeemDevice(request)).number, 140001);
  });
});

describe('the nonce endpoint tells of no user and no device', () => {
  test('it answers the same for every client and user that is named', async () => {
    const form = { grant_type: 'srv_challenge', client_id: crypto.randomUUID(), username: 'ghost@woodgrove.test' };
    const reply = await world.token(form);
    assert.deepEqual([reply.status, Object.keys(reply.json)], [200, ['Nonce']]);
    assert.match(String(reply.json.Nonce), /^[A-Za-z0-9_-]+$/);
  });

  test('a tenant that is not there is 90002, as at every other address', async () => {
    assert.equal((await world.token({ grant_type: 'srv_challenge' }, 'nowhere.test')).number, 90002);
  });
});

const isElliptic = (name: string): boolean => {
  try {
    return world.card(name).key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
};

/** (r, n − s) verifies where (r, s) does. */
function twin(jws: string): string {
  const [header, payload, signature = ''] = jws.split('.');
  const octets = Buffer.from(signature, 'base64url');
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = order - BigInt(`0x${octets.subarray(32).toString('hex')}`);
  const otherRequest = Buffer.concat([octets.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  return `${header}.${payload}.${otherRequest.toString('base64url')}`;
}
