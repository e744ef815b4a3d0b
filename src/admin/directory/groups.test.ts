import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { orThrow } from '#core/trace/ruling.ts';
import type { Group, GroupMember } from '#model/group.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { outcomeOf } from '#test/refused-with.ts';
import {
  addGroup,
  addGroupMember,
  addGroupOwner,
  changeGroup,
  endNesting,
  groupNamed,
  ownersOf,
  removeGroupMember,
  removeGroupOwner,
} from './groups.ts';

const actor = 'an administrator';
const ana = userOf('ana@woodgrove.test');
const groupOf = (displayName: string, isAssignableToRole?: boolean): Group => ({
  id: crypto.randomUUID(),
  displayName,
  ...(isAssignableToRole === undefined ? {} : { profile: { isAssignableToRole } }),
});
const withProfile = (profile: NonNullable<Group['profile']>): Group => ({ ...groupOf('Ward 8'), profile });
const asGroup = ({ id }: Group) => ({ kind: 'group', id }) as const;

describe('rules of groups', () => {
  let woodgrove: OneTenant;
  let [admins, plain, inner] = [groupOf('', true), groupOf(''), groupOf('')];
  beforeEach(async () => {
    woodgrove = await openTenant();
    [admins, plain, inner] = [groupOf('Admins', true), groupOf('Nurses'), groupOf('Ward 7')];
    await woodgrove.ports.users.add(ana, actor);
    for (const group of [admins, plain, inner]) orThrow(await addGroup(group, [], context()));
  });
  afterEach(() => woodgrove.end());
  const context = () => ({ actor, ports: woodgrove.ports });

  test('a role-assignable group takes users and no groups, when it is made and later', async () => {
    const made = (isAssignable: boolean) => addGroup(groupOf('New', isAssignable), [asGroup(inner)], context());
    assert.deepEqual([outcomeOf(await made(true)), outcomeOf(await made(false))], ['graphReferenceInvalid', 'passed']);
    assert.equal(outcomeOf(await addGroupMember(admins.id, asGroup(inner), context())), 'graphReferenceInvalid');
    assert.equal(outcomeOf(await addGroupMember(plain.id, asGroup(inner), context())), 'passed');
    assert.equal(outcomeOf(await addGroupMember(admins.id, { kind: 'user', id: ana.id }, context())), 'passed');
  });

  for (const [problem, code, group] of [
    ['no name', 'nameEmpty', groupOf('')],
    ['a name of 257 characters', 'textTooLong', groupOf('x'.repeat(257))],
    ['a line feed in its name', 'textHoldsControls', groupOf('Ward\n8')],
    ['an empty mail nickname', 'nameEmpty', withProfile({ mailNickname: '' })],
    ['a mail nickname of 65 characters', 'textTooLong', withProfile({ mailNickname: 'x'.repeat(65) })],
    ['a space in its mail nickname', 'graphPropertyInvalid', withProfile({ mailNickname: 'ward 8' })],
    ['an at sign in its mail nickname', 'graphPropertyInvalid', withProfile({ mailNickname: 'ward@8' })],
    ['a line feed in its mail nickname', 'textHoldsControls', withProfile({ mailNickname: 'ward\n8' })],
    ['an escape in its description', 'textHoldsControls', withProfile({ description: '\u001b[31m' })],
  ] as const)
    test(`a group with ${problem} is not added, and no group is changed to it`, async () => {
      assert.equal(outcomeOf(await addGroup(group, [], context())), code);
      assert.equal(await woodgrove.ports.groups.find(group.id), undefined);
      const work = (old: Group): Group => ({ ...old, ...group, id: old.id });
      assert.equal(outcomeOf(await changeGroup(plain.id, work, context())), code);
      assert.equal((await woodgrove.ports.groups.find(plain.id))?.displayName, 'Nurses');
    });

  test('a name from before these rules holds no other change back', async () => {
    const old = { ...groupOf(' '), profile: { mailNickname: 'ward 8' } };
    await woodgrove.ports.groups.add(old, actor);
    const work = (group: Group): Group => ({ ...group, profile: { ...group.profile, description: 'Ward' } });
    assert.equal(outcomeOf(await changeGroup(old.id, work, context())), 'passed');
  });

  test('a member cannot be added again, and a group cannot be added to itself', async () => {
    const added = async (member: GroupMember) => outcomeOf(await addGroupMember(plain.id, member, context()));
    assert.equal(await added(asGroup(inner)), 'passed');
    assert.equal(await added(asGroup(inner)), 'graphReferenceExists');
    assert.equal(await added(asGroup(plain)), 'graphReferenceInvalid');
    assert.equal(await added({ kind: 'group', id: 'gone' }), 'nothingFound');
  });

  for (const isAssignableToRole of [true, false])
    test(`isAssignableToRole stays as it was after a change to ${isAssignableToRole}`, async () => {
      for (const group of [admins, plain]) {
        orThrow(
          await changeGroup(group.id, (old) => ({ ...old, profile: { isAssignableToRole, mail: 'x' } }), context()),
        );
        const { profile } = (await woodgrove.ports.groups.find(group.id))!;
        assert.deepEqual([profile?.isAssignableToRole, profile?.mail], [group.profile?.isAssignableToRole, 'x']);
      }
    });

  test('a group is found by its id or its name in any case, and two groups of one name are ambiguous', async () => {
    const find = async (name: string) => {
      const ruling = await groupNamed(name, woodgrove.ports);
      return ruling.outcome === 'passed' ? ruling.value.id : ruling.because.code;
    };
    assert.deepEqual([await find('NURSES'), await find(plain.id.toUpperCase())], [plain.id, plain.id]);
    assert.equal(await find('nobody'), 'nothingFound');
    orThrow(await addGroup(groupOf('nurses'), [], context()));
    assert.equal(await find('Nurses'), 'groupAmbiguous');
  });

  test('a member and an owner are removed once, and an owner is added once', async () => {
    orThrow(await addGroupMember(plain.id, asGroup(inner), context()));
    const removeMember = () => removeGroupMember(plain.id, inner.id, context()).then(outcomeOf);
    assert.deepEqual([await removeMember(), await removeMember()], ['passed', 'graphReferenceMissing']);
    const add = () => addGroupOwner(plain.id, ana.id, context()).then(outcomeOf);
    assert.deepEqual([await add(), await add()], ['passed', 'graphReferenceExists']);
    assert.deepEqual(ownersOf((await woodgrove.ports.groups.find(plain.id))!), [ana.id]);
    const remove = () => removeGroupOwner(plain.id, ana.id, context()).then(outcomeOf);
    assert.deepEqual([await remove(), await remove()], ['passed', 'graphReferenceMissing']);
    assert.equal(outcomeOf(await addGroupOwner(ana.id, ana.id, context())), 'nothingFound');
  });

  test('nesting of a version before ends on both sides of a role-assignable group', async () => {
    const { groups } = woodgrove.ports;
    await groups.addMember(admins.id, asGroup(inner), actor);
    await groups.addMember(plain.id, asGroup(inner), actor);
    await endNesting(inner, context());
    assert.deepEqual(await groups.members(admins.id), []);
    assert.deepEqual(await groups.members(plain.id), [asGroup(inner)]);
    await groups.addMember(admins.id, asGroup(inner), actor);
    await endNesting(admins, context());
    assert.deepEqual(await groups.members(admins.id), []);
  });
});
