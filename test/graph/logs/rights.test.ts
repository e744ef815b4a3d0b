import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { authorise, type Caller } from '#core/roles/authorise.ts';
import { directoryRoles } from '#core/roles/directory-roles.ts';
import { routes } from '#graph/resources.ts';

const logReaders = [
  'Application Administrator',
  'Cloud Application Administrator',
  'Conditional Access Administrator',
  'Global Administrator',
  'Global Reader',
  'Hybrid Identity Administrator',
  'Reports Reader',
  'Security Administrator',
  'Security Operator',
  'Security Reader',
];
const logAndPolicyReaders = [
  'Conditional Access Administrator',
  'Global Administrator',
  'Global Reader',
  'Security Administrator',
  'Security Operator',
  'Security Reader',
];

const x509 = 'policies/authenticationmethodspolicy/authenticationmethodconfigurations/x509certificate';
const reports = 'reports/authenticationmethods';
const bothPermissions = ['AuditLog.Read.All', 'Policy.Read.All'];

/** Role × operation of the logs, and the permissions that all are needed. */
const table: readonly { operation: string; permissions: readonly string[]; roles: readonly string[] }[] = [
  { operation: 'GET auditlogs/signins', permissions: ['AuditLog.Read.All'], roles: logReaders },
  { operation: 'GET auditlogs/signins/{id}', permissions: ['AuditLog.Read.All'], roles: logReaders },
  { operation: 'GET auditlogs/signins/{id}/trace', permissions: ['AuditLog.Read.All'], roles: logReaders },
  {
    operation: 'POST auditlogs/signins/{id}/reevaluate',
    permissions: ['AuditLog.Read.All', 'Policy.Read.All'],
    roles: logAndPolicyReaders,
  },
  { operation: 'GET auditlogs/signins/$count', permissions: ['AuditLog.Read.All'], roles: logReaders },
  { operation: 'GET auditlogs/signins/summary/{parameters}', permissions: ['AuditLog.Read.All'], roles: logReaders },
  { operation: 'GET auditlogs/signins/summary()', permissions: ['AuditLog.Read.All'], roles: logReaders },
  { operation: `GET ${x509}/observedpolicyoids`, permissions: bothPermissions, roles: logAndPolicyReaders },
  { operation: `GET ${x509}/observedissuers`, permissions: bothPermissions, roles: logAndPolicyReaders },
  { operation: `GET ${reports}/userregistrationdetails`, permissions: ['AuditLog.Read.All'], roles: logReaders },
  { operation: `GET ${reports}/userregistrationdetails/{id}`, permissions: ['AuditLog.Read.All'], roles: logReaders },
  { operation: `GET ${reports}/usersregisteredbymethod()`, permissions: ['AuditLog.Read.All'], roles: logReaders },
  {
    operation: 'GET reports/certificateassurance/{parameters}',
    permissions: ['AuditLog.Read.All', 'User.Read.All'],
    roles: logReaders,
  },
  {
    operation: 'GET reports/lowaffinityusers',
    permissions: ['AuditLog.Read.All', 'User.Read.All'],
    roles: logReaders,
  },
];

describe('who may read the logs: role × operation (graph-api §2.4)', () => {
  for (const { operation, permissions, roles } of table) {
    const [method, path] = operation.split(' ') as [string, string];
    const route = routes.all.find((item) => item.method === method && item.path === path)!;
    const isAllowed = (caller: Partial<Caller>) => {
      assert.ok(typeof route.need === 'object');
      const usual: Caller = { kind: 'person', id: 'p', appId: 'a', permissions, roleIds: [] };
      return authorise({ ...usual, ...caller }, route.need).outcome === 'passed';
    };

    test(`${operation} is for ${roles.length} roles`, () => {
      const allowed = directoryRoles.filter(({ templateId }) => isAllowed({ roleIds: [templateId] }));
      assert.deepEqual(allowed.map(({ displayName }) => displayName).sort(), [...roles].sort());
      assert.ok(!isAllowed({}), 'without a role');
    });

    for (const permission of permissions)
      test(`${operation} needs ${permission}, of a person and of an application`, () => {
        const held = permissions.filter((name) => name !== permission);
        const roleIds = directoryRoles.map(({ templateId }) => templateId);
        for (const kind of ['person', 'application'] as const) {
          assert.ok(isAllowed({ kind, roleIds }), kind);
          assert.ok(!isAllowed({ kind, roleIds, permissions: [...held, 'User.Read'] }), kind);
        }
      });
  }
});
