import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assignRole } from '#admin/directory/role-assignments.ts';
import { globalAdministrator, privilegedRoleAdministrator } from '#core/roles/directory-roles.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Profile } from '#model/user.ts';
import { type OneTenant, openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { holdersThrough, protectionOf, rolesHeldBy } from './roles-held.ts';

const named = (name: string) => userOf(`${name}@woodgrove.test`);
const users = { ana: named('ana'), ben: named('ben'), cy: named('cy'), dan: named('dan'), eve: named('eve') };
const { ana, ben, cy, dan, eve } = users;
const [admins, inner, plain, owned] = [1, 2, 3, 4].map((n) => `22222222-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
  string,
];
const assignable = { isAssignableToRole: true };

describe('which directory roles a principal holds', () => {
  let woodgrove: OneTenant;
  before(async () => {
    woodgrove = await openTenant();
    const { ports } = woodgrove;
    for (const user of Object.values(users)) await ports.users.add(user, 'test');
    const group = async (
      id: string,
      profile: Profile,
      ...members: readonly (readonly ['user' | 'group', string])[]
    ) => {
      await ports.groups.add({ id, displayName: id, profile }, 'test');
      for (const [kind, memberId] of members) await ports.groups.addMember(id, { kind, id: memberId }, 'test');
    };
    await group(inner, {}, ['user', cy.id]);
    // The second member is written past the rule that a role-assignable group has no groups, as an earlier version did.
    await group(admins, assignable, ['user', ben.id], ['group', inner]);
    await group(plain, assignable, ['user', dan.id]);
    await group(owned, { ...assignable, ownerIds: [eve.id] });
    const assign = (principalId: string, roleDefinitionId: string) =>
      assignRole({ principalId, roleDefinitionId }, { actor: 'test', ports }).then(orThrow);
    await assign(ana.id, privilegedRoleAdministrator);
    await assign(ana.id.toUpperCase(), globalAdministrator);
    await assign(admins, globalAdministrator);
    await assign(plain, privilegedRoleAdministrator);
    // It was role-assignable when the role was assigned to it.
    await ports.groups.change(plain, 'test', (group) => ({ ...group, profile: {} }));
  });
  after(() => woodgrove.end());

  const cases = [
    {
      name: 'its own assignments, however its id is written',
      id: ana.id.toUpperCase(),
      roles: [privilegedRoleAdministrator, globalAdministrator],
    },
    { name: 'those of a role-assignable group, for a direct member', id: ben.id, roles: [globalAdministrator] },
    { name: 'none through a group inside a role-assignable group', id: cy.id, roles: [] },
    { name: 'none through a group that is not role-assignable', id: dan.id, roles: [] },
    { name: 'none by owning a role-assignable group', id: eve.id, roles: [] },
  ];
  for (const { name, id, roles } of cases)
    test(`it holds ${name}`, async () =>
      assert.deepEqual([...(await rolesHeldBy(id, woodgrove.ports))].sort(), [...roles].sort()));

  const reverse = [
    { name: 'a user holds what is assigned to the user', id: ana.id, holders: [ana.id] },
    { name: 'direct members, but no groups, hold what is assigned to a group', id: admins, holders: [admins, ben.id] },
    { name: 'members of another group hold nothing through it', id: plain, holders: [plain] },
  ];
  for (const { name, id, holders } of reverse)
    test(`the reverse: ${name}`, async () => assert.deepEqual(await holdersThrough(id, woodgrove.ports), holders));

  const protections = [
    { name: 'a member of a role-assignable group', id: ben.id, isProtected: true },
    { name: 'an owner of one, who could make themselves a member', id: eve.id, isProtected: true },
    {
      name: 'a deleted user whom a restoration makes a member of one',
      id: dan.id,
      restored: [owned],
      isProtected: true,
    },
    { name: 'a member of other groups', id: dan.id, isProtected: false },
    { name: 'a member of a group inside a role-assignable group', id: cy.id, isProtected: false },
  ];
  for (const { name, id, restored = [], isProtected } of protections)
    test(`${name} is ${isProtected ? '' : 'not '}protected by a role-assignable group`, async () => {
      const { isInRoleAssignableGroup } = await protectionOf(id, woodgrove.ports, restored);
      assert.equal(isInRoleAssignableGroup, isProtected);
    });
});
