import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { User } from '#core/binding/user.ts';
import { CardeaError } from '#core/trace/fault.ts';
import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { TenantStorage } from '../../storage.ts';

const day = 24 * 3600 * 1000;
const withCode = (code: string) => (problem: unknown) =>
  problem instanceof CardeaError && problem.because.code === code;

describeOnEachDatabase('what was deleted', ({ clock, storage: currentStorage }) => {
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    ({ mine, otherTenant } = await twoTenants(currentStorage()));
  });

  const auditEntry = { activity: 'Add thing', actor: 'ga' };
  const user = (name: string, change: Partial<User> = {}) =>
    userOf(`${name}@woodgrove.test`, { displayName: name, ...change });

  test('what is buried can be restored for thirty days, and is gone after them', async () => {
    for (const id of ['t1', 't2']) {
      await mine.objects.add({ kind: 'things', id, owner: 'ana', document: { id } }, auditEntry);
      assert.equal(await mine.objects.softDelete('things', id, auditEntry), true);
    }
    assert.equal(await mine.objects.find('things', 't1'), undefined);
    assert.equal((await mine.deleted.list('things')).length, 2);
    assert.equal((await otherTenant.deleted.list('things')).length, 0);
    assert.deepEqual((await mine.objects.restore('things', 't1', auditEntry)).document, { id: 't1' });
    assert.equal((await mine.objects.find('things', 't1'))?.owner, 'ana');
    clock.pass(30 * day + 1);
    await currentStorage().prune(clock.at, { signInsSince: new Date(0) });
    assert.equal(await mine.deleted.find('t2'), undefined);
    await assert.rejects(mine.objects.restore('things', 't2', auditEntry), withCode('nothingFound'));
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
