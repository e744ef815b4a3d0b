import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { removeDevice } from '#admin/devices/devices.ts';
import { changeRegistrationPolicy } from '#admin/devices/registration-policy.ts';
import type { User } from '#core/binding/user.ts';
import {
  type DeviceRegistrationPolicy,
  usualRegistrationPolicy,
} from '#core/device/registration/registration-policy.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { type Device, deviceKind } from '#model/device.ts';
import { certificateRequest } from '../certificate-request.ts';
import { blobOf, deviceCard, joinBody, newKeys, type SendOptions } from '../registration-client.ts';
import { deviceIdIn, RegistrationService } from '../registration-service.ts';

const keys = newKeys();

describe('the device registration policy decides who may join (windows-sign-in §2.1)', () => {
  let service: RegistrationService;
  let ana: User;
  let ben: User;
  before(async () => {
    service = await RegistrationService.start();
    ana = await service.addUser('ana');
    ben = await service.addUser('ben');
  });
  after(() => service.end());
  const set = (change: Partial<DeviceRegistrationPolicy>) =>
    changeRegistrationPolicy({ ...usualRegistrationPolicy, ...change }, { actor: 'test', ports: service.stores }).then(
      orThrow,
    );
  const attempt = async (user: User, more: object = {}, token: object = {}, options: SendOptions = {}) => {
    const answer = await service.join(joinBody(keys, more), { token: service.token(user, token), ...options });
    return answer.status === 200 ? 'joined' : `${answer.status} ${answer.body.ErrorType} ${answer.body.subcode}`;
  };

  test('all users may join by default, and a user who is not selected may not', async () => {
    assert.equal(await attempt(ana), 'joined');
    await set({ allowedToJoin: { kind: 'selected', users: [ben.id], groups: [] } });
    assert.equal(await attempt(ben), 'joined');
    assert.equal(await attempt(ana), '403 AuthorizationError joinNotAllowed');
    assert.equal(await attempt(ana, { JoinType: 4 }), 'joined'); // registration has a membership of its own
  });

  test('a refused join is in the audit log, with its reason and the user', async () => {
    await set({ allowedToJoin: { kind: 'none' } });
    await attempt(ana);
    const rows = await service.stores.audits.list({ top: 500 });
    const refusal = rows.find((row) => JSON.stringify(row).includes('joinNotAllowed'));
    assert.equal(refusal?.activity, 'Register device');
    assert.match(refusal?.actor ?? '', new RegExp(`^user/${ana.id}/ana%40woodgrove.test/`));
  });

  test('where no user may join or register, none does', async () => {
    await set({ allowedToJoin: { kind: 'none' }, allowedToRegister: { kind: 'none' } });
    assert.equal(await attempt(ana), '403 AuthorizationError joinNotAllowed');
    assert.equal(await attempt(ana, { JoinType: 4 }), '403 AuthorizationError joinNotAllowed');
  });

  test('where multifactor authentication is required, the token must show it', async () => {
    await set({ multiFactorAuthConfiguration: 'required' });
    assert.equal(await attempt(ana, {}, { methods: ['rsa'] }), '401 AuthenticationError joinNeedsMultiFactor');
    assert.equal(await attempt(ana, {}, { methods: ['rsa', 'mfa'] }), 'joined');
    assert.equal(await attempt(ana, {}, { methods: ['ngcmfa'] }), 'joined');
  });

  for (const [version, unsupportedWindows, result] of [
    ['10.0.22000.100', 'warn', 'joined'],
    ['10.0.22000.100', 'refuse', '403 AuthorizationError windowsNotSupported'],
    ['10.0.22000.1042', 'refuse', 'joined'],
    ['10.0.10240.1', 'refuse', '403 AuthorizationError windowsNotSupported'],
  ] as const) {
    test(`Windows ${version} is ${result} where the policy says ${unsupportedWindows} (entra-cba §9.3)`, async () => {
      await set({ unsupportedWindows });
      assert.equal(await attempt(ana, { OSVersion: version }), result);
    });
  }

  test('a refusal names the update, a warning is in the audit log, and other systems are not evaluated', async () => {
    await set({ unsupportedWindows: 'refuse' });
    const body = joinBody(keys, { OSVersion: '10.0.22000.100' });
    const answer = await service.join(body, { token: service.token(ana) });
    assert.match(answer.body.Message, /KB5017383/);
    assert.equal(await attempt(ana, { DeviceType: 'Linux', OSVersion: '6.12' }), 'joined');
    await set({ unsupportedWindows: 'warn' });
    await service.join(body, { token: service.token(ana) });
    const rows = (await service.stores.audits.list({ top: 500 })).filter(
      ({ activity }) => activity === 'Register device',
    );
    assert.ok(rows.some((row) => JSON.stringify(row).includes('KB5017383')));
  });

  test('the quota counts the devices of a user, and a deleted device does not count', async () => {
    const cara = await service.addUser('cara');
    await set({ userDeviceQuota: 2 });
    const without = { Attributes: {} };
    assert.equal(await attempt(cara, without), 'joined');
    assert.equal(await attempt(cara, without), 'joined');
    assert.equal(await attempt(cara, without), '403 AuthorizationError deviceQuotaReached');
    const [id] = await service.stores.devices.index.devicesOf(cara.id, 'owner');
    orThrow(await removeDevice(id!, { actor: 'test', ports: service.stores }));
    assert.equal(await attempt(cara, without), 'joined');
  });

  test('two joins at once at the limit make one device', async () => {
    const dan = await service.addUser('dan');
    await set({ userDeviceQuota: 1 });
    const results = await Promise.all(Array.from({ length: 6 }, () => attempt(dan, { Attributes: {} })));
    assert.equal(results.filter((result) => result === 'joined').length, 1, results.join());
    assert.equal((await service.stores.devices.index.devicesOf(dan.id, 'owner')).length, 1);
  });

  test('a device is used again only with proof: the same transport key, or its certificate in TLS', async () => {
    await set({});
    const eve = await service.addUser('eve');
    const deviceKeys = newKeys();
    const joined = async (body: object, options: SendOptions = {}) =>
      service.join(body, { token: service.token(eve), ...options });
    const first = await joined(joinBody(deviceKeys));
    const replaced = { ...newKeys(), transport: deviceKeys.transport };
    assert.equal(deviceIdIn(await joined(joinBody(replaced))), deviceIdIn(first));
    for (const DeviceDisplayName of ['Laptop one', 'Laptop two'])
      assert.notEqual(deviceIdIn(await joined(joinBody(newKeys(), { DeviceDisplayName }))), deviceIdIn(first));
    const second = await joined(joinBody(replaced));
    const again = newKeys();
    const proven = await joined(joinBody(again), { card: deviceCard(second, replaced.device) });
    assert.equal(deviceIdIn(proven), deviceIdIn(first));
    const registration = await service.stores.devices.registrations.find(deviceIdIn(first));
    assert.equal(Buffer.from(registration!.certificate).toString('base64'), proven.body.Certificate.RawBody);
  });

  test('ReuseDevice does not take the device of another user, with its transport key either', async () => {
    const deviceKeys = newKeys();
    const theirs = await service.join(joinBody(deviceKeys), { token: service.token(ana) });
    const answer = await service.join(joinBody(deviceKeys), { token: service.token(ben) });
    assert.equal(answer.status, 200);
    assert.notEqual(deviceIdIn(answer), deviceIdIn(theirs));
    const [owner] = await ownersOf(deviceIdIn(theirs));
    assert.equal(owner, ana.id);
  });
  const ownersOf = async (deviceId: string) =>
    service.stores.devices.index.usersOf((await service.stores.devices.index.objectIdOf(deviceId))!, 'owner');

  test('a disabled device that is joined again stays disabled', async () => {
    const deviceKeys = newKeys();
    const first = await service.join(joinBody(deviceKeys), { token: service.token(ana) });
    const id = (await service.stores.devices.index.objectIdOf(deviceIdIn(first)))!;
    const entry = { activity: 'Update device', actor: 'test' };
    await service.stores.objects.change<Device>(deviceKind, id, (old) => ({ ...old, accountEnabled: false }), entry);
    assert.equal(
      deviceIdIn(await service.join(joinBody(deviceKeys), { token: service.token(ana) })),
      deviceIdIn(first),
    );
    assert.equal((await service.stores.objects.find<Device>(deviceKind, id))?.document.accountEnabled, false);
  });

  for (const [name, more, problem] of [
    ['a name with a control character', { DeviceDisplayName: 'a\u202eb' }, 'textHoldsControls'],
    ['a system with a control character', { DeviceType: 'Windows\u001b[2J' }, 'textHoldsControls'],
    ['a version with a control character', { OSVersion: '10\u0000' }, 'textHoldsControls'],
    ['a hybrid join type at this address', { JoinType: 6 }, 'joinTypeUnknown'],
    ['no transport key', { TransportKey: undefined }, 'deviceBodyUnreadable'],
    [
      'a transport key of 1024 bits',
      { TransportKey: blobOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey) },
      'transportKeyWeak',
    ],
    [
      'a certification request of another structure',
      { CertificateRequest: { Data: 'AAAA' } },
      'certificateRequestUnreadable',
    ],
  ] as const) {
    test(`${name} is refused with ${problem}`, async () => {
      await set({});
      assert.equal(await attempt(ana, more), `400 ValidationError ${problem}`);
    });
  }

  test('the certificate, not the request, decides the device: a nonce is checked where there is one', async () => {
    await set({});
    const withNonce = (nonce: string) => ({ CertificateRequest: { Data: certificateRequest(keys.device, { nonce }) } });
    const answer = await service.send('GET', '/EnrollmentServer/nonce/woodgrove.test/?api-version=1.0');
    assert.equal(await attempt(ana, withNonce(answer.body.Value)), 'joined');
    assert.equal(await attempt(ana, withNonce('made up')), '400 ValidationError deviceNonceRefused');
    const foreign = await service.send('GET', '/EnrollmentServer/nonce/nobody.test/');
    assert.equal(await attempt(ana, withNonce(foreign.body.Value)), '400 ValidationError deviceNonceRefused');
    service.clock.pass(601_000);
    assert.equal(await attempt(ana, withNonce(answer.body.Value)), '400 ValidationError deviceNonceRefused');
  });

  test('a token of a deleted or a disabled user is refused before the body is read', async () => {
    const fay = await service.addUser('fay', { accountEnabled: false });
    const gone = { id: crypto.randomUUID() } as User;
    for (const user of [fay, gone])
      assert.equal(await attempt(user, {}, {}, { text: '{' }), '401 AuthenticationError deviceTokenRefused');
  });
});
