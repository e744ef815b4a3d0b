import assert from 'node:assert/strict';
import { type KeyObject, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { addDevice } from '#admin/devices/devices.ts';
import type { User } from '#core/binding/user.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Device } from '#model/device.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { certificateRequest } from '../certificate-request.ts';
import { blobOf, deviceCard, joinBody, newKeys, type SendOptions } from '../registration-client.ts';
import { deviceIdIn, RegistrationService } from '../registration-service.ts';
import { rsaKey } from '../rsa-keys.ts';

let service: RegistrationService;
let ana: User;
before(async () => {
  service = await RegistrationService.start();
  ana = await service.addUser('ana');
});
after(() => service.end());
const put = (deviceId: string, body: unknown, options: SendOptions = {}) =>
  service.send('PUT', `/EnrollmentServer/device/${deviceId}?api-version=2.0`, body, options);

/** A token that was issued to a device. */
const issueToken = async (deviceId: string): Promise<string> => {
  const id = crypto.randomUUID();
  await service.stores.devices.primaryRefreshTokens.add({
    id,
    deviceId,
    userId: ana.id,
    credential: 'certificate',
    proofs: [],
    issuedDateTime: service.clock.now(),
    expiresDateTime: new Date(service.clock.now().getTime() + 86_400_000),
  });
  return id;
};
const isAlive = async (id: string) => (await service.stores.devices.primaryRefreshTokens.find(id)) !== undefined;

describe('a registered device renews its certificate (windows-sign-in §2.8)', () => {
  const join = async () => {
    const keys = newKeys();
    const answer = await service.join(joinBody(keys), { token: service.token(ana) });
    return { keys, answer, deviceId: deviceIdIn(answer), card: deviceCard(answer, keys.device) };
  };

  test('with its old certificate in TLS; tokens of the old key end, and the old certificate proves nothing', async () => {
    const { deviceId, card } = await join();
    const token = await issueToken(deviceId);
    const next = newKeys();
    const body = { CertificateRequest: { Type: 'pkcs10', Data: certificateRequest(next.device) } };
    const answer = await put(deviceId, { ...body, OSVersion: '10.0.26100.1' }, { card });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual([deviceIdIn(answer), answer.body.User.Upn], [deviceId, 'ana@woodgrove.test']);
    assert.equal(await isAlive(token), false);
    const old = await put(deviceId, body, { card });
    assert.deepEqual([old.status, old.body.subcode], [401, 'deviceUnknown']);
    assert.equal((await put(deviceId, body, { card: deviceCard(answer, next.device) })).status, 200);
  });

  test('not without a certificate, and not with the one of another device', async () => {
    const [mine, theirs] = [await join(), await join()];
    const body = { CertificateRequest: { Data: certificateRequest(newKeys().device) } };
    assert.equal((await put(mine.deviceId, body)).body.subcode, 'deviceCertificateMissing');
    const answer = await put(theirs.deviceId, body, { card: mine.card });
    // The two joins have the same display name and other transport keys, so they are two devices.
    assert.deepEqual([answer.status, answer.body.subcode], [401, 'deviceIdMismatch']);
  });

  test('a join that uses a device again ends the tokens of its old key', async () => {
    const { keys, deviceId } = await join();
    const token = await issueToken(deviceId);
    const again = { ...newKeys(), transport: keys.transport };
    const answer = await service.join(joinBody(again), { token: service.token(ana) });
    assert.equal(deviceIdIn(answer), deviceId);
    assert.equal(await isAlive(token), false);
  });

  test('removing a device ends its tokens and its Windows Hello keys', async () => {
    const { deviceId, card } = await join();
    const token = await issueToken(deviceId);
    const { registrations } = service.stores.devices;
    const [keyId, publicKey] = [crypto.randomUUID(), Uint8Array.of(1)];
    await registrations.addUserKey({
      keyId,
      publicKey,
      userId: ana.id,
      deviceId,
      createdDateTime: service.clock.now(),
    });
    assert.equal(
      (await service.send('DELETE', `/EnrollmentServer/device/${deviceId}`, undefined, { card })).status,
      200,
    );
    assert.equal(await isAlive(token), false);
    assert.equal(await registrations.findUserKey(keyId), undefined);
  });
});

describe('a synchronized computer joins with a proof of its SID (windows-sign-in §2.8)', () => {
  const sid = 'S-1-5-21-1004336348-1177238915-682003330-1105';
  const computer = async (change: Partial<Device> = {}) => {
    const deviceId = crypto.randomUUID();
    const key = rsaKey();
    const { der } = testCa(`CN=${deviceId}`, { key });
    const document = {
      ...plain,
      deviceId,
      onPremisesSyncEnabled: true,
      onPremisesSecurityIdentifier: sid,
      onPremisesCertificates: [Buffer.from(der).toString('base64')],
      ...change,
    };
    orThrow(await addDevice(document, undefined, { activity: 'Add device', actor: 'synchronisation' }, service.stores));
    return { deviceId, key };
  };
  const timeOf = (at: Date) => at.toISOString().slice(0, 19).replace('T', ' ').concat('Z');
  const proof = (key: KeyObject, change: { sid?: string; at?: Date; type?: string } = {}) => {
    const Sid = `${change.sid ?? sid}.${timeOf(change.at ?? service.clock.now())}`;
    const SignedBlob = sign('sha256', Buffer.from(Sid, 'ascii'), key).toString('base64');
    return { Type: change.type ?? 'sha256signed', Sid, SignedBlob };
  };
  const body = (ClientIdentity: unknown, more: object = {}) => {
    const keys = newKeys();
    return {
      CertificateRequest: { Type: 'pkcs10', Data: certificateRequest(keys.device) },
      JoinType: 6,
      ServerAdJoinData: {
        TransportKey: blobOf(keys.transport),
        TargetDomain: 'woodgrove.test',
        TargetDomainId: service.tenantId,
        DeviceType: 'Windows',
        OSVersion: '10.0.22631.1',
        DeviceDisplayName: 'Laptop three',
        SourceDomainController: 'dc1.woodgrove.test',
        ClientIdentity,
        ...more,
      },
    };
  };

  test('with a signature by its synchronized certificate it is hybrid joined', async () => {
    const { deviceId, key } = await computer();
    const answer = await put(deviceId, body(proof(key)));
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(deviceIdIn(answer), deviceId);
    assert.deepEqual(answer.body.MembershipChanges[0].AddSIDs, []);
    const registration = await service.stores.devices.registrations.find(deviceId);
    const object = await service.stores.objects.find<Device>('devices', registration!.objectId);
    assert.deepEqual([object?.document.trustType, object?.document.displayName], ['ServerAd', 'Laptop three']);
  });

  const minutes = (count: number) => new Date(service.clock.now().getTime() + count * 60_000);
  for (const [name, subcode, ErrorType, request] of [
    ['nine minutes old', undefined, undefined, async (key: KeyObject) => proof(key, { at: minutes(-9) })],
    [
      'eleven minutes old',
      'sidProofRefused',
      'AuthenticationError',
      async (key: KeyObject) => proof(key, { at: minutes(-11) }),
    ],
    [
      'from eleven minutes ahead',
      'sidProofRefused',
      'AuthenticationError',
      async (key: KeyObject) => proof(key, { at: minutes(11) }),
    ],
    [
      'of another SID',
      'sidProofRefused',
      'AuthenticationError',
      async (key: KeyObject) => proof(key, { sid: `${sid}1` }),
    ],
    ['signed by another key', 'sidProofRefused', 'AuthenticationError', async () => proof(newKeys().device)],
    [
      'of another type',
      'sidProofRefused',
      'AuthenticationError',
      async (key: KeyObject) => proof(key, { type: 'md5' }),
    ],
    [
      'without a time',
      'sidProofRefused',
      'AuthenticationError',
      async (key: KeyObject) => ({ ...proof(key), Sid: sid }),
    ],
  ] as const) {
    test(`a proof ${name} is ${subcode === undefined ? 'accepted' : `refused with ${subcode}`}`, async () => {
      const { deviceId, key } = await computer();
      const answer = await put(deviceId, body(await request(key)));
      assert.deepEqual([answer.body.subcode, answer.body.ErrorType], [subcode, ErrorType]);
      assert.equal(answer.status, subcode === undefined ? 200 : 400);
    });
  }

  test('a proof is taken once: sent again, with another key or by several at once, it is refused', async () => {
    const { deviceId, key } = await computer();
    const identity = proof(key);
    const answers = await Promise.all([1, 2, 3].map(() => put(deviceId, body(identity))));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400]);
    const registration = await service.stores.devices.registrations.find(deviceId);
    const again = await put(deviceId, body(identity));
    assert.deepEqual([again.status, again.body.subcode], [400, 'sidProofRefused']);
    const { thumbprint } = (await service.stores.devices.registrations.find(deviceId))!;
    assert.equal(thumbprint, registration?.thumbprint, 'the keys are those of the first request');
    service.clock.pass(1000);
    assert.equal((await put(deviceId, body(proof(key)))).status, 200, 'a new proof joins again');
  });

  test('a device that is not synchronized, or not in the tenant named, is not found', async () => {
    const { deviceId, key } = await computer({ onPremisesSyncEnabled: null });
    for (const [id, more] of [
      [deviceId, {}],
      [crypto.randomUUID(), {}],
      [(await computer()).deviceId, { TargetDomainId: crypto.randomUUID() }],
    ] as const) {
      const answer = await put(id, body(proof(key), more));
      assert.deepEqual(
        [answer.status, answer.body.ErrorType, answer.body.subcode],
        [400, 'DirectoryError', 'syncedDeviceMissing'],
      );
      assert.match(answer.body.Message, new RegExp(`device object by the given id \\(${id}\\) is not found`));
    }
  });

  test('a disabled computer is refused', async () => {
    const { deviceId, key } = await computer({ accountEnabled: false });
    assert.equal((await put(deviceId, body(proof(key)))).body.subcode, 'deviceDisabled');
  });
});

const plain: Omit<Device, 'deviceId'> = {
  displayName: 'Computer',
  accountEnabled: true,
  operatingSystem: 'Windows',
  operatingSystemVersion: '10.0.19045.1',
  trustType: 'ServerAd',
  profileType: null,
  isCompliant: null,
  isManaged: null,
  registrationDateTime: null,
  approximateLastSignInDateTime: null,
  alternativeSecurityIds: [],
  physicalIds: [],
  systemLabels: [],
  deviceOwnership: null,
  enrollmentType: null,
  onPremisesSyncEnabled: null,
  mdmAppId: null,
};
