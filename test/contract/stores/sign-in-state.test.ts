import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { because } from '#core/trace/reasons.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { describeOnEachDatabase, twoTenants } from '../each-database.ts';
import { userOf } from '../user-of.ts';
import { flowOf, recordOf } from './documents.ts';

const minute = 60_000;

describeOnEachDatabase('what sign-ins store', ({ clock, storage: opened }) => {
  let storage: Storage;
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    storage = opened();
    ({ mine, otherTenant } = await twoTenants(opened()));
  });

  test('a tenant is found by GUID and by domain, in any case, and no other tenant is', async () => {
    const [tenant] = await storage.tenants.list();
    assert.deepEqual(await storage.tenants.find(tenant!.id.toUpperCase()), tenant);
    assert.deepEqual(await storage.tenants.find(`${tenant!.id}.TEST`), tenant);
    assert.equal(await storage.tenants.find('nowhere.test'), undefined);
    assert.equal(await storage.tenants.find("' or 1=1 --"), undefined);
  });

  test('of ten that take a handoff together one gets it, and none after sixty seconds', async () => {
    const handoff = {
      id: crypto.randomUUID(),
      interactionUid: 'i',
      userId: 'u',
      proofs: [],
      expires: new Date(clock.at.getTime() + minute),
    };
    await mine.handoffs.put(handoff);
    assert.equal(await otherTenant.handoffs.take(handoff.id, clock.at), undefined, 'another tenant gets nothing');
    const duration = await Promise.all(Array.from({ length: 10 }, () => mine.handoffs.take(handoff.id, clock.at)));
    assert.deepEqual(duration.filter(Boolean), [handoff]);
    const late = { ...handoff, id: crypto.randomUUID() };
    await mine.handoffs.put(late);
    assert.equal(await mine.handoffs.take(late.id, new Date(clock.at.getTime() + minute)), undefined);
  });

  test('of ten who consume a record together one does; it stays readable as consumed, until it expires', async () => {
    const id = crypto.randomUUID();
    await mine.oidcRecords.upsert('AuthorizationCode', id, { grantId: 'g', accountId: 'u' }, 60);
    const winners = await Promise.all(
      Array.from({ length: 10 }, () => mine.oidcRecords.consume('AuthorizationCode', id)),
    );
    assert.equal(winners.filter(Boolean).length, 1);
    const consumed = Math.floor(clock.at.getTime() / 1000);
    assert.deepEqual(await mine.oidcRecords.find('AuthorizationCode', id), {
      grantId: 'g',
      accountId: 'u',
      consumed,
      consumedAt: clock.at.getTime(),
      consumedBy: null,
    });
    assert.equal((await storage.tenantOfRecord('AuthorizationCode', id)) !== undefined, true);
    clock.pass(61_000);
    assert.equal(await mine.oidcRecords.find('AuthorizationCode', id), undefined);
  });

  test('records are found by uid and user code, destroyed one by one and by grant, and never by another tenant', async () => {
    const payload = { uid: crypto.randomUUID(), userCode: crypto.randomUUID(), grantId: crypto.randomUUID() };
    await mine.oidcRecords.upsert('Session', 's1', payload, 60);
    await mine.oidcRecords.upsert('DeviceCode', 'd1', payload, 60);
    assert.deepEqual(await mine.oidcRecords.findByUid('Session', payload.uid), payload);
    assert.deepEqual(await mine.oidcRecords.findByUserCode('DeviceCode', payload.userCode), payload);
    assert.equal(await otherTenant.oidcRecords.findByUid('Session', payload.uid), undefined);
    await otherTenant.oidcRecords.revokeByGrantId(payload.grantId);
    await otherTenant.oidcRecords.destroy('Session', 's1');
    await otherTenant.oidcRecords.upsert('Session', 's1', { stolen: true }, 60);
    assert.deepEqual(
      await mine.oidcRecords.find('Session', 's1'),
      payload,
      'another tenant neither ends nor replaces it',
    );
    await mine.oidcRecords.revokeByGrantId(payload.grantId);
    assert.equal(await mine.oidcRecords.find('DeviceCode', 'd1'), undefined);
  });

  test('a flow is found by id and by interaction, replaced as a whole, and gone when it has expired', async () => {
    const flow = flowOf(clock);
    await mine.flows.put(flow);
    await mine.flows.put({ ...flow, username: 'ana@woodgrove.test' });
    const expect = { ...flow, username: 'ana@woodgrove.test' };
    assert.deepEqual(await mine.flows.find(flow.id, clock.at), expect);
    assert.deepEqual(await mine.flows.findByInteraction(flow.interactionUid, clock.at), expect);
    assert.equal(await otherTenant.flows.find(flow.id, clock.at), undefined);
    assert.equal(await mine.flows.find(flow.id, flow.expires), undefined);
  });

  test('a session keeps its proofs in the order they were shown, for its tenant alone', async () => {
    const proofs = [
      { method: 'password', userId: 'u', at: '2027-03-01T11:00:00.000Z' },
      { method: 'x509CertificateSingleFactor', userId: 'u', at: '2027-03-01T12:00:00.000Z' },
    ] as const;
    const expires = new Date(clock.at.getTime() + minute);
    await mine.sessions.add('s', [proofs[1]], expires);
    await mine.sessions.add('s', [proofs[0]], expires);
    assert.deepEqual(await mine.sessions.proofs('s'), proofs);
    assert.deepEqual(await otherTenant.sessions.proofs('s'), []);
    await mine.sessions.end('s');
    assert.deepEqual(await mine.sessions.proofs('s'), []);
  });

  test('what a session has proven is forgotten when the session has expired, and two proofs of one moment are two', async () => {
    const at = '2027-03-01T12:00:00.000Z';
    const [password, card] = [
      { method: 'password', userId: 'u', at },
      { method: 'x509CertificateSingleFactor', userId: 'u', at },
    ] as const;
    const expires = new Date(clock.at.getTime() + minute);
    await mine.sessions.add('s', [password], expires);
    await mine.sessions.add('s', [card], expires);
    await mine.sessions.add('s', [card], new Date(expires.getTime() + minute));
    assert.deepEqual(await mine.sessions.proofs('s'), [password, card]);
    clock.pass(minute);
    assert.deepEqual(await mine.sessions.proofs('s'), [card]);
    clock.pass(minute);
    assert.deepEqual(await mine.sessions.proofs('s'), []);
  });

  describe('what outlives a sign-in', () => {
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
  });

  test('no object has NUL in its name', async () => {
    const nul = 'x\u0000';
    const { tenants, crlBytes } = storage;
    const { applications, oidcRecords, flows, handoffs, sessions, signInLog, directory, users, groups } = mine;
    const match = await Promise.all([
      tenants.find(nul),
      crlBytes.read(nul),
      crlBytes.head(nul),
      storage.tenantOfRecord('AuthorizationCode', nul),
      applications.find(nul),
      applications.findByIdentifierUri(nul),
      oidcRecords.find('AuthorizationCode', nul),
      oidcRecords.findByUid('Session', nul),
      oidcRecords.findByUserCode('DeviceCode', nul),
      oidcRecords.revokeByGrantId(nul),
      flows.find(nul, clock.at),
      flows.findByInteraction(nul, clock.at),
      handoffs.take(nul, clock.at),
      sessions.end(nul),
      signInLog.find(nul),
      directory.user(nul),
      directory.passwordHash(nul),
      users.find(nul),
      groups.find(nul),
    ]);
    assert.deepEqual(new Set(match), new Set([undefined]));
    for (const done of [oidcRecords.consume, oidcRecords.destroy])
      assert.equal(await done('AuthorizationCode', nul), false);
    assert.deepEqual(await sessions.proofs(nul), []);
    assert.deepEqual(await signInLog.list({ top: 1, correlationId: nul }), []);
    assert.deepEqual(await storage.findSignIns(nul), []);
    const question = { property: 'certificateUserIds', value: `X509:<PN>${nul}` } as const;
    assert.deepEqual(await directory.answer([question]), [{ question, users: [] }]);
  });

  test('a log entry is given back as it was written, found by id and correlation, newest first, by its tenant alone', async () => {
    const [older, newer] = [recordOf(clock, 0), { ...recordOf(clock, 1000), appId: 'b' }];
    for (const record of [newer, older]) await mine.signInLog.append(record);
    assert.deepEqual(await mine.signInLog.find(older.id), older);
    assert.deepEqual(await mine.signInLog.list({ top: 10 }), [newer, older]);
    assert.deepEqual(await mine.signInLog.list({ top: 10, correlationId: older.correlationId }), [older]);
    assert.deepEqual(await storage.findSignIns(newer.correlationId), [newer]);
    assert.deepEqual(
      [await otherTenant.signInLog.find(older.id), await otherTenant.signInLog.list({ top: 10 })],
      [undefined, []],
    );
  });

  test('a log entry from before 1970 is an entry like any other', async () => {
    const record = recordOf(clock, -100 * 365 * 24 * 60 * minute);
    await mine.signInLog.append(record);
    assert.deepEqual(await mine.signInLog.find(record.id), record);
  });
});
