import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { changeDevice as changeDeviceByAdmin } from '#admin/devices/devices.ts';
import { revokeSignInSessions } from '#admin/directory/sessions.ts';
import { certificateKeyOf } from '#core/access/proof.ts';
import { because } from '#core/trace/reasons.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { type Device, deviceKind } from '#model/device.ts';
import type { EnrolledDevice } from '../enrolled.ts';
import { appId, type HeldToken, held, World } from './world.ts';

let world: World;
before(async () => {
  world = await World.open();
});
after(() => world.close());

interface Used {
  readonly device: EnrolledDevice;
  readonly primary: HeldToken;
  /** A refresh token that an application got with it. */
  readonly refreshToken: string;
  readonly userId: string;
}

async function use(name = 'ana'): Promise<Used> {
  const device = await world.enrol();
  const primary = await world.signIn(device, name);
  const { json } = await world.accessToken(primary);
  return { device, primary, refreshToken: String(json.refresh_token), userId: await world.userId(name) };
}

/** The numbers that the primary refresh token, and the application's, are answered with. */
async function numbers({ primary, refreshToken }: Used): Promise<readonly [number, number]> {
  const form = { grant_type: 'refresh_token', client_id: appId, refresh_token: refreshToken };
  const first = await world.accessToken(primary);
  const second = await world.token(form, world.tenantId, 2);
  return [first.number, second.number];
}

const changeDevice = ({ device }: Used, change: Partial<Device>) =>
  world.stores.objects.change<Device>(deviceKind, device.object.id, (document) => ({ ...document, ...change }), {
    activity: 'Update device',
    actor: 'test',
  });

const setEnabled = (userId: string, accountEnabled: boolean) =>
  world.stores.users.change(userId, 'test', ({ user, profile }) => ({ user: { ...user, accountEnabled }, profile }));

describe('a primary refresh token and everything made with it ends, each with its code (PRT-7)', () => {
  test('while nothing has changed both are taken', async () => {
    assert.deepEqual(await numbers(await use()), [0, 0]);
  });

  test('the device is disabled (50155 family), and enabling it again brings nothing back', async () => {
    const usedToken = await use();
    await changeDevice(usedToken, { accountEnabled: false });
    const [first, second] = await numbers(usedToken);
    assert.deepEqual([first, second], [135011, 50132]);
    await changeDevice(usedToken, { accountEnabled: true });
    assert.deepEqual(await numbers(usedToken), [50132, 50132]);
  });

  test('an administrator disables and enables the device before the token is used (50132)', async () => {
    const usedToken = await use();
    const { id } = usedToken.device.object;
    orThrow(await changeDeviceByAdmin(id, { accountEnabled: false }, { actor: 'test', ports: world.stores }));
    orThrow(await changeDeviceByAdmin(id, { accountEnabled: true }, { actor: 'test', ports: world.stores }));
    assert.deepEqual(await numbers(usedToken), [50132, 50132]);
  });

  test('the device is deleted (50155)', async () => {
    const usedToken = await use();
    await world.stores.devices.registrations.remove(usedToken.device.registration.deviceId);
    const [first, second] = await numbers(usedToken);
    assert.deepEqual([first, second], [50155, 50132]);
  });

  test('the user is disabled (50057)', async () => {
    const usedToken = await use('ben');
    await setEnabled(usedToken.userId, false);
    const [first, second] = await numbers(usedToken);
    assert.equal(first, 50057);
    assert.ok([50173, 50132].includes(second), `${second}`);
    await setEnabled(usedToken.userId, true);
    assert.equal((await numbers(usedToken))[0], 50132);
  });

  test('sessions of the user are revoked (50173)', async () => {
    const usedToken = await use();
    orThrow(await revokeSignInSessions(usedToken.userId, { at: new Date(), actor: 'test', ports: world.stores }));
    assert.deepEqual(await numbers(usedToken), [50173, 50173]);
  });

  test('the certificate is found revoked or blocked: what rests on it ends (50132)', async () => {
    const usedToken = await use('ben');
    const [row] = await world.stores.devices.primaryRefreshTokens.ofUser(usedToken.userId);
    const key = certificateKeyOf(row!.proofs[0]!)!;
    assert.ok((await world.stores.live.certificates()).some((entry) => entry.key === key));
    await world.stores.live.endOfCertificate(key, because('certificateBlocked', {} as never), 'test');
    const [first, second] = await numbers(usedToken);
    assert.deepEqual([first, second], [50132, 50173]);
  });

  test('the password is changed: a token for the password ends (50133), one for the card does not', async () => {
    const userId = await world.userId('ana');
    const { passwords } = world.installation;
    await world.stores.users.setPasswordHash(userId, await passwords.hash('Correct horse 1!'), 'test');
    const byCard = await use();
    const device = await world.enrol();
    const change = { grant_type: 'password', username: 'ana@woodgrove.test', password: 'Correct horse 1!' };
    const header = { kdf_ver: 2 };
    const request = await world.cardRequest(device, 'ana', { change: { ...change, assertion: undefined }, header });
    const primary = held(await world.redeemDevice(request), device);
    const { json } = await world.accessToken(primary);
    const byPassword = { device, primary, refreshToken: String(json.refresh_token), userId };
    await world.stores.users.setPasswordHash(userId, await passwords.hash('Another horse 2!'), 'test');
    assert.deepEqual(await numbers(byPassword), [50133, 50132]);
    assert.deepEqual(await numbers(byCard), [0, 0]);
  });
});

test('a device has one token for each user and kind of credential (PRT-6)', async () => {
  const device = await world.enrol();
  const first = await world.signIn(device);
  const second = await world.signIn(device);
  const rows = await world.stores.devices.primaryRefreshTokens.ofDevice(device.registration.deviceId);
  assert.deepEqual(
    rows.map(({ credential }) => credential),
    ['certificate'],
  );
  for (const primary of [first, second]) assert.equal((await world.accessToken(primary)).status, 200);
});
