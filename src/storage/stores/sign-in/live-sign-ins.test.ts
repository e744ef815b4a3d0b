import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { because } from '#core/trace/reasons.ts';
import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { TenantStorage } from '../../storage.ts';

const minute = 60_000;

describeOnEachDatabase('what outlives a sign-in', ({ clock, storage: currentStorage }) => {
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    ({ mine, otherTenant } = await twoTenants(currentStorage()));
  });

  const sha256Thumbprint = 'AB'.repeat(32);
  const certificate = {
    subject: 'CN=Ana',
    issuer: 'CN=CA',
    serialNumber: '01',
    sha1Thumbprint: '01',
    sha256Thumbprint,
    issuerSubjectKeyIdentifier: undefined,
    policyOids: [],
    notAfter: '2028-01-01T00:00:00.000Z',
  };
  const lasting = () => new Date(clock.at.getTime() + 60 * minute);
  /** A browser session, a grant, and a proof for each. */
  async function signedIn(userId: string, withCard: boolean) {
    const [uid, grantId] = [crypto.randomUUID(), crypto.randomUUID()];
    const authorizations = { app1: { sid: 'sid1', grantId } };
    const session = { uid, accountId: userId, authorizations };
    await mine.oidcRecords.upsert('Session', `id of ${uid}`, session, 3600);
    await mine.oidcRecords.upsert('Grant', grantId, { accountId: userId }, 3600);
    await mine.oidcRecords.upsert('RefreshToken', `of ${grantId}`, { accountId: userId, grantId }, 3600);
    const proof = withCard
      ? ({ method: 'x509CertificateMultiFactor', userId, at: clock.at.toISOString(), certificate } as const)
      : ({ method: 'password', userId, at: clock.at.toISOString() } as const);
    for (const name of [uid, `grant ${grantId}`]) await mine.sessions.add(name, [proof], lasting());
    const lives = async () => [
      (await mine.oidcRecords.findByUid('Session', uid)) !== undefined,
      (await mine.oidcRecords.find('Grant', grantId)) !== undefined,
      (await mine.sessions.proofs(uid)).length + (await mine.sessions.proofs(`grant ${grantId}`)).length,
    ];
    return { uid, grantId, lives };
  }

  test('revoking a user ends the sessions of that user, with an audit row, and of no other (REV-2, REV-4)', async () => {
    const [ana, ben] = [userOf('ana@x.test'), userOf('ben@x.test')];
    for (const user of [ana, ben]) await mine.users.add(user, 'test');
    const [hers, his] = [await signedIn(ana.id, true), await signedIn(ben.id, true)];
    clock.pass(minute);
    assert.deepEqual(await mine.live.endOfUser(ana.id, clock.at, 'admin'), { sessions: 1, grants: 1 });
    assert.deepEqual(
      [await hers.lives(), await his.lives()],
      [
        [false, false, 0],
        [true, true, 2],
      ],
    );
    const moment = clock.at.toISOString();
    assert.equal((await mine.directory.user(ana.id))?.signInSessionsValidFromDateTime, moment);
    const [row] = await mine.audits.list({ top: 1, targetId: ana.id });
    assert.deepEqual(
      [row?.activity, row?.actor, row?.oldValue, row?.newValue],
      [
        'Update StsRefreshTokenValidFrom Timestamp',
        'admin',
        { signInSessionsValidFromDateTime: null },
        { signInSessionsValidFromDateTime: moment },
      ],
    );
    assert.ok(await mine.oidcRecords.find('RefreshToken', `of ${hers.grantId}`), 'it is answered with 50173');
    await assert.rejects(otherTenant.live.endOfUser(ben.id, clock.at, 'admin'), { message: /there is no user/ });
    assert.deepEqual(await his.lives(), [true, true, 2]);
  });

  test('a certificate ends the sign-ins that rest on it, and no others', async () => {
    const [byCard, byPassword] = [await signedIn('u', true), await signedIn('u', false)];
    await mine.live.noteCertificate({ key: sha256Thumbprint, der: Uint8Array.of(1, 2) }, lasting());
    assert.deepEqual(await mine.live.certificates(), [{ key: sha256Thumbprint, der: Uint8Array.of(1, 2) }]);
    assert.deepEqual(await otherTenant.live.certificates(), []);
    const why = because('sessionUnproven', { userId: 'u' });
    assert.deepEqual(await mine.live.endOfCertificate(sha256Thumbprint, why, 'cardea'), { sessions: 1, grants: 1 });
    assert.deepEqual(
      [await byCard.lives(), await byPassword.lives()],
      [
        [false, false, 0],
        [true, true, 2],
      ],
    );
    assert.deepEqual(await mine.live.certificates(), [], 'nothing rests on it any more');
    const again = await mine.live.endOfCertificate(sha256Thumbprint, why, 'cardea');
    assert.deepEqual(again, { sessions: 0, grants: 0 });
    assert.equal((await mine.audits.list({ top: 9, targetId: sha256Thumbprint })).length, 1);
  });

  test('applications to be notified of an end are handed to one caller at a time, until they were notified', async () => {
    const { uid } = await signedIn('u', false);
    assert.deepEqual(await mine.live.endSession(uid), { sessions: 1, grants: 0 });
    const take = await Promise.all(Array.from({ length: 10 }, () => mine.live.takeNotices(clock.at, 10)));
    const [notice, ...more] = take.flat();
    assert.deepEqual([notice?.appId, notice?.userId, notice?.sid, more], ['app1', 'u', 'sid1', []]);
    clock.pass(minute);
    assert.deepEqual(await otherTenant.live.takeNotices(clock.at, 10), []);
    assert.deepEqual(await mine.live.takeNotices(clock.at, 10), [notice], 'the caller that took it did not notify');
    await mine.live.dropNotice(notice!.id);
    clock.pass(minute);
    assert.deepEqual(await mine.live.takeNotices(clock.at, 10), []);
  });

  test('the live sessions of a user are listed with their proofs, without the grants of applications', async () => {
    const userId = crypto.randomUUID();
    const expires = new Date(clock.at.getTime() + 1000);
    const proof = { method: 'fido2', userId, at: clock.at.toISOString() } as const;
    await mine.sessions.add('browser', [proof], expires);
    await mine.sessions.add('grant of an application', [proof], expires);
    assert.deepEqual(await mine.sessions.ofUser(userId), [{ sessionUid: 'browser', proofs: [proof] }]);
    assert.deepEqual(await otherTenant.sessions.ofUser(userId), []);
    clock.pass(1000);
    assert.deepEqual(await mine.sessions.ofUser(userId), []);
  });
});
