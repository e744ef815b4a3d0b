import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { SynchronisedObject } from '#model/synchronisation.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { applyMemberChange, joinGroups, memberChangeOf } from './memberships.ts';

const group = '44444444-0000-4000-8000-000000000001';
const [ana, ben] = [userOf('ana@woodgrove.test'), userOf('ben@woodgrove.test')];
const rowOf = (sourceId: string, change: Partial<SynchronisedObject>): SynchronisedObject => ({
  ...{ sourceId, domain: 'a.test', kind: 'user', objectId: undefined, digest: 'd', isLive: true },
  ...{ joinsDue: false, problems: [], name: sourceId },
  ...change,
});
const rows = {
  group: rowOf('g', { kind: 'group', objectId: group }),
  ana: rowOf('a', { objectId: ana.id }),
  deleted: rowOf('b', { objectId: ben.id, isLive: false }),
  computer: rowOf('c', { kind: 'computer', objectId: crypto.randomUUID() }),
  unmade: rowOf('u', {}),
  gone: rowOf('x', { objectId: crypto.randomUUID() }),
};

describe('members of synchronized groups', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    const { ports } = woodgrove;
    for (const user of [ana, ben]) await ports.users.add(user, 'test');
    await ports.groups.add({ id: group, displayName: 'Staff' }, 'test');
    await ports.synchronisation.save(Object.values(rows));
  });
  afterEach(() => woodgrove.end());
  const members = async () => (await woodgrove.ports.groups.members(group)).map(({ id }) => id);

  test('what changed is what differs from the members that Active Directory named before', async () => {
    const { ports } = woodgrove;
    await ports.synchronisation.changeMembers('g', ['a', 'b'], []);
    assert.deepEqual(await memberChangeOf('g', ['b', 'c'], ports), { groupId: 'g', added: ['c'], removed: ['a'] });
    assert.deepEqual(await memberChangeOf('g', ['a', 'b'], ports), { groupId: 'g', added: [], removed: [] });
  });

  const entering = [
    { name: 'a live user', id: 'a', count: 1 },
    { name: 'a deleted user', id: 'b', count: 0 },
    { name: 'a computer', id: 'c', count: 0 },
    { name: 'an object that could not be made', id: 'u', count: 0 },
    { name: 'an object that an administrator deleted', id: 'x', count: 0 },
    { name: 'an object that is not synchronized', id: 'unknown', count: 0 },
  ];
  for (const { name, id, count } of entering)
    test(`${name} ${count === 1 ? 'enters' : 'is only remembered'}`, async () => {
      const { ports } = woodgrove;
      assert.equal(await applyMemberChange({ groupId: 'g', added: [id], removed: [] }, ports), count);
      assert.deepEqual(await members(), count === 1 ? [ana.id] : []);
      assert.deepEqual(await ports.synchronisation.membersOf('g'), [id]);
    });

  test('a member that left Active Directory’s group leaves, and a member that was added here stays', async () => {
    const { ports } = woodgrove;
    await applyMemberChange({ groupId: 'g', added: ['a'], removed: [] }, ports);
    await ports.groups.addMember(group, { kind: 'user', id: ben.id }, 'an administrator');
    assert.equal(await applyMemberChange({ groupId: 'g', added: [], removed: ['a'] }, ports), 1);
    assert.deepEqual(await members(), [ben.id]);
  });

  test('an object that is brought later enters the live groups that name it, once', async () => {
    const { ports } = woodgrove;
    const due = { ...rows.ana, joinsDue: true };
    const left = rowOf('h', { kind: 'group', objectId: crypto.randomUUID(), isLive: false });
    await ports.synchronisation.save([due, left]);
    await ports.synchronisation.changeMembers('g', ['a'], []);
    await ports.synchronisation.changeMembers('h', ['a'], []);
    assert.equal(await joinGroups([due], ports), 1);
    assert.deepEqual(await members(), [ana.id]);
    assert.equal((await ports.synchronisation.byIds(['a']))[0]?.joinsDue, false);
    assert.equal(await joinGroups([due], ports), 0);
  });
});
