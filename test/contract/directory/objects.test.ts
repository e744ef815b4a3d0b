import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { User } from '#core/binding/user.ts';
import { CardeaError } from '#core/trace/fault.ts';
import type { ObjectParty, ObjectSlice } from '#ports/objects.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '../databases.ts';
import { userOf } from '../user-of.ts';

const day = 24 * 3600 * 1000;
const withCode = (code: string) => (problem: unknown) =>
  problem instanceof CardeaError && problem.because.code === code;

for (const database of databasesUnderTest()) {
  describe(`directory objects on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let storage: Storage;
    let mine: TenantStorage;
    let otherTenant: TenantStorage;

    before(async () => {
      storage = await openAt(await database.place(), clock);
    });
    beforeEach(async () => {
      [mine, otherTenant] = [storage.forTenant(crypto.randomUUID()), storage.forTenant(crypto.randomUUID())];
    });
    after(async () => {
      await storage?.close();
      database.end();
    });

    const deed = { activity: 'Add thing', actor: 'ga' };
    const user = (name: string, change: Partial<User> = {}) =>
      userOf(`${name}@woodgrove.test`, { displayName: name, ...change });

    test('an audit row has of a document what its entry says', async () => {
      const auditEntry = {
        activity: 'Update user',
        actor: 'test',
        audited: (document: unknown) => ({ size: (document as { octets: string }).octets.length }),
      };
      const object = { kind: 'pictures', id: crypto.randomUUID(), owner: undefined, document: { octets: 'abc' } };
      await mine.objects.add(object, auditEntry);
      await mine.objects.change(object.kind, object.id, () => ({ octets: 'abcd' }), auditEntry);
      await mine.objects.remove(object.kind, object.id, auditEntry);
      const values = (await mine.audits.list({ top: 3, targetId: object.id })).map((row) => [
        row.oldValue,
        row.newValue,
      ]);
      // The clock stands still, so the rows have one time.
      const expect = [
        [{ size: 4 }, undefined],
        [{ size: 3 }, { size: 4 }],
        [undefined, { size: 3 }],
      ];
      const sorted = (list: readonly unknown[]) => list.map((row) => JSON.stringify(row)).sort();
      assert.deepEqual(sorted(values), sorted(expect));
    });

    test('a document is found by its kind, id and owner, and by its own tenant alone', async () => {
      const object = { kind: 'things', id: 't1', owner: 'ana', document: { name: 'one' } };
      await mine.objects.add(object, deed);
      assert.deepEqual(await mine.objects.find('things', 't1'), { ...object, createdDateTime: clock.at });
      assert.equal((await mine.objects.list('things', 'ana')).length, 1);
      assert.equal((await mine.objects.list('things', 'bob')).length, 0);
      for (const owner of ['bob', 'cleo']) await mine.objects.add({ ...object, id: `of ${owner}`, owner }, deed);
      const ofOwners = async (...owners: string[]) =>
        (await mine.objects.ofOwners('things', owners)).map(({ id }) => id);
      assert.deepEqual(await ofOwners('cleo', 'ana', 'dan'), ['of cleo', 't1']);
      assert.deepEqual(await ofOwners(), []);
      assert.deepEqual(await otherTenant.objects.ofOwners('things', ['ana']), []);
      assert.equal(await mine.objects.find('others', 't1'), undefined);
      assert.equal(await otherTenant.objects.find('things', 't1'), undefined);
      assert.equal(await otherTenant.objects.remove('things', 't1', deed), false);
    });

    test('assignments, grants and owners are found by each of their parties, page by page in the order of ids', async () => {
      const parties: readonly ObjectParty[] = [
        { kind: 'appRoleAssignments', property: 'resourceId', id: 'payroll' },
        { kind: 'oauth2PermissionGrants', property: 'principalId', id: 'payroll' },
        { kind: 'oauth2PermissionGrants', property: 'resourceId', id: 'payroll' },
        { kind: 'applicationOwners', property: 'ownerId', id: 'payroll' },
      ];
      for (const party of parties) {
        const { kind, property } = party;
        for (let count = 0; count < 7; count++) {
          const object = { owner: 'ana', document: { [property]: count % 2 === 0 ? 'payroll' : 'wiki' } };
          await mine.objects.add({ kind, id: `${property} ${6 - count}`, ...object }, deed);
        }
        await otherTenant.objects.add(
          { kind, id: `${property} 0`, owner: 'ana', document: { [property]: 'payroll' } },
          deed,
        );
        const ids = async (slice?: ObjectSlice) =>
          (await mine.objects.ofParty(party, slice)).map(({ id }) => id.slice(-1));
        assert.deepEqual(await ids(), ['0', '2', '4', '6']);
        assert.deepEqual(await ids({ top: 2, after: undefined }), ['0', '2']);
        assert.deepEqual(await ids({ top: 2, after: `${property} 2` }), ['4', '6']);
        assert.deepEqual(await ids({ top: 2, after: `${property} 6` }), []);
        assert.deepEqual(await mine.objects.ofParty({ ...party, id: 'nothing' }), []);
      }
    });

    test('of twenty writers that count one document up together no step is lost, and every step is in the audit log', async () => {
      await mine.objects.add({ kind: 'things', id: 't1', owner: undefined, document: { count: 0 } }, deed);
      const up = ({ count }: { count: number }) => ({ count: count + 1 });
      await Promise.all(Array.from({ length: 20 }, () => mine.objects.change('things', 't1', up, deed)));
      assert.deepEqual((await mine.objects.find('things', 't1'))?.document, { count: 20 });
      const changes = (await mine.audits.list({ top: 50 })).filter(({ oldValue }) => oldValue !== undefined);
      const counts = changes.map(({ newValue }) => (newValue as { count: number }).count).sort((a, b) => a - b);
      assert.deepEqual(
        counts,
        Array.from({ length: 20 }, (_, i) => i + 1),
      );
      assert.equal(await mine.objects.change('things', 'nobody', up, deed), undefined);
    });

    test('what is buried can be restored for thirty days, and is gone after them', async () => {
      for (const id of ['t1', 't2']) {
        await mine.objects.add({ kind: 'things', id, owner: 'ana', document: { id } }, deed);
        assert.equal(await mine.objects.softDelete('things', id, deed), true);
      }
      assert.equal(await mine.objects.find('things', 't1'), undefined);
      assert.equal((await mine.deleted.list('things')).length, 2);
      assert.equal((await otherTenant.deleted.list('things')).length, 0);
      assert.deepEqual((await mine.objects.restore('things', 't1', deed)).document, { id: 't1' });
      assert.equal((await mine.objects.find('things', 't1'))?.owner, 'ana');
      clock.pass(30 * day + 1);
      await storage.prune(clock.at, { signInsSince: new Date(0) });
      assert.equal(await mine.deleted.find('t2'), undefined);
      await assert.rejects(mine.objects.restore('things', 't2', deed), withCode('nothingFound'));
    });

    test('a deleted user cannot sign in, and comes back with values, groups, profile and password', async () => {
      const ana = user('ana', { certificateUserIds: ['X509:<PN>ana@woodgrove.test'] });
      await mine.users.add(ana, 'ga', { jobTitle: 'Nurse' });
      await mine.users.setPasswordHash(ana.id, '$argon2id$x', 'ga');
      const group = { id: crypto.randomUUID(), displayName: 'Nurses' };
      await mine.groups.add(group, 'ga');
      await mine.groups.addMember(group.id, { kind: 'user', id: ana.id }, 'ga');
      assert.equal(await mine.users.remove(ana.id, 'ga'), true);
      assert.equal(await mine.users.remove(ana.id, 'ga'), false);
      assert.equal(await mine.users.find('ana@woodgrove.test'), undefined);
      assert.equal(await mine.directory.passwordHash(ana.id), undefined);
      const question = { property: 'certificateUserIds', value: ana.certificateUserIds[0]! } as const;
      assert.deepEqual((await mine.directory.answer([question]))[0]?.users, []);
      assert.deepEqual(await mine.groups.members(group.id), []);
      const { user: back, profile, hasPassword } = await mine.users.restore(ana.id, 'ga');
      assert.deepEqual(back, { ...ana, groupIds: [group.id] });
      assert.deepEqual([profile, hasPassword], [{ jobTitle: 'Nurse' }, true]);
      assert.equal(await mine.directory.passwordHash(ana.id), '$argon2id$x');
    });

    test('a deleted user does not come back while another user has the name', async () => {
      const ana = user('ana');
      await mine.users.add(ana, 'ga');
      await mine.users.remove(ana.id, 'ga');
      await mine.users.add(user('ana'), 'ga');
      await assert.rejects(mine.users.restore(ana.id, 'ga'), withCode('userPrincipalNameTaken'));
      assert.equal((await mine.deleted.list('user')).length, 1, 'and is still there to be restored later');
    });

    test('of two who change different properties of one user together neither loses', async () => {
      const ana = user('ana');
      await mine.users.add(ana, 'ga');
      const put = (name: string) =>
        mine.users.change(ana.id, 'ga', (entry) => ({ ...entry, profile: { ...entry.profile, [name]: name } }));
      await Promise.all(['givenName', 'surname', 'jobTitle', 'department'].map(put));
      const [entry] = await mine.users.entriesOf([ana.id]);
      assert.deepEqual(Object.keys(entry!.profile).sort(), ['department', 'givenName', 'jobTitle', 'surname']);
    });

    test('a deleted group comes back with those in it who are still there, and into the groups it was in', async () => {
      const [outer, inner] = ['Outer', 'Inner'].map((displayName) => ({ id: crypto.randomUUID(), displayName }));
      for (const group of [outer!, inner!]) await mine.groups.add(group, 'ga');
      const [ana, bob] = [user('ana'), user('bob')];
      for (const person of [ana, bob]) {
        await mine.users.add(person, 'ga');
        await mine.groups.addMember(inner!.id, { kind: 'user', id: person.id }, 'ga');
      }
      await mine.groups.addMember(outer!.id, { kind: 'group', id: inner!.id }, 'ga');
      await mine.groups.remove(inner!.id, 'ga');
      await mine.users.remove(bob.id, 'ga');
      assert.deepEqual((await mine.directory.user(ana.id))?.groupIds, []);
      await mine.groups.restore(inner!.id, 'ga');
      assert.deepEqual(await mine.groups.members(inner!.id), [{ kind: 'user', id: ana.id }]);
      assert.deepEqual((await mine.directory.user(ana.id))?.groupIds, [inner!.id, outer!.id].sort());
      await mine.users.restore(bob.id, 'ga');
      assert.equal((await mine.groups.members(inner!.id)).length, 1, 'bob was in no group when he was deleted');
    });
  });
}
