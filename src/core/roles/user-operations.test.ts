import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Caller } from './authorise.ts';
import { directoryRoles } from './directory-roles.ts';
import { authoriseOnUser, operationOf, type UserOperation, userOperations } from './user-operations.ts';

const [global, privileged, authentication] = [
  'Global Administrator',
  'Privileged Authentication Administrator',
  'Authentication Administrator',
];
const [user, helpdesk, password, sync, writers] = [
  'User Administrator',
  'Helpdesk Administrator',
  'Password Administrator',
  'Directory Synchronization Accounts',
  'Directory Writers',
];
const above = [global, privileged];

/**
 * Who may do what to whom: to a user who is no administrator, to an administrator (every directory role but Directory
 * Readers, and members and owners of role-assignable groups), and to oneself.
 */
const table: Readonly<
  Record<UserOperation, { ordinary: string[]; administrator: string[]; self: 'everyone' | 'ordinary' | 'none' }>
> = {
  readMethods: {
    ordinary: [global, privileged, authentication, 'Global Reader'],
    administrator: [global, privileged, authentication, 'Global Reader'],
    self: 'everyone',
  },
  removeMethod: { ordinary: [global, privileged, authentication], administrator: above, self: 'ordinary' },
  issueTemporaryAccessPass: { ordinary: [global, privileged, authentication], administrator: above, self: 'none' },
  resetPassword: {
    ordinary: [global, privileged, authentication, user, helpdesk, password],
    administrator: above,
    self: 'ordinary',
  },
  resetPasswordMethod: {
    ordinary: [global, privileged, authentication, user, helpdesk, password],
    administrator: above,
    self: 'ordinary',
  },
  revokeSessions: {
    ordinary: [global, privileged, authentication, user, helpdesk, password],
    administrator: above,
    self: 'everyone',
  },
  enableOrDisable: { ordinary: [global, privileged, user, sync], administrator: above, self: 'ordinary' },
  changeSensitiveProperty: { ordinary: [global, privileged, user, sync], administrator: above, self: 'ordinary' },
  deleteOrRestore: { ordinary: [global, privileged, user, sync], administrator: above, self: 'ordinary' },
  changeBinding: { ordinary: [global, privileged, sync], administrator: above, self: 'ordinary' },
  changeMail: { ordinary: [global, user, writers, sync], administrator: [global], self: 'ordinary' },
  changeProfile: {
    ordinary: [global, user, writers, sync],
    administrator: [global, user, writers, sync],
    self: 'ordinary',
  },
};

const roleNames = [...directoryRoles.map(({ displayName }) => displayName), '(no role)'];
const idsOf = (name: string) =>
  directoryRoles.filter(({ displayName }) => displayName === name).map(({ templateId }) => templateId);
const person = (name: string, permissions: readonly string[]): Caller => ({
  kind: 'person',
  id: 'caller',
  appId: 'application',
  permissions,
  roleIds: idsOf(name),
});
const targets = [
  ...roleNames.map((name) => ({ name, id: 'target', roleIds: idsOf(name), isInRoleAssignableGroup: false })),
  { name: 'member or owner of a role-assignable group', id: 'target', roleIds: [], isInRoleAssignableGroup: true },
];
const ordinaryTargets = ['(no role)', 'Directory Readers'];
const allowed = (caller: Caller, operation: UserOperation, target: (typeof targets)[number]) =>
  authoriseOnUser(caller, operation, target).outcome === 'passed';

describe('role × operation × role of the target, self included (graph-api §2.4)', () => {
  for (const [name, row] of Object.entries(table)) {
    const operation = name as UserOperation;
    const { permissions } = userOperations[operation];
    for (const target of targets) {
      test(`${operation} on ${target.name}`, () => {
        const accepted = ordinaryTargets.includes(target.name) ? row.ordinary : row.administrator;
        const actual = roleNames.filter((role) => allowed(person(role, permissions), operation, target));
        assert.deepEqual(actual.sort(), [...accepted].sort());
      });
    }
    test(`${operation} on oneself`, () => {
      const accepted = { everyone: roleNames, ordinary: row.ordinary, none: [] as string[] }[row.self];
      const actual = roleNames.filter((role) =>
        allowed(person(role, permissions), operation, {
          name: 'self',
          id: 'caller',
          roleIds: idsOf(role),
          isInRoleAssignableGroup: true,
        }),
      );
      assert.deepEqual(actual.sort(), [...accepted].sort());
    });
    test(`${operation} needs one of its permissions, of a person and of an application`, () => {
      const target = targets.find((item) => item.name === '(no role)')!;
      for (const kind of ['person', 'application'] as const) {
        const caller = { ...person('Global Administrator', permissions), kind };
        assert.ok(allowed(caller, operation, target));
        assert.ok(!allowed({ ...caller, permissions: ['User.Read'] }, operation, target));
      }
    });
  }

  test('the table has every operation', () => {
    assert.deepEqual(Object.keys(table).sort(), Object.keys(userOperations).sort());
  });
});

test('every property of a user is changed by the operation that guards it', () => {
  const operations: Readonly<Record<string, UserOperation>> = {
    userPrincipalName: 'changeSensitiveProperty',
    businessPhones: 'changeSensitiveProperty',
    mobilePhone: 'changeSensitiveProperty',
    otherMails: 'changeSensitiveProperty',
    passwordPolicies: 'changeSensitiveProperty',
    accountEnabled: 'enableOrDisable',
    passwordProfile: 'resetPassword',
    authorizationInfo: 'changeBinding',
    certificateUserIds: 'changeBinding',
    identities: 'changeBinding',
    proxyAddresses: 'changeBinding',
    onPremisesUserPrincipalName: 'changeBinding',
    onPremisesImmutableId: 'changeBinding',
    onPremisesSamAccountName: 'changeBinding',
    onPremisesDomainName: 'changeBinding',
    onPremisesDistinguishedName: 'changeBinding',
    onPremisesSecurityIdentifier: 'changeBinding',
    onPremisesSyncEnabled: 'changeBinding',
    onPremisesExtensionAttributes: 'changeBinding',
    mail: 'changeMail',
    displayName: 'changeProfile',
    usageLocation: 'changeProfile',
  };
  for (const [property, operation] of Object.entries(operations)) assert.equal(operationOf(property), operation);
  assert.equal(operationOf('constructor'), 'changeProfile');
});
