import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { defaultX509CertificateConfiguration } from '#core/binding/policy.ts';
import { because } from '#core/trace/reasons.ts';
import type { Application } from '#model/application.ts';
import type { AuthorityRow } from '#model/authority.ts';
import type { Flow, SignInRecord } from '#model/sign-in.ts';
import type { Place } from '#storage/database/open.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { testCa } from '../pki/test-ca.ts';
import { databasesUnderTest, openAt, TestClock } from './databases.ts';
import { recordAt } from './record-at.ts';
import { userOf } from './user-of.ts';

const minute = 60_000;

for (const database of databasesUnderTest()) {
  describe(`the stores on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let place: Place;
    let storage: Storage;
    let mine: TenantStorage;
    let otherTenant: TenantStorage;

    before(async () => {
      place = await database.place();
      storage = await openAt(place, clock);
    });
    beforeEach(async () => {
      const [item, two] = [crypto.randomUUID(), crypto.randomUUID()];
      for (const id of [item, two]) {
        const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true } as const];
        await storage.tenants.add({ id, displayName: id, domains });
      }
      [mine, otherTenant] = [storage.forTenant(item), storage.forTenant(two)];
    });
    after(async () => {
      await storage?.close();
      database.end();
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
        oidcRecords.destroy('AuthorizationCode', nul),
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
      assert.equal(await oidcRecords.consume('AuthorizationCode', nul), false);
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

    test('names are found in any case, values of certificateUserIds by their normal form (UB-29)', async () => {
      const ana = userOf('Ana@Woodgrove.test', {
        onPremisesUserPrincipalName: 'ana@wood.local',
        certificateUserIds: ['X509:<SKI>AB12', 'X509:<PN>ana@mil'],
      });
      await mine.users.add(ana, 'test');
      const answers = await mine.directory.answer([
        { property: 'userPrincipalName', value: 'ANA@woodgrove.TEST' },
        { property: 'onPremisesUserPrincipalName', value: 'Ana@Wood.Local' },
        { property: 'certificateUserIds', value: 'X509:<SKI>ab12' },
        { property: 'certificateUserIds', value: 'X509:<SKI>ab13' },
        { property: 'userPrincipalName', value: 'ana@woodgrove.test\u0000' },
      ]);
      assert.deepEqual(
        answers.map(({ users }) => users),
        [[ana], [ana], [ana], [], []],
      );
      assert.deepEqual(await mine.users.find('ana@woodgrove.test'), ana);
      assert.equal(await otherTenant.users.find('ana@woodgrove.test'), undefined);
    });

    const part = [
      { name: 'a user principal name', code: 'userPrincipalNameTaken', second: () => userOf('ANA@woodgrove.test') },
      {
        name: 'an on-premises name',
        code: 'userPrincipalNameTaken',
        second: () => userOf('ben@woodgrove.test', { onPremisesUserPrincipalName: 'ANA@wood.local' }),
      },
      {
        name: 'a certificateUserIds value',
        code: 'certificateUserIdTaken',
        second: () => userOf('ben@woodgrove.test', { certificateUserIds: ['X509:<SKI>ab12'] }),
      },
    ];
    for (const { name, code, second } of part) {
      test(`${name} is one user's in a tenant, also when two writers race (UB-16); another tenant may have it`, async () => {
        const ana = userOf('ana@woodgrove.test', {
          onPremisesUserPrincipalName: 'ana@wood.local',
          certificateUserIds: ['X509:<SKI>AB12'],
        });
        const end = await Promise.allSettled([mine.users.add(ana, 'test'), mine.users.add(second(), 'test')]);
        const refusal = end.filter((item) => item.status === 'rejected');
        assert.deepEqual(
          refusal.map(({ reason }) => reason.because?.code ?? reason),
          [code],
        );
        await otherTenant.users.add({ ...second(), id: crypto.randomUUID() }, 'test');
        assert.equal((await mine.users.list({ top: 10 })).length, 1, 'nothing half-applied');
      });
    }

    const ana = { name: 'ana@woodgrove.test', mail: 'Ana.Ruiz@woodgrove.test' } as const;
    const addresses: readonly (readonly [string, Parameters<typeof userOf>[0], Parameters<typeof userOf>[1]])[] = [
      ['the mail address of another user', 'ben@woodgrove.test', { mail: ana.mail }],
      ['the mail address of another user in another case', 'ben@woodgrove.test', { mail: ana.mail.toUpperCase() }],
      ['the user principal name of another user as mail address', 'ben@woodgrove.test', { mail: 'ANA@woodgrove.test' }],
      ['the mail address of another user as user principal name', ana.mail.toLowerCase(), {}],
    ];
    for (const [name, userPrincipalName, change] of addresses) {
      test(`${name} is taken: for a new user, a changed one and a restored one`, async () => {
        const owner = userOf(ana.name, { mail: ana.mail });
        const taken = (problem: { because?: { code: string } }) => problem.because?.code === 'mailTaken';
        const early = userOf(userPrincipalName, change);
        await mine.users.add(early, 'test');
        await mine.users.remove(early.id, 'test');
        await mine.users.add(owner, 'test');
        await assert.rejects(mine.users.restore(early.id, 'test'), taken);
        await assert.rejects(mine.users.add(userOf(userPrincipalName, change), 'test'), taken);
        const otherTenant = userOf('other@woodgrove.test');
        await mine.users.add(otherTenant, 'test');
        await assert.rejects(mine.users.update({ ...otherTenant, userPrincipalName, ...change }, 'test'), taken);
        await mine.users.update({ ...owner, displayName: 'Ana', mail: owner.userPrincipalName }, 'test');
        assert.equal((await mine.users.list({ top: 10 })).length, 2);
      });
    }

    test('a changed user keeps nothing of the old values, and the old values are free again (UB-23)', async () => {
      const ana = userOf('ana@woodgrove.test', { certificateUserIds: ['X509:<SKI>AB12'] });
      await mine.users.add(ana, 'test');
      await mine.users.update({ ...ana, userPrincipalName: 'ana2@woodgrove.test', certificateUserIds: [] }, 'test');
      await mine.users.add(userOf('ana@woodgrove.test', { certificateUserIds: ['X509:<SKI>AB12'] }), 'test');
      assert.deepEqual((await mine.users.list({ top: 10 })).map(({ userPrincipalName }) => userPrincipalName).sort(), [
        'ana2@woodgrove.test',
        'ana@woodgrove.test',
      ]);
    });

    const unknown = { kind: 'user', wanted: 'nobody' };
    test('who is not there is not changed: no value is taken, no audit row is written', async () => {
      const nobody = userOf('nobody@woodgrove.test', { id: 'nobody', certificateUserIds: ['X509:<SKI>AB12'] });
      const refusal = { because: { code: 'nothingFound', evidence: unknown } };
      await assert.rejects(mine.users.update(nobody, 'test'), refusal);
      await assert.rejects(mine.users.setPasswordHash('nobody', '$argon2id$x', 'test'), refusal);
      assert.deepEqual(await mine.audits.list({ top: 10 }), []);
      const ana = userOf('ana@woodgrove.test', { certificateUserIds: nobody.certificateUserIds });
      await mine.users.add(ana, 'test');
      await assert.rejects(otherTenant.users.update(ana, 'test'), {
        because: { code: 'nothingFound', evidence: { kind: 'user', wanted: ana.id } },
      });
    });

    test('users are listed in pages that neither repeat nor leave out a user', async () => {
      for (let n = 0; n < 7; n++) await mine.users.add(userOf(`u${n}@woodgrove.test`), 'test');
      const seenKeys: string[] = [];
      for (let after: string | undefined; ; ) {
        const part = await mine.users.list({ top: 3, ...(after ? { after } : {}) });
        seenKeys.push(...part.map(({ id }) => id));
        if (part.length < 3) break;
        after = part.at(-1)!.id;
      }
      assert.equal(new Set(seenKeys).size, 7);
      assert.equal(seenKeys.length, 7);
    });

    test('a password hash and the last method are kept with the user and are no part of it', async () => {
      const ana = userOf('ana@woodgrove.test');
      await mine.users.add(ana, 'test');
      await mine.users.setPasswordHash(ana.id, '$argon2id$x', 'test');
      await mine.directory.rememberMethod(ana.id, 'x509CertificateMultiFactor');
      await mine.users.update({ ...ana, displayName: 'Ana R.' }, 'test');
      assert.equal(await mine.directory.passwordHash(ana.id), '$argon2id$x');
      assert.equal(await mine.directory.lastMethod(ana.id), 'x509CertificateMultiFactor');
      assert.deepEqual(await mine.directory.user(ana.id), { ...ana, displayName: 'Ana R.' });
    });

    test('a snapshot of policy stays the same object until an edit, and shows every edit', async () => {
      const before = await mine.policies.current();
      assert.equal(await mine.policies.current(), before);
      await mine.policy.setX509({ ...defaultX509CertificateConfiguration, state: 'enabled' }, 'test');
      const after = await mine.policies.current();
      assert.notEqual(after.version, before.version);
      assert.equal(after.x509.state, 'enabled');
      assert.equal((await otherTenant.policies.current()).x509.state, 'disabled');
      const row = authorityRow(clock);
      await mine.trustStore.add(row, 'test');
      assert.deepEqual(
        (await mine.policies.current()).trustStore.authorities.map(({ id }) => id),
        [row.id],
      );
      assert.deepEqual((await mine.trustStore.list())[0], row);
      assert.equal(await otherTenant.trustStore.remove(row.id, 'test'), false, 'another tenant removes nothing');
      assert.equal(await mine.trustStore.remove(row.id, 'test'), true);
      assert.deepEqual((await mine.policies.current()).trustStore.authorities, []);
    });

    test('ten who ask for policy together get one object', async () => {
      await mine.trustStore.add(authorityRow(clock), 'test');
      const request = await Promise.all(Array.from({ length: 10 }, () => mine.policies.current()));
      assert.equal(new Set(request).size, 1);
    });

    test('a version of policy is always the same policy, also while it is being edited', async () => {
      let editing = true;
      const edits = async () => {
        for (let count = 1; count <= 40; count++) {
          const state = count % 2 ? 'enabled' : 'disabled';
          await mine.policy.setX509({ ...defaultX509CertificateConfiguration, state }, 'test');
          await mine.policy.setBlocked(Array.from({ length: count }, blockedOf), 'test');
          await new Promise((next) => setImmediate(next));
        }
        editing = false;
      };
      const seenKeys = new Map<string, Set<string>>();
      const reading = async () => {
        while (editing) {
          const { version, ...policy } = await mine.policies.current();
          seenKeys.set(version, (seenKeys.get(version) ?? new Set()).add(JSON.stringify(policy)));
          await new Promise((next) => setImmediate(next));
        }
      };
      await Promise.all([edits(), reading(), reading(), reading()]);
      assert.ok(seenKeys.size > 1);
      assert.deepEqual(
        [...seenKeys.values()].filter((policies) => policies.size > 1),
        [],
      );
    });

    test('Conditional Access, strengths and locations reach the next snapshot, and no other tenant', async () => {
      const { policy, strength, location } = accessDocuments;
      const documents = { strengths: [strength], namedLocations: [location], policies: [policy] };
      await mine.policy.changeAccess('test', () => documents);
      const { access, strengths, namedLocations } = await mine.policies.current();
      assert.deepEqual(
        { access, strengths, namedLocations },
        { access: [policy], strengths: [strength], namedLocations: [location] },
      );
      assert.deepEqual((await otherTenant.policies.current()).access, []);
      assert.deepEqual(await mine.policy.conditionalAccess(), [policy]);
    });

    test('ten CAs added together are all there', async () => {
      await Promise.all(Array.from({ length: 10 }, () => mine.trustStore.add(authorityRow(clock), 'test')));
      assert.equal((await mine.policies.current()).trustStore.authorities.length, 10);
    });

    test('who is in a group is in every group around it, and a circle of groups ends', async () => {
      const [ana, ben] = [userOf('ana@woodgrove.test'), userOf('ben@woodgrove.test')];
      for (const user of [ana, ben]) await mine.users.add(user, 'test');
      const [inner, middle, outer, apart] = ['inner', 'middle', 'outer', 'apart'].map(groupOf);
      for (const group of [inner!, middle!, outer!, apart!]) await mine.groups.add(group, 'test');
      const [asUser, asGroup] = [
        (id: string) => ({ kind: 'user', id }) as const,
        (id: string) => ({ kind: 'group', id }) as const,
      ];
      assert.equal(await mine.groups.addMember(inner!.id, asUser(ana.id), 'test'), true);
      assert.equal(await mine.groups.addMember(inner!.id, asUser(ana.id), 'test'), false, 'once is enough');
      await mine.groups.addMember(middle!.id, asGroup(inner!.id), 'test');
      await mine.groups.addMember(outer!.id, asGroup(middle!.id), 'test');
      await mine.groups.addMember(inner!.id, asGroup(outer!.id), 'test');
      await mine.groups.addMember(apart!.id, asUser(ben.id), 'test');
      const groupsOf = async (id: string) => [...((await mine.directory.user(id))?.groupIds ?? [])];
      assert.deepEqual(await groupsOf(ana.id), [inner!.id, middle!.id, outer!.id].sort());
      assert.deepEqual(await groupsOf(ben.id), [apart!.id]);
      assert.deepEqual(
        await mine.groups.members(inner!.id),
        [asUser(ana.id), asGroup(outer!.id)].sort((a, b) => (a.id < b.id ? -1 : 1)),
      );
      assert.equal(await mine.groups.remove(middle!.id, 'test'), true);
      assert.deepEqual(await groupsOf(ana.id), [inner!.id], 'the way led through the one that is gone');
      assert.equal(await mine.groups.removeMember(inner!.id, asUser(ana.id), 'test'), true);
      assert.equal(await mine.groups.removeMember(inner!.id, asUser(ana.id), 'test'), false);
      assert.deepEqual(await groupsOf(ana.id), []);
      assert.equal((await mine.groups.list({ top: 2 })).length, 2);
    });

    test('a group takes its own tenant’s users and groups as members, and not itself', async () => {
      const [here, there] = [groupOf('here'), groupOf('there')];
      const stranger = userOf('ana@woodgrove.test');
      await mine.groups.add(here, 'test');
      await otherTenant.groups.add(there, 'test');
      await otherTenant.users.add(stranger, 'test');
      const attempts = [
        { group: here.id, member: { kind: 'user', id: stranger.id }, evidence: { kind: 'user', wanted: stranger.id } },
        { group: here.id, member: { kind: 'group', id: there.id }, evidence: { kind: 'group', wanted: there.id } },
        { group: here.id, member: { kind: 'group', id: here.id }, evidence: { kind: 'group', wanted: here.id } },
        { group: there.id, member: { kind: 'group', id: here.id }, evidence: { kind: 'group', wanted: there.id } },
      ] as const;
      for (const { group, member, evidence } of attempts) {
        await assert.rejects(mine.groups.addMember(group, member, 'test'), {
          because: { code: 'nothingFound', evidence },
        });
      }
      assert.equal(await mine.groups.find(there.id), undefined);
      assert.equal(await mine.groups.remove(there.id, 'test'), false);
      assert.deepEqual(await mine.groups.list({ top: 10 }), [{ ...here, createdDateTime: clock.at.toISOString() }]);
    });

    test('every change an administrator makes has its audit row, with actor, old and new value (AUD-1, AUD-2)', async () => {
      const ana = userOf('ana@woodgrove.test');
      const group = groupOf('people');
      const [authority, application] = [authorityRow(clock), applicationOf()];
      const changes: [string, string, () => Promise<unknown>][] = [
        ['Add user', ana.id, () => mine.users.add(ana, 'an actor')],
        ['Update user', ana.id, () => mine.users.update({ ...ana, displayName: 'Ana R.' }, 'an actor')],
        ['Reset password', ana.id, () => mine.users.setPasswordHash(ana.id, '$argon2id$x', 'an actor')],
        ['Remove user password', ana.id, () => mine.users.setPasswordHash(ana.id, undefined, 'an actor')],
        ['Add group', group.id, () => mine.groups.add(group, 'an actor')],
        [
          'Add member to group',
          group.id,
          () => mine.groups.addMember(group.id, { kind: 'user', id: ana.id }, 'an actor'),
        ],
        [
          'Remove member from group',
          group.id,
          () => mine.groups.removeMember(group.id, { kind: 'user', id: ana.id }, 'an actor'),
        ],
        ['Delete group', group.id, () => mine.groups.remove(group.id, 'an actor')],
        ['Add certificate authority', authority.id, () => mine.trustStore.add(authority, 'an actor')],
        [
          'Update certificate authority',
          authority.id,
          () => mine.trustStore.update({ ...authority, isIssuerHintEnabled: true }, 'an actor'),
        ],
        ['Delete certificate authority', authority.id, () => mine.trustStore.remove(authority.id, 'an actor')],
        [
          'Authentication Methods Policy Update',
          'X509Certificate',
          () => mine.policy.setX509({ ...defaultX509CertificateConfiguration, state: 'enabled' }, 'an actor'),
        ],
        ['Update blocked certificates', 'blockedCertificates', () => mine.policy.setBlocked([blockedOf()], 'an actor')],
        [
          'Authentication Strength Policy Create',
          'own',
          () => mine.policy.changeAccess('an actor', () => ({ strengths: [accessDocuments.strength] })),
        ],
        [
          'Add named location',
          'office',
          () => mine.policy.changeAccess('an actor', () => ({ namedLocations: [accessDocuments.location] })),
        ],
        [
          'Add Conditional Access policy',
          'p',
          () => mine.policy.changeAccess('an actor', () => ({ policies: [accessDocuments.policy] })),
        ],
        ['Add application', application.appId, () => mine.applications.put(application, 'an actor')],
        [
          'Update application',
          application.appId,
          () => mine.applications.put({ ...application, displayName: 'Another' }, 'an actor'),
        ],
        ['Delete application', application.appId, () => mine.applications.remove(application.appId, 'an actor')],
      ];
      for (const [activity, targetId, change] of changes) {
        await change();
        clock.pass(1);
        const [row] = await mine.audits.list({ top: 1 });
        assert.deepEqual(
          [row?.activity, row?.targetId, row?.actor, row?.activityDateTime],
          [activity, targetId, 'an actor', new Date(clock.at.getTime() - 1)],
        );
        const secret = activity.includes('password');
        const had = /^(Update|Delete|Remove)|Update$/.test(activity) && !secret;
        const has = /^(Add|Update)|(Create|Update)$/.test(activity);
        assert.deepEqual([row?.oldValue !== undefined, row?.newValue !== undefined], [had, has], activity);
      }
      const items = await mine.audits.list({ top: 100 });
      assert.equal(items.length, changes.length);
      assert.equal(JSON.stringify(items).includes('argon2id'), false);
      assert.equal(JSON.stringify(items).includes('the-hash-of-a-secret'), false);
      assert.deepEqual(await mine.audits.list({ top: 3, before: items[4]! }), items.slice(5, 8));
      assert.equal((await mine.audits.list({ top: 100, targetId: ana.id })).length, 4);
      assert.deepEqual(await otherTenant.audits.list({ top: 10 }), []);
    });

    test('a change that fails leaves no audit row', async () => {
      const ana = userOf('ana@woodgrove.test');
      await mine.users.add(ana, 'test');
      await assert.rejects(mine.users.add(userOf('ana@woodgrove.test'), 'test'));
      await assert.rejects(mine.users.add({ ...userOf('ben@woodgrove.test'), id: ana.id }, 'test'));
      assert.equal((await mine.audits.list({ top: 10 })).length, 1);
    });

    test('an application is replaced as a whole, found by its identifier URI, and removed with it', async () => {
      const application = applicationOf();
      await mine.applications.put(application);
      await mine.applications.put({ ...application, identifierUris: ['api://b'] });
      assert.equal(await mine.applications.findByIdentifierUri('api://a'), undefined);
      assert.equal((await mine.applications.findByIdentifierUri('api://b'))?.appId, application.appId);
      assert.equal(await otherTenant.applications.find(application.appId), undefined);
      assert.deepEqual(
        [await mine.applications.remove(application.appId), await mine.applications.remove(application.appId)],
        [true, false],
      );
      assert.equal(await mine.applications.findByIdentifierUri('api://b'), undefined);
    });

    test('applications that have roles are listed alone, in the order of their names', async () => {
      const named = (displayName: string, ...roles: string[]) => ({
        ...applicationOf(),
        displayName,
        identifierUris: [],
        roles,
      });
      const rows = [named('B', 'User.Read.All'), named('C'), named('A', 'Group.Read.All', 'User.Read.All')];
      for (const application of rows) await mine.applications.put(application);
      const names = async () => (await mine.applications.listWithRoles()).map(({ displayName }) => displayName);
      assert.deepEqual(await names(), ['A', 'B']);
      await mine.applications.change(rows[0]!.appId, (old) => ({ ...old, roles: [] }), 'test');
      assert.deepEqual(await names(), ['A']);
      assert.deepEqual(await otherTenant.applications.listWithRoles(), []);
    });

    test('applications that users can open are listed alone, in the order of their names', async () => {
      const homepage = 'https://app.test/';
      const named = (displayName: string, more = {}) => ({
        ...applicationOf(),
        displayName,
        identifierUris: [],
        homepage: undefined,
        ...more,
      });
      const rows = [named('Second', { homepage }), named('Daemon'), named('First', { homepage })];
      for (const application of rows) await mine.applications.put(application);
      const names = async () => (await mine.applications.listWithHomepage()).map(({ displayName }) => displayName);
      assert.deepEqual(await names(), ['First', 'Second']);
      await mine.applications.change(rows[0]!.appId, (old) => ({ ...old, homepage: undefined }), 'test');
      assert.deepEqual(await names(), ['First']);
      assert.deepEqual(await otherTenant.applications.listWithHomepage(), []);
      for (const { appId } of rows) await mine.applications.remove(appId);
    });

    test('applications of a domain are those with an identifier URI on exactly this host', async () => {
      const domain = 'xn--mnchen-3ya.test';
      const uris = [
        ['https://MÜNCHEN.test/a'],
        ['urn:a', `https://${domain}/b`],
        [`ms-appx://${domain.toUpperCase()}`],
        [`api://${domain}.example/c`],
        [`api://www.${domain}/d`],
        [`https://other.test/${domain}`],
      ];
      for (const [place, identifierUris] of uris.entries())
        await mine.applications.put({ ...applicationOf(), displayName: `${place}`, identifierUris });
      const names = async (store = mine) =>
        (await store.applications.listOfDomain(domain)).map(({ displayName }) => displayName);
      assert.deepEqual(await names(), ['0', '1', '2']);
      assert.deepEqual(await names(otherTenant), []);
    });

    test('a CRL of several chunks comes back byte for byte, and a newer one replaces it whole', async () => {
      const url = `http://crl.test/${crypto.randomUUID()}`;
      const der = new Uint8Array(2_500_000).map((_, index) => index * 31);
      const row = { url, der, fetchedAt: clock.at, etag: '"1"', lastModified: undefined, highestNumber: '7' };
      await storage.crlBytes.write(row);
      assert.deepEqual(await storage.crlBytes.read(url), row);
      await storage.crlBytes.write({ ...row, der: der.subarray(0, 10), highestNumber: '8' });
      assert.deepEqual(await storage.crlBytes.read(url), { ...row, der: der.slice(0, 10), highestNumber: '8' });
      assert.equal(await storage.crlBytes.read('http://nowhere.test'), undefined);
    });

    test('a CRL that is still the current one is confirmed without its octets; another number is not confirmed', async () => {
      const url = `http://crl.test/${crypto.randomUUID()}`;
      const facts = { url, fetchedAt: clock.at, etag: '"1"', lastModified: 'then', highestNumber: '7' };
      assert.equal(await storage.crlBytes.confirm(facts), false, 'there is none yet');
      assert.equal(await storage.crlBytes.head(url), undefined);
      await storage.crlBytes.write({ ...facts, der: new Uint8Array(1_000_000).fill(7) });
      const later = { ...facts, fetchedAt: new Date(clock.at.getTime() + minute), etag: undefined };
      assert.equal(await storage.crlBytes.confirm(later), true);
      assert.deepEqual(await storage.crlBytes.head(url), { ...later, size: 1_000_000 });
      assert.equal((await storage.crlBytes.read(url))?.der[999_999], 7);
      assert.equal(await storage.crlBytes.confirm({ ...facts, highestNumber: '8' }), false);
      assert.deepEqual(await storage.crlBytes.head(url), { ...later, size: 1_000_000 });
    });

    test('a CRL that is forgotten is gone with its number, and a lower one may follow', async () => {
      const url = `http://crl.test/${crypto.randomUUID()}`;
      const facts = { url, fetchedAt: clock.at, etag: undefined, lastModified: undefined, highestNumber: '99' };
      await storage.crlBytes.forget(url);
      await storage.crlBytes.write({ ...facts, der: new Uint8Array(1_000_000).fill(1) });
      await storage.crlBytes.forget(url);
      assert.equal(await storage.crlBytes.head(url), undefined);
      const lower = { ...facts, highestNumber: '3', der: new Uint8Array(10).fill(2) };
      await storage.crlBytes.write(lower);
      assert.deepEqual(await storage.crlBytes.read(url), lower);
    });

    test('a CRL gives way to one of the same or a higher number and to no other (CRL-15)', async () => {
      const url = `http://crl.test/${crypto.randomUUID()}`;
      const crl = (highestNumber: string | undefined, byte: number) => ({
        url,
        der: new Uint8Array(2_000_000).fill(byte),
        fetchedAt: clock.at,
        etag: undefined,
        lastModified: undefined,
        highestNumber,
      });
      const steps: [string | undefined, string | undefined][] = [
        [undefined, undefined],
        ['9', '9'],
        ['10', '10'],
        ['9', '10'],
        [undefined, '10'],
        ['10', '10'],
        ['18446744073709551616', '18446744073709551616'],
        ['18446744073709551615', '18446744073709551616'],
      ];
      for (const [index, [given, kept]] of steps.entries()) {
        await storage.crlBytes.write(crl(given, index));
        const read = await storage.crlBytes.read(url);
        assert.equal(read?.highestNumber, kept, `after ${given}`);
        assert.equal(read?.der[0] === index, given === kept, `after ${given}`);
      }
    });

    test('of CRLs written together the highest stays, whole; no reader gets half of one', async () => {
      const url = `http://crl.test/${crypto.randomUUID()}`;
      const crl = (number: number) => ({
        url,
        der: new Uint8Array(1_700_000).fill(number),
        fetchedAt: clock.at,
        etag: undefined,
        lastModified: undefined,
        highestNumber: String(number),
      });
      await storage.crlBytes.write(crl(1));
      const reading = async () => {
        for (let n = 0; n < 10; n++) {
          const read = await storage.crlBytes.read(url);
          assert.ok(read, 'there always is one');
          assert.ok(read.der.every((byte) => byte === Number(read.highestNumber)));
        }
      };
      await Promise.all([reading(), ...[7, 3, 9, 2, 8].map((number) => storage.crlBytes.write(crl(number)))]);
      const { der, ...facts } = (await storage.crlBytes.read(url))!;
      const { der: expect, ...expectedFacts } = crl(9);
      assert.deepEqual(facts, expectedFacts);
      assert.ok(Buffer.from(der).equals(expect));
    });

    test('a private key lies sealed in the database and opens for its own tenant and key id only', async () => {
      const key = { kid: 'k1', alg: 'RS256', privateJwk: { d: 'secret' } } as const;
      await mine.keyStore.add(key, clock.at);
      assert.deepEqual(await mine.keyStore.list(), [
        { ...key, createdDateTime: clock.at, signsFromDateTime: undefined },
      ]);
      assert.deepEqual(await otherTenant.keyStore.list(), []);
    });

    test('pruning removes what has expired and old entries, and nothing else', async () => {
      const [flow, old, recent] = [flowOf(clock), recordOf(clock, -2 * 24 * 60 * minute), recordOf(clock, 0)];
      await mine.flows.put(flow);
      for (const record of [old, recent]) await mine.signInLog.append(record);
      await mine.oidcRecords.upsert('Grant', 'forever', { a: 1 }, 0);
      const quarter = 15 * minute; // rows of visits leave at the end of one
      await storage.prune(new Date(flow.expires.getTime() + quarter), {
        signInsSince: new Date(clock.at.getTime() - minute),
      });
      assert.equal(await mine.flows.find(flow.id, clock.at), undefined);
      assert.deepEqual(await mine.signInLog.list({ top: 10 }), [recent]);
      assert.deepEqual(await mine.oidcRecords.find('Grant', 'forever'), { a: 1 });
    });

    test('closing and opening loses nothing and migrates nothing twice', async () => {
      const ana = userOf('ana@woodgrove.test');
      await mine.users.add(ana, 'test');
      const tenants = await storage.tenants.list();
      await storage.close();
      storage = await openAt(place, clock);
      assert.deepEqual(await storage.tenants.list(), tenants);
    });

    test('another process sees an edit with its next question, or is refused the folder', {
      skip: database.isShared ? false : undefined,
    }, async () => {
      if (!database.isShared) {
        await assert.rejects(openAt(place, clock), {
          because: { code: 'dataFolderInUse', evidence: { folder: (place as { folder: string }).folder } },
        });
        return;
      }
      const second = await openAt(place, clock);
      const [tenant] = await storage.tenants.list();
      await storage.forTenant(tenant!.id).policies.current();
      await second
        .forTenant(tenant!.id)
        .policy.setX509({ ...defaultX509CertificateConfiguration, state: 'enabled' }, 'test');
      assert.equal((await storage.forTenant(tenant!.id).policies.current()).x509.state, 'enabled');
      await second.close();
    });
  });
}

const accessDocuments = {
  strength: {
    id: 'own',
    displayName: 'Cards',
    policyType: 'custom',
    allowedCombinations: ['x509CertificateMultiFactor'],
    combinationConfigurations: [],
  },
  location: { id: 'office', displayName: 'Office', isTrusted: true, ipRanges: ['192.0.2.0/24'] },
  policy: {
    id: 'p',
    displayName: 'Everybody',
    state: 'enabled',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['all'],
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  },
} as const;
const blockedOf = () => ({ sha256Thumbprint: 'AB'.repeat(32) });
const groupOf = (displayName: string) => ({ id: crypto.randomUUID(), displayName });

function applicationOf(): Application {
  return {
    appId: crypto.randomUUID(),
    displayName: 'App',
    redirectUris: ['https://a.test/cb'],
    postLogoutRedirectUris: [],
    isPublicClient: true,
    secretHashes: ['the-hash-of-a-secret'],
    identifierUris: ['api://a'],
    roles: [],
    homepage: undefined,
  };
}

function authorityRow(clock: TestClock): AuthorityRow {
  return {
    id: crypto.randomUUID(),
    der: new Uint8Array(testCa(`Root ${crypto.randomUUID()}`).der),
    displayName: 'Root',
    authorityType: 'root',
    certificateRevocationListUrl: 'http://crl.test/root.crl',
    deltaCertificateRevocationListUrl: undefined,
    isIssuerHintEnabled: false,
    store: 'pki',
    createdDateTime: clock.at,
  };
}

function flowOf(clock: TestClock): Flow {
  return {
    id: crypto.randomUUID(),
    interactionUid: crypto.randomUUID(),
    correlationId: crypto.randomUUID(),
    appId: 'a',
    appDisplayName: 'App',
    resourceId: 'r',
    username: undefined,
    expires: new Date(clock.at.getTime() + 15 * minute),
  } as Flow;
}

const recordOf = (clock: TestClock, later: number): SignInRecord => recordAt(clock.at.getTime() + later);
