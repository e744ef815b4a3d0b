import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { joinDevice } from '#admin/devices/join-device.ts';
import { changeRegistrationPolicy } from '#admin/devices/registration-policy.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { DeviceAuthority, DeviceRegistration, PrimaryRefreshToken } from '#model/device.ts';
import type { Storage } from '#storage/storage.ts';
import { databasesUnderTest, nodesAt, TestClock } from '../databases.ts';

for (const database of databasesUnderTest()) {
  describe(`device stores on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let nodes: readonly Storage[] = [];
    before(async () => {
      nodes = await nodesAt(await database.place(), clock);
    });
    after(async () => {
      for (const node of nodes) await node.close();
      database.end();
    });

    const tenant = (id: string = crypto.randomUUID()) => ({
      one: nodes[0]!.forTenant(id).devices,
      other: nodes.at(-1)!.forTenant(id).devices,
    });
    const registration = (change: Partial<DeviceRegistration> = {}): DeviceRegistration => ({
      deviceId: crypto.randomUUID(),
      objectId: crypto.randomUUID(),
      certificate: Uint8Array.of(1, 2, 3),
      thumbprint: crypto.randomUUID(),
      transportKey: Uint8Array.of(4, 5),
      joinType: 0,
      authenticationMethods: ['rsa', 'mfa'],
      registeredDateTime: clock.now(),
      expiresDateTime: new Date(clock.now().getTime() + 1000),
      ...change,
    });
    const token = (change: Partial<PrimaryRefreshToken> = {}): PrimaryRefreshToken => ({
      id: crypto.randomUUID(),
      userId: 'ana',
      deviceId: 'laptop',
      credential: 'certificate',
      certificateKey: 'AB12',
      proofs: [{ method: 'x509CertificateMultiFactor', userId: 'ana', at: clock.now().toISOString() }],
      issuedDateTime: clock.now(),
      expiresDateTime: new Date(clock.now().getTime() + 60_000),
      ...change,
    });
    const authority = (): DeviceAuthority => ({
      id: crypto.randomUUID(),
      certificate: Uint8Array.of(7),
      privateKey: Uint8Array.of(8, 9),
      createdDateTime: clock.now(),
    });

    test('a device is found by its own id, which one object alone has, on another node', async () => {
      const { one, other: otherDevice } = tenant();
      const [deviceId, objectId] = [crypto.randomUUID(), crypto.randomUUID()];
      const results = await Promise.all([
        one.index.enter({ deviceId, objectId }),
        otherDevice.index.enter({ deviceId, objectId: crypto.randomUUID() }),
      ]);
      assert.deepEqual(results.toSorted(), [false, true]);
      assert.ok(await otherDevice.index.objectIdOf(deviceId));
      assert.equal(await tenant().one.index.objectIdOf(deviceId), undefined);
      assert.equal(await one.index.objectIdOf(crypto.randomUUID()), undefined);
    });

    test('owners and users of a device are found from both ends, and end with the device', async () => {
      const { one, other: otherDevice } = tenant();
      const [deviceId, objectId] = [crypto.randomUUID(), crypto.randomUUID()];
      await one.index.enter({ deviceId, objectId });
      assert.equal(await one.index.relate(objectId, 'owner', 'ana'), true);
      assert.equal(await otherDevice.index.relate(objectId, 'owner', 'ana'), false);
      await otherDevice.index.relate(objectId, 'user', 'ben');
      assert.deepEqual(await otherDevice.index.usersOf(objectId, 'owner'), ['ana']);
      assert.deepEqual(await one.index.devicesOf('ben', 'user'), [objectId]);
      assert.deepEqual(await one.index.devicesOf('ben', 'owner'), []);
      assert.equal(await one.index.unrelate(objectId, 'user', 'ben'), true);
      assert.equal(await one.index.unrelate(objectId, 'user', 'ben'), false);
      await one.index.remove(objectId);
      assert.deepEqual(await otherDevice.index.usersOf(objectId, 'owner'), []);
      assert.equal(await otherDevice.index.objectIdOf(deviceId), undefined);
    });

    test('joins at once on every node stop at the quota', async () => {
      const tenantId = crypto.randomUUID();
      const ports = nodes.map((node) => node.forTenant(tenantId));
      orThrow(await changeRegistrationPolicy({ userDeviceQuota: 2 }, { actor: 'test', ports: ports[0]! }));
      const issue = () => ({ certificate: new Uint8Array(randomBytes(16)), expires: clock.now() });
      const user = { id: crypto.randomUUID(), userPrincipalName: 'ana@woodgrove.test', groupIds: [] };
      const rulings = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          joinDevice(
            {
              user: user as never,
              operation: 'join',
              methods: ['rsa'],
              joinType: 0,
              displayName: `Laptop ${i}`,
              deviceType: 'Linux',
              osVersion: '6',
              deviceKey: Uint8Array.of(1),
              transportKey: Uint8Array.of(2),
              reuse: false,
              connectedDeviceId: undefined,
            },
            issue,
            clock.now(),
            ports[i % ports.length]!,
          ),
        ),
      );
      assert.equal(rulings.filter(({ outcome }) => outcome === 'passed').length, 2);
      const codes = new Set(rulings.map(({ because }) => because.code));
      assert.deepEqual(codes, new Set(['deviceRegistered', 'deviceQuotaReached']));
    });

    test('a registration is found by device id and by thumbprint on another node, in its own tenant only', async () => {
      const { one, other: otherDevice } = tenant();
      const laptop = registration();
      await one.registrations.save(laptop);
      assert.deepEqual(await otherDevice.registrations.find(laptop.deviceId), laptop);
      assert.deepEqual(await otherDevice.registrations.findByThumbprint(laptop.thumbprint), laptop);
      assert.equal(await tenant().one.registrations.find(laptop.deviceId), undefined);
    });

    test('a renewed registration replaces the old one, whose certificate is no longer found', async () => {
      const { one } = tenant();
      const laptop = registration();
      await one.registrations.save(laptop);
      await one.registrations.save({ ...laptop, thumbprint: 'new' });
      assert.equal(await one.registrations.findByThumbprint(laptop.thumbprint), undefined);
      assert.equal((await one.registrations.find(laptop.deviceId))?.thumbprint, 'new');
    });

    test('a removed registration takes its user keys and tokens with it', async () => {
      const { one } = tenant();
      const laptop = registration();
      await one.registrations.save(laptop);
      const { deviceId } = laptop;
      const key = { keyId: 'k', userId: 'ana', deviceId, publicKey: Uint8Array.of(1), createdDateTime: clock.now() };
      await one.registrations.addUserKey(key);
      await one.primaryRefreshTokens.add(token({ deviceId }));
      assert.deepEqual(await one.registrations.userKeysOf('ana'), [key]);
      assert.equal(await one.registrations.remove(deviceId), true);
      assert.equal(await one.registrations.findUserKey('k'), undefined);
      assert.deepEqual(await one.primaryRefreshTokens.ofDevice(deviceId), []);
      assert.equal(await one.registrations.remove(deviceId), false);
    });

    test('of first authorities added at once on two nodes, one is the tenant’s', async () => {
      const { one, other: otherDevice } = tenant();
      const [a, b] = await Promise.all([
        one.authorities.add(authority(), { onlyFirst: true }),
        otherDevice.authorities.add(authority(), { onlyFirst: true }),
      ]);
      assert.equal(a.id, b.id);
      assert.deepEqual(await one.authorities.list(), [a]);
    });

    test('an expired token is not found', async () => {
      const { one, other: otherDevice } = tenant();
      const live = token();
      await one.primaryRefreshTokens.add(live);
      assert.deepEqual(await otherDevice.primaryRefreshTokens.find(live.id), live);
      clock.pass(60_000);
      assert.equal(await otherDevice.primaryRefreshTokens.find(live.id), undefined);
    });

    const ends = [
      { which: { userId: 'ana' }, left: ['ben'] },
      { which: { userId: 'ana', credential: 'password' as const }, left: ['ana certificate', 'ben'] },
      { which: { certificateKey: 'AB12' }, left: ['ana password'] },
      { which: { deviceId: 'laptop' }, left: [] },
      { which: {}, left: ['ana certificate', 'ana password', 'ben'] },
    ];
    for (const { which, left } of ends) {
      test(`ending ${JSON.stringify(which)} leaves ${left.length} tokens`, async () => {
        const { one } = tenant();
        await one.primaryRefreshTokens.add(token({ id: 'ana certificate' }));
        const { certificateKey: _, ...withoutCertificate } = token();
        await one.primaryRefreshTokens.add({ ...withoutCertificate, id: 'ana password', credential: 'password' });
        await one.primaryRefreshTokens.add(token({ id: 'ben', userId: 'ben' }));
        await one.primaryRefreshTokens.end(which);
        const ids = (await one.primaryRefreshTokens.ofDevice('laptop')).map(({ id }) => id);
        assert.deepEqual(ids.toSorted(), left);
      });
    }
  });
}
