import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import { graphAppId } from '#core/directory/well-known-applications.ts';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import { accessDocuments, applicationOf, groupOf } from '#test/contract/documents.ts';
import { openTenant } from '#test/contract/one-tenant.ts';
import { userOf } from '#test/contract/user-of.ts';
import { unknownReferences } from './access-references.ts';

const [user, group, application] = [userOf('ana@woodgrove.test'), groupOf('Nurses'), applicationOf()];
const unknown = crypto.randomUUID();
const { conditions: usual, ...rest } = accessDocuments.policy;

/** What a policy names, and the pointers to what of it is unknown. */
const cases: readonly {
  readonly name: string;
  readonly conditions: Partial<ConditionalAccessPolicy['conditions']>;
  readonly targets: readonly string[];
}[] = [
  { name: 'all users and all applications', conditions: {}, targets: [] },
  {
    name: 'what is there',
    conditions: {
      users: { includeUsers: [user.id], excludeGroups: [group.id], includeRoles: [globalAdministrator] },
      applications: { includeApplications: [application.appId], excludeApplications: [graphAppId] },
    },
    targets: [],
  },
  {
    name: 'unknown users, groups and roles on either side',
    conditions: {
      users: {
        includeUsers: [unknown],
        excludeUsers: [unknown],
        includeGroups: [unknown],
        excludeGroups: [unknown],
        excludeRoles: [unknown],
      },
    },
    targets: [
      'users/includeUsers',
      'users/includeGroups',
      'users/excludeUsers',
      'users/excludeGroups',
      'users/excludeRoles',
    ],
  },
  {
    name: 'a user by name, and a group where a user belongs',
    conditions: { users: { includeUsers: [user.userPrincipalName, group.id] } },
    targets: ['users/includeUsers', 'users/includeUsers'],
  },
  {
    name: 'unknown applications and an authentication context that is not defined',
    conditions: {
      applications: { includeApplications: [unknown], includeAuthenticationContextClassReferences: ['c7'] },
    },
    targets: ['applications/includeAuthenticationContextClassReferences', 'applications/includeApplications'],
  },
];
for (const { name, conditions, targets } of cases)
  test(`a policy that names ${name}`, async (t) => {
    const { ports, end } = await openTenant();
    t.after(end);
    await ports.users.add(user, 'test');
    await ports.groups.add(group, 'test');
    await ports.applications.put(application, 'test');
    const policy: ConditionalAccessPolicy = { ...rest, conditions: { ...usual, ...conditions } };
    const pointers = (await unknownReferences(policy, ports)).map(({ target }) => target);
    assert.deepEqual(
      pointers,
      targets.map((target) => `conditions/${target}`),
    );
  });
