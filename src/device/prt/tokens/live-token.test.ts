import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Proof } from '#core/access/proof.ts';
import type { User } from '#core/binding/user.ts';
import { type Device, deviceKind, type PrimaryRefreshToken } from '#model/device.ts';
import { noteCertificate } from '#signin/log/certificate-noted.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { EnrolledDevice } from '#test/device/enrolled.ts';
import { openPrtTenant, type PrtTenantOfTest } from '#test/device/prt-tenant.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { keepRow, tokenText } from './issue.ts';
import { liveSession, liveToken, proofsName } from './live-token.ts';
import { openPrimaryToken, type PrimaryToken } from './primary-token.ts';

const root = testCa('Root');
const card = root.issueUserCertificate({ upn: 'ana@woodgrove.test' });

describe('whether a primary refresh token may still be used (PRT-7)', () => {
  let woodgrove: PrtTenantOfTest;
  let laptop: EnrolledDevice;
  let ana: User;
  before(async () => {
    woodgrove = await openPrtTenant();
  });
  after(() => woodgrove.end());
  beforeEach(async () => {
    laptop = await woodgrove.enrol();
    ana = userOf(`${crypto.randomUUID()}@woodgrove.test`);
    await woodgrove.ports.users.add(ana, 'test');
    await woodgrove.ports.users.setPasswordHash(ana.id, 'hash 1', 'test');
  });
  const proofOf = (change: Partial<Proof> = {}): Proof => {
    const at = woodgrove.clock.at.toISOString();
    return { method: 'password', userId: ana.id, at, ...change };
  };
  async function issue(credential: PrimaryRefreshToken['credential'] = 'password', proof = proofOf()) {
    const tenant = woodgrove.at();
    const { registration } = laptop;
    const row = await keepRow({ user: ana, proofs: [proof], credential, registration }, tenant);
    const key = { sessionKey: 'k', sessionKeyAt: 0, isVersion2: true };
    const token = openPrimaryToken(await tokenText(row, registration, key, tenant), tenant.tenantId, tenant.sealing)!;
    return { row, token };
  }
  const codeOf = async (token: PrimaryToken, change = {}) =>
    (await liveToken(token, woodgrove.at(change))).because.code;
  const isStored = async ({ id }: PrimaryRefreshToken) =>
    (await woodgrove.ports.devices.primaryRefreshTokens.find(id)) !== undefined;
  const changeDevice = (change: Partial<Device>) =>
    woodgrove.ports.objects.change<Device>(deviceKind, laptop.object.id, (old) => ({ ...old, ...change }), {
      activity: 'Update device',
      actor: 'test',
    });

  test('one that was just issued may, with its device, its user and what was proven', async () => {
    const { token, row } = await issue();
    const ruling = await liveToken(token, woodgrove.at());
    assert.ok(ruling.outcome === 'passed');
    const { user, device, proofs } = ruling.value;
    assert.deepEqual(
      [user.id, device.deviceId, proofs, ruling.value.row.id],
      [ana.id, laptop.registration.deviceId, row.proofs, row.id],
    );
  });

  test('it ends after fourteen days (PRT-2)', async () => {
    const { token } = await issue();
    woodgrove.clock.pass(14 * 86_400_000 - 1000);
    assert.equal(await codeOf(token), 'primaryRefreshTokenAccepted');
    woodgrove.clock.pass(1000);
    assert.equal(await codeOf(token), 'primaryRefreshTokenExpired');
  });

  const rows = [
    { name: 'the device was disabled', code: 'deviceDisabled', change: () => changeDevice({ accountEnabled: false }) },
    {
      ...{ name: 'the device was registered again with another key', code: 'deviceKeyChanged' },
      change: () =>
        woodgrove.ports.devices.registrations.save({ ...laptop.registration, transportKey: Uint8Array.of(1, 2) }),
    },
    {
      ...{ name: 'the user was disabled', code: 'accountDisabled' },
      change: () => woodgrove.ports.users.update({ ...ana, accountEnabled: false }, 'test'),
    },
    {
      ...{ name: 'the password was changed', code: 'primaryRefreshTokenOutdated' },
      change: () => woodgrove.ports.users.setPasswordHash(ana.id, 'hash 2', 'test'),
    },
  ];
  for (const { name, code, change } of rows)
    test(`${name}: ${code}, and the token is ended, so that it does not come back`, async () => {
      const { token, row } = await issue();
      await change();
      assert.equal(await codeOf(token), code);
      assert.equal(await isStored(row), false);
      assert.deepEqual(await woodgrove.ports.sessions.proofs(proofsName(row.id)), []);
    });

  test('a change of the password ends no token that rests on another credential', async () => {
    const { token } = await issue('windowsHelloForBusiness');
    await woodgrove.ports.users.setPasswordHash(ana.id, 'hash 2', 'test');
    assert.equal(await codeOf(token), 'primaryRefreshTokenAccepted');
  });

  test('a revocation of sessions ends it, and a later proof stays (REV-2)', async () => {
    const { token } = await issue();
    const since = (milliseconds: number) => new Date(woodgrove.clock.at.getTime() + milliseconds).toISOString();
    const revoke = (signInSessionsValidFromDateTime: string) =>
      woodgrove.ports.users.update({ ...ana, signInSessionsValidFromDateTime }, 'test');
    await revoke(since(0));
    assert.equal(await codeOf(token), 'primaryRefreshTokenAccepted');
    await revoke(since(1));
    assert.equal(await codeOf(token), 'sessionRevoked');
  });

  test('one whose row is gone, or is of another device, has ended', async () => {
    const { token, row } = await issue();
    assert.equal(await codeOf({ ...token, id: 'another' }), 'primaryRefreshTokenEnded');
    const secondOne = await woodgrove.enrol();
    assert.equal(
      (await codeOf({ ...token, deviceId: secondOne.registration.deviceId })) === 'primaryRefreshTokenAccepted',
      false,
    );
    await woodgrove.ports.devices.primaryRefreshTokens.end({ id: row.id, userId: ana.id });
    assert.equal(await codeOf(token), 'primaryRefreshTokenEnded');
  });

  test('the certificate behind it is evaluated again, unless the operator turned that off', async () => {
    await woodgrove.trust(root);
    const { tbsSha256, sha256Thumbprint } = certificateOf(card);
    const certificate = { tbsSha256, sha256Thumbprint } as never;
    const proof = proofOf({ method: 'x509CertificateMultiFactor', certificate });
    await noteCertificate(card.der, [proof], woodgrove.at());
    const { token, row } = await issue('certificate', proof);
    assert.equal(await codeOf(token), 'primaryRefreshTokenAccepted');
    await woodgrove.ports.policy.setBlocked([{ tbsSha256 }], 'test');
    assert.equal(await codeOf(token, { recheckCertificates: false }), 'primaryRefreshTokenAccepted');
    assert.equal(await codeOf(token), 'certificateBlocked');
    assert.equal(await isStored(row), false);
  });

  test('what applications got with it is evaluated from the row, without the token', async () => {
    const { row } = await issue();
    assert.equal((await liveSession(row.id, woodgrove.at())).because.code, 'primaryRefreshTokenAccepted');
    assert.equal((await liveSession('another', woodgrove.at())).because.code, 'primaryRefreshTokenEnded');
    await changeDevice({ accountEnabled: false });
    assert.equal((await liveSession(row.id, woodgrove.at())).because.code, 'deviceDisabled');
  });
});
