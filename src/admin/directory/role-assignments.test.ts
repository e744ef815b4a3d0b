import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { globalAdministrator, privilegedRoleAdministrator } from '#core/roles/directory-roles.ts';
import { orThrow } from '#core/trace/ruling.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { refusedWith } from '#test/refused-with.ts';
import {
  activatedRoles,
  activateRole,
  assignmentId,
  assignRole,
  globalAdministratorsOf,
  refuseLastAdministrator,
  unassignRole,
} from './role-assignments.ts';

const actor = 'an administrator';
const [ana, ben, off] = ['ana', 'ben', 'off'].map((name) =>
  userOf(`${name}@woodgrove.test`, { accountEnabled: name !== 'off' }),
) as [ReturnType<typeof userOf>, ReturnType<typeof userOf>, ReturnType<typeof userOf>];
const [admins, plain] = ['33333333-0000-4000-8000-00000000000a', '33333333-0000-4000-8000-00000000000b'] as const;

describe('assignments of directory roles', () => {
  let woodgrove: OneTenant;
  beforeEach(async () => {
    woodgrove = await openTenant();
    const { ports } = woodgrove;
    for (const user of [ana, ben, off]) await ports.users.add(user, actor);
    await ports.groups.add({ id: admins, displayName: 'Admins', profile: { isAssignableToRole: true } }, actor);
    await ports.groups.add({ id: plain, displayName: 'Plain' }, actor);
  });
  afterEach(() => woodgrove.end());
  const assign = (principalId: string, roleDefinitionId = globalAdministrator) =>
    assignRole({ principalId, roleDefinitionId }, { actor, ports: woodgrove.ports }).then(orThrow);
  const unassign = (principalId: string, roleDefinitionId = globalAdministrator) =>
    unassignRole(assignmentId(roleDefinitionId, principalId), { actor, ports: woodgrove.ports }).then(orThrow);
  const join = (id: string) => woodgrove.ports.groups.addMember(admins, { kind: 'user', id }, actor);

  for (const { name, principalId, role, code } of [
    { name: 'a role that does not exist', principalId: ana.id, role: crypto.randomUUID(), code: 'graphObjectMissing' },
    { name: 'an unknown principal', principalId: crypto.randomUUID(), code: 'graphObjectMissing' },
    { name: 'a user by name', principalId: ana.userPrincipalName, code: 'graphObjectMissing' },
    { name: 'a group that is not role-assignable', principalId: plain, code: 'graphPropertyInvalid' },
  ])
    test(`${name} is refused: ${code}`, () => assert.rejects(assign(principalId, role), refusedWith(code)));

  test('a principal has a role once, however its id is written', async () => {
    await assign(ana.id.toUpperCase());
    await assert.rejects(assign(ana.id), refusedWith('graphReferenceExists'));
    await assign(ana.id, privilegedRoleAdministrator);
    const targetId = assignmentId(privilegedRoleAdministrator, ana.id);
    const [change] = await woodgrove.ports.audits.list({ top: 1, targetId });
    assert.deepEqual([change?.activity, change?.actor], ['Add member to role', actor]);
  });

  test('an assignment that does not exist cannot be removed', () =>
    assert.rejects(unassign(ana.id), refusedWith('graphObjectMissing')));

  const last: readonly { readonly name: string; prepare(): Promise<unknown>; readonly isLast: boolean }[] = [
    { name: 'no other user has the role', prepare: async () => undefined, isLast: true },
    { name: 'the other one is disabled', prepare: () => assign(off.id), isLast: true },
    { name: 'the other principal is a group without members', prepare: () => assign(admins), isLast: true },
    { name: 'another enabled user has the role', prepare: () => assign(ben.id), isLast: false },
    {
      name: 'an enabled user has the role through a group',
      prepare: () => Promise.all([assign(admins), join(ben.id)]),
      isLast: false,
    },
    {
      name: 'the other user has another role',
      prepare: () => assign(ben.id, privilegedRoleAdministrator),
      isLast: true,
    },
  ];
  for (const { name, prepare, isLast } of last) {
    test(`if ${name}, the role of a Global Administrator is ${isLast ? 'kept' : 'removed'}`, async () => {
      await assign(ana.id);
      await prepare();
      const change = unassign(ana.id);
      if (isLast) await assert.rejects(change, refusedWith('graphLastAdministrator'));
      else await change;
    });
    test(`if ${name}, a Global Administrator ${isLast ? 'cannot' : 'can'} be disabled or deleted`, async () => {
      await assign(ana.id);
      await prepare();
      const check = refuseLastAdministrator(ana.id, woodgrove.ports).then(orThrow);
      if (isLast) await assert.rejects(check, refusedWith('graphLastAdministrator'));
      else await check;
    });
  }

  test('a user who is a Global Administrator directly and through a group is counted once, and leaves both', async () => {
    await assign(ana.id);
    await assign(admins);
    await join(ana.id);
    const names = async () =>
      (await globalAdministratorsOf(woodgrove.ports)).map(({ userPrincipalName }) => userPrincipalName);
    assert.deepEqual(await names(), [ana.userPrincipalName]);
    await assert.rejects(
      refuseLastAdministrator(ana.id, woodgrove.ports).then(orThrow),
      refusedWith('graphLastAdministrator'),
    );
    await unassign(ana.id);
    assert.deepEqual(await names(), [ana.userPrincipalName], 'the group still holds the role');
  });

  for (const { name, user } of [
    { name: 'a disabled Global Administrator', user: off },
    { name: 'a user without the role', user: ben },
  ])
    test(`${name} can be deleted`, async () => {
      await assign(ana.id);
      await assign(off.id);
      orThrow(await refuseLastAdministrator(user.id, woodgrove.ports));
    });

  test('a role is activated on request or by an assignment, and not twice', async () => {
    await assign(ana.id);
    await assert.rejects(
      activateRole(globalAdministrator, { actor, ports: woodgrove.ports }).then(orThrow),
      refusedWith('graphObjectConflict'),
    );
    orThrow(await activateRole(privilegedRoleAdministrator, { actor, ports: woodgrove.ports }));
    await assert.rejects(
      activateRole(privilegedRoleAdministrator, { actor, ports: woodgrove.ports }).then(orThrow),
      refusedWith('graphObjectConflict'),
    );
    await assert.rejects(
      activateRole('no role', { actor, ports: woodgrove.ports }).then(orThrow),
      refusedWith('graphObjectMissing'),
    );
    const activeRoles = [...(await activatedRoles(woodgrove.ports))].sort();
    assert.deepEqual(activeRoles, [globalAdministrator, privilegedRoleAdministrator].sort());
  });
});
