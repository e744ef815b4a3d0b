import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import { transportKeyBlob } from '#core/device/transport-key.ts';
import { type Device, deviceKind } from '#model/device.ts';
import type { EnrolledDevice } from '../enrolled.ts';
import { claimsIn, deviceJws, jws, sessionJws, windowsClient } from '../signed-requests.ts';
import { appId, assertionGrant, decrypted, type HeldToken, held, World } from './world.ts';

let world: World;
let device: EnrolledDevice;
before(async () => {
  world = await World.open();
  device = await world.enrol();
});
after(() => world.close());

async function renew(
  { token, sessionKey }: HeldToken,
  change: Readonly<Record<string, unknown>> = {},
  form: Readonly<Record<string, string>> = {},
) {
  const payload = {
    client_id: windowsClient,
    scope: 'openid aza ugs',
    iss: 'aad:brokerplugin',
    grant_type: 'refresh_token',
    refresh_token: token,
    previous_refresh_token: token,
    request_nonce: await world.nonce(),
    ...change,
  };
  const request = sessionJws(sessionKey, payload);
  const reply = await world.token({ windows_api_version: '2.2', grant_type: assertionGrant, request, ...form });
  return { reply, plain: decrypted(reply, sessionKey) };
}

describe('a primary refresh token is renewed', () => {
  test('by itself: a new token for the same session key, encrypted', async () => {
    const first = await world.signIn(device);
    const { reply, plain } = await renew(first);
    assert.equal(reply.text.split('.').length, 5);
    assert.notEqual(plain.json.refresh_token, first.token);
    assert.equal('session_key_jwe' in plain.json, false);
    const renewed = { token: String(plain.json.refresh_token), sessionKey: first.sessionKey };
    assert.equal((await world.accessToken(renewed)).status, 200);
    assert.equal((await world.accessToken(first)).status, 200, 'the old one is taken until it expires');
  });

  test('with a new assertion of the card, and not with that of another user', async () => {
    const first = await world.signIn(device);
    const nonce = await world.nonce();
    const withCard = (name: string) => ({
      request_nonce: nonce,
      grant_type: assertionGrant,
      refresh_token: undefined,
      assertion: world.assertion(name, { request_nonce: nonce }),
    });
    const { plain } = await renew(first, withCard('ana'));
    assert.equal(typeof plain.json.refresh_token, 'string', plain.text);
    const { plain: refusal } = await renew(first, withCard('ben'));
    assert.equal(refusal.number, 50034);
  });

  test('not without a nonce (140000)', async () => {
    const { plain } = await renew(await world.signIn(device), { request_nonce: undefined });
    assert.equal(plain.number, 140000);
  });

  test('in the log, as a sign-in by primary refresh token with the device', async () => {
    await renew(await world.signIn(device));
    const [entry] = await world.records(await world.userId('ana'));
    assert.deepEqual(
      [entry?.appDisplayName, entry?.incomingTokenType, entry?.device?.deviceId],
      ['Windows Sign In', 'primaryRefreshToken', device.registration.deviceId],
    );
    assert.equal(entry?.trace.findings[0]?.step, 'device');
  });
});

describe('answers are encrypted in the form that the client reads', () => {
  for (const [name, form, ivOctets] of [
    ['form A for windows_api_version 2.2', { windows_api_version: '2.2' }, 16],
    ['form B for windows_api_version 2.3', { windows_api_version: '2.3' }, 12],
    ['form B for prt_protocol_version 3.0', { prt_protocol_version: '3.0' }, 12],
  ] as const) {
    test(name, async () => {
      const { reply, plain } = await renew(await world.signIn(device), {}, form);
      assert.equal(Buffer.from(reply.text.split('.')[2]!, 'base64url').length, ivOctets);
      assert.equal(typeof plain.json.refresh_token, 'string');
      assert.match(String(reply.headers['content-type']), /^application\/json/);
    });
  }

  test('plain for windows_api_version 1.0', async () => {
    const { reply } = await renew(await world.signIn(device), {}, { windows_api_version: '1.0' });
    assert.equal(typeof reply.json.refresh_token, 'string');
  });
});

describe('other credentials become a primary refresh token', () => {
  test('a refresh token of the broker keeps what it rests on', async () => {
    const primary = await world.signIn(device, 'ben');
    const { json } = await world.accessToken(primary, { client_id: '29d9ed98-a469-4536-ade2-f981bc1d605e' });
    const payload = {
      grant_type: 'refresh_token',
      refresh_token: json.refresh_token,
      request_nonce: await world.nonce(),
    };
    const { answer } = held(await world.redeemDevice(deviceJws(device, payload)), device);
    assert.deepEqual(claimsIn(answer.id_token).amr, ['rsa']);
  });

  test('a refresh token of another application does not (70000)', async () => {
    const { json } = await world.accessToken(await world.signIn(device));
    const payload = {
      grant_type: 'refresh_token',
      refresh_token: json.refresh_token,
      request_nonce: await world.nonce(),
    };
    assert.equal((await world.redeemDevice(deviceJws(device, payload))).number, 70000);
  });

  test('a wrong password is 50126 for a user and for no user', async () => {
    for (const username of ['ana@woodgrove.test', 'ghost@woodgrove.test']) {
      const payload = { grant_type: 'password', username, password: 'guess', request_nonce: await world.nonce() };
      assert.equal((await world.redeemDevice(deviceJws(device, payload))).number, 50126);
    }
  });

  test('a Windows Hello key of this device is multifactor; of another device it is refused (130008)', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const keyId = createHash('sha256').update(transportKeyBlob(publicKey)).digest('base64');
    const userId = await world.userId('ana');
    const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
    const { deviceId } = device.registration;
    const key = { keyId, userId, deviceId, publicKey: spki, createdDateTime: new Date() };
    await world.stores.devices.registrations.addUserKey(key);
    const request = async (by: EnrolledDevice, kid = keyId, signer = privateKey) => {
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: 'ana@woodgrove.test', aud: 'common', iat: now - 300, exp: now + 600 };
      const assertion = jws(
        { typ: 'JWT', alg: 'RS256', kid, use: 'ngc' },
        { ...claims, request_nonce: await world.nonce(), scope: 'openid aza ugs' },
        signer,
      );
      const payload = { grant_type: assertionGrant, assertion, request_nonce: await world.nonce() };
      return world.redeemDevice(deviceJws(by, payload));
    };
    const { answer } = held(await request(device), device);
    assert.deepEqual(claimsIn(answer.id_token).amr, ['rsa', 'mfa']);
    assert.equal((await request(await world.enrol())).number, 130008);
    assert.equal((await request(device, 'AAAA')).number, 130004);
    assert.equal((await request(device, keyId, device.deviceKey)).number, 130005);
  });
});

describe('user names as devices send them', () => {
  test('the name of Active Directory finds the user, and the answer has the name of Entra (WIN-8, WIN-9)', async () => {
    const local = 'ana@corp.woodgrove.local';
    await world.stores.users.change(await world.userId('ana'), 'test', ({ user, profile }) => ({
      user: { ...user, onPremisesUserPrincipalName: local },
      profile,
    }));
    const request = await world.cardRequest(device, 'ana', { claims: { iss: local } });
    const { answer } = held(await world.redeemDevice(request), device);
    assert.equal(claimsIn(answer.id_token).upn, 'ana@woodgrove.test');
    const atCommon = async (claims: Readonly<Record<string, unknown>>) =>
      (
        await world.redeemDevice(
          await world.cardRequest(device, 'ana', { claims: { iss: local }, change: claims }),
          {},
          'common',
        )
      ).number;
    assert.equal(await atCommon({}), 51001, 'no tenant and no domain hint');
    assert.equal(await atCommon({ domain_hint: 'woodgrove.test' }), 0);
  });

  for (const [name, iss, number] of [
    ['a hint without the form of a user principal name', 'CN=Ana', 50034],
    ['a name of no user', 'ghost@woodgrove.test', 50034],
  ] as const) {
    test(`${name} is ${number}`, async () => {
      const request = await world.cardRequest(device, 'ana', { claims: { iss } });
      assert.equal((await world.redeemDevice(request)).number, number);
    });
  }
});

describe('Conditional Access is asked when the token is used, with the device', () => {
  const policy = (id: string, change: Partial<ConditionalAccessPolicy>): ConditionalAccessPolicy => ({
    id,
    displayName: id,
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    ...change,
  });
  const grant = (...builtInControls: string[]) => ({ operator: 'AND', builtInControls }) as const;

  async function under<T>(accessPolicy: ConditionalAccessPolicy, work: () => Promise<T>): Promise<T> {
    const set = (policies: readonly ConditionalAccessPolicy[]) =>
      world.stores.policy.changeAccess('test', () => ({ policies }));
    await set([accessPolicy]);
    try {
      return await work();
    } finally {
      await set([]);
    }
  }
  const setDevice = (change: Partial<Device>) =>
    world.stores.objects.change<Device>(deviceKind, device.object.id, (old) => ({ ...old, ...change }), {
      activity: 'Update device',
      actor: 'test',
    });

  test('a policy that asks for more does not stop the sign-in of the device', async () => {
    const accessPolicy = policy('mfa', { grantControls: grant('mfa') });
    await under(accessPolicy, async () => {
      const single = await world.signIn(device, 'ben');
      assert.equal((await world.accessToken(single)).number, 53004, 'nothing that ben has completes it');
      assert.equal((await world.accessToken(await world.signIn(device, 'ana'))).status, 200);
    });
  });

  test('a compliant device is taken where it proved itself, and only there (53000)', async () => {
    const accessPolicy = policy('compliant', { grantControls: grant('compliantDevice') });
    await under(accessPolicy, async () => {
      const primary = await world.signIn(device);
      assert.equal((await world.accessToken(primary)).number, 53000);
      await setDevice({ isCompliant: true });
      const { json } = await world.accessToken(primary);
      assert.equal(typeof json.access_token, 'string');
      const form = { grant_type: 'refresh_token', client_id: appId, refresh_token: String(json.refresh_token) };
      assert.equal((await world.token(form, world.tenantId, 2)).number, 53000, 'nothing proved the device');
      await setDevice({ isCompliant: null });
    });
  });

  test('a domain-joined device is one of trust type ServerAd (53001)', async () => {
    const accessPolicy = policy('joined', { grantControls: grant('domainJoinedDevice') });
    await under(accessPolicy, async () => {
      const primary = await world.signIn(device);
      assert.equal((await world.accessToken(primary)).number, 53001);
      await setDevice({ trustType: 'ServerAd' });
      assert.equal((await world.accessToken(primary)).status, 200);
      await setDevice({ trustType: 'AzureAd' });
    });
  });

  test('a filter for devices applies a policy to the device that proved itself', async () => {
    const conditions = policy('', {}).conditions;
    const deviceFilter = { mode: 'include', rule: 'device.displayName -startsWith "note"' };
    const block = { grantControls: grant('block') };
    const primary = await world.signIn(device);
    await under(policy('include', { ...block, conditions: { ...conditions, devices: { deviceFilter } } }), async () =>
      assert.equal((await world.accessToken(primary)).number, 53003),
    );
    const exclude = { deviceFilter: { ...deviceFilter, mode: 'exclude' } };
    await under(policy('exclude', { ...block, conditions: { ...conditions, devices: exclude } }), async () =>
      assert.equal((await world.accessToken(primary)).status, 200),
    );
  });
});

test('ztdid is the Autopilot id of the device that signed the request, for applications that ask for it', async () => {
  const ztdid = crypto.randomUUID();
  const owner = await world.enrol({ physicalIds: ['[HWID]:h:1', `[ZTDID]:${ztdid}`] });
  const entries = [{ name: 'ztdid' }];
  const api = {
    appId: crypto.randomUUID(),
    displayName: 'Deployment',
    redirectUris: [],
    postLogoutRedirectUris: [],
    homepage: undefined,
    isPublicClient: true,
    secretHashes: [],
    identifierUris: [],
    roles: [],
    profile: { optionalClaims: { idToken: entries, accessToken: entries } },
  };
  await world.stores.applications.put(api);
  const of = { client_id: api.appId, resource: api.appId };
  for (const [held, value] of [
    [await world.signIn(owner), ztdid],
    [await world.signIn(device), undefined],
  ] as const) {
    const { json, text } = await world.accessToken(held, of);
    const claims = [json.id_token, json.access_token].map((token) => claimsIn(token).ztdid);
    assert.deepEqual(claims, [value, value], text);
  }
});
