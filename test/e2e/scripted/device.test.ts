import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import { type Device, deviceKind } from '#model/device.ts';
import type { EnrolledDevice } from '../../device/enrolled.ts';
import { type HeldToken, type Reply, World } from '../../device/prt/world.ts';
import { deviceJws, sessionJws } from '../../device/signed-requests.ts';
import { configIn, refusalIn } from './program.ts';

const password = 'Correct horse battery 1!';
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const client = { client_id: commandLineApplication.appId, redirect_uri: commandLineApplication.redirectUris[0]! };
type Config = Readonly<Record<string, unknown>>;

let world: World;
let device: EnrolledDevice;
before(async () => {
  world = await World.open();
  device = await world.enrol();
});
after(() => world.close());

const asAnswer = ({ status, headers, text }: Reply) => ({ status, headers, body: text });
const configOf = (reply: Reply): Config => configIn(asAnswer(reply));

/** The first step of a program that shows no pages; policy or `prompt` may want more than the device proves. */
async function begin(more: Readonly<Record<string, string>> = {}): Promise<Config> {
  const query = new URLSearchParams({
    ...client,
    response_type: 'code',
    scope: 'openid profile',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...more,
  });
  return configOf(
    await world.send(`/${world.tenantId}/oauth2/v2.0/authorize?${query}`, { headers: { accept: '*/*' } }),
  );
}

const headerOf = ({ token, sessionKey }: HeldToken, claims: Readonly<Record<string, unknown>>) => ({
  'x-ms-RefreshTokenCredential': sessionJws(sessionKey, { refresh_token: token, is_primary: 'true', ...claims }),
});
const signedHeader = async (primary: HeldToken) => headerOf(primary, { request_nonce: await world.nonce() });

const hasCode = ({ status, headers, text }: Reply): void => {
  assert.equal(status, 302, text);
  assert.match(String(headers.location), /[?&]code=/);
};
const resumeAddress = (config: Config, path = 'resume', tenant = `/${world.tenantId}`) =>
  `${tenant}/${path}?${new URLSearchParams({ ctx: String(config.sCtx) })}`;

describe('the credential of a device continues with a sign-in that has begun (windows-sign-in §3.12)', () => {
  for (const path of ['resume', 'reprocess', 'Resume'])
    test(`at /${path}, of a tenant and of none`, async () => {
      const primary = await world.signIn(device);
      for (const tenant of [`/${world.tenantId}`, ''])
        hasCode(await world.send(resumeAddress(await begin(), path, tenant), { headers: await signedHeader(primary) }));
    });

  test('at /login, in a form that says nothing else', async () => {
    const primary = await world.signIn(device);
    const config = await begin();
    const form = { ctx: String(config.sCtx), flowToken: String(config.sFT) };
    const path = new URL(String(config.urlPost)).pathname;
    hasCode(await world.send(path, { form, headers: await signedHeader(primary) }));
    const second = await begin();
    const bare = { ctx: String(second.sCtx), flowToken: String(second.sFT) };
    assert.equal(refusalIn(asAnswer(await world.send(path, { form: bare }))), '900144');
  });

  test('the browser session ends with the primary refresh token (PRT-7)', async () => {
    const secondDevice = await world.enrol();
    const primary = await world.signIn(secondDevice);
    const reply = await world.send(resumeAddress(await begin()), { headers: await signedHeader(primary) });
    hasCode(reply);
    await world.stores.devices.primaryRefreshTokens.end({ deviceId: secondDevice.registration.deviceId });
    const code = new URL(String(reply.headers.location)).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, ...client };
    const { json, number } = await world.token(form, world.tenantId, 2);
    assert.deepEqual([json.access_token, number > 0], [undefined, true]);
  });

  test('a nonce that is missing or old is answered with one to sign, once', async () => {
    const primary = await world.signIn(device);
    const config = await begin();
    for (const claims of [{}, { iat: '1700000000' }, { request_nonce: 'AAAA' }]) {
      const reply = await world.send(resumeAddress(config), { headers: headerOf(primary, claims) });
      assert.equal(reply.status, 302);
      const nonce = new URL(String(reply.headers.location), world.origin).searchParams.get('sso_nonce');
      const again = `${resumeAddress(config)}&sso_nonce=${nonce}`;
      const { pgid, bsso } = configOf(await world.send(again, { headers: headerOf(primary, claims) })) as {
        pgid: string;
        bsso?: { nonce: string };
      };
      assert.deepEqual([pgid, typeof bsso?.nonce], ['ConvergedSignIn', 'string']);
    }
    const reply = await world.send(resumeAddress(config), { headers: await signedHeader(primary) });
    hasCode(reply);
  });

  test('without a credential, and with one of a wrong key, the answer is the step that the sign-in is at', async () => {
    const primary = await world.signIn(device);
    const config = await begin();
    const wrongKey = headerOf({ ...primary, sessionKey: new Uint8Array(32) }, { request_nonce: await world.nonce() });
    for (const headers of [{}, wrongKey]) {
      const next = configOf(await world.send(resumeAddress(config), { headers }));
      assert.deepEqual([next.pgid, next.strMainMessage], ['ConvergedSignIn', undefined]);
      assert.notEqual(next.sFT, config.sFT);
    }
  });

  test('a context that was not sealed here, and a form of another site, lead nowhere', async () => {
    const primary = await world.signIn(device);
    const headers = await signedHeader(primary);
    const reply = await world.send(`/${world.tenantId}/resume?ctx=AAAA`, { headers });
    assert.equal(refusalIn(asAnswer(reply)), '90100');
    const foreign = await world.send(resumeAddress(await begin()), {
      method: 'POST',
      headers: { ...headers, origin: 'https://evil.test' },
    });
    assert.equal(foreign.status, 403);
  });

  test('prompt=login is not answered by the device', async () => {
    const primary = await world.signIn(device);
    const reply = await world.send(resumeAddress(await begin({ prompt: 'login' })), {
      headers: await signedHeader(primary),
    });
    assert.equal(configOf(reply).pgid, 'ConvergedSignIn');
  });
});

describe('policy sees the device at every step of a sign-in', () => {
  const compliantPolicy: ConditionalAccessPolicy = {
    id: 'compliant',
    displayName: 'compliant',
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'AND', builtInControls: ['compliantDevice'] },
  };
  before(async () => {
    const { policy, objects, users } = world.stores;
    await policy.changeAccess('test', () => ({ policies: [compliantPolicy] }));
    const change = { activity: 'Update device', actor: 'test' };
    await objects.change<Device>(deviceKind, device.object.id, (old) => ({ ...old, isCompliant: true }), change);
    const hash = await world.installation.passwords.hash(password);
    await users.setPasswordHash(await world.userId('ben'), hash, 'test');
  });
  after(() => world.stores.policy.changeAccess('test', () => ({ policies: [] })));

  test('a control for compliant devices is met where the device proves itself with the password, and only there (53000)', async () => {
    const post = async (headers: Readonly<Record<string, string>>) => {
      const config = await begin();
      const form = {
        login: 'ben@woodgrove.test',
        passwd: password,
        ctx: String(config.sCtx),
        flowToken: String(config.sFT),
      };
      return world.send(new URL(String(config.urlPost)).pathname, { form, headers });
    };
    const claims = { grant_type: 'device_auth', iss: 'aad:brokerplugin', request_nonce: await world.nonce() };
    hasCode(await post({ 'x-ms-DeviceCredential': deviceJws(device, claims) }));
    assert.equal(refusalIn(asAnswer(await post({}))), '53000');
  });

  test('a primary refresh token that continues with a sign-in proves the device', async () => {
    const primary = await world.signIn(device);
    hasCode(await world.send(resumeAddress(await begin()), { headers: await signedHeader(primary) }));
  });
});
