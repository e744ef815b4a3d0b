import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { protectionOf } from '#signin/user/roles-held.ts';
import { groupOf } from '#test/contract/documents.ts';
import { describeOnEachDatabase, twoTenants } from '#test/contract/each-database.ts';
import { statementsOf } from '#test/contract/statements-of.ts';
import { userOf } from '#test/contract/user-of.ts';
import type { TenantStorage } from '../../storage.ts';

describeOnEachDatabase('groups', ({ clock, storage: currentStorage }) => {
  let mine: TenantStorage;
  let otherTenant: TenantStorage;
  beforeEach(async () => {
    ({ mine, otherTenant } = await twoTenants(currentStorage()));
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

  test('who owns a group that lends roles is found by one statement, however many groups there are', async () => {
    const owner = userOf('owner@two.test');
    await mine.users.add(owner, 'test');
    const group = (ownerIds: readonly string[], isAssignableToRole: boolean) => ({
      id: crypto.randomUUID(),
      displayName: 'Group with the text "isAssignableToRole":true',
      profile: { ownerIds, isAssignableToRole },
    });
    for (let count = 0; count < 30; count++) await mine.groups.add(group([owner.id], false), 'test');
    const protection = () => protectionOf(owner.id, { ...mine });
    assert.equal((await protection()).isInRoleAssignableGroup, false);
    const lending = group([owner.id], true);
    await mine.groups.add(lending, 'test');
    assert.deepEqual(
      (await mine.groups.listRoleAssignable()).map(({ id }) => id),
      [lending.id],
    );
    assert.equal((await protection()).isInRoleAssignableGroup, true);
    const texts = await statementsOf(() => mine.groups.listRoleAssignable());
    assert.equal(texts.length, 1);
  });
});
