import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { addApplication } from '#admin/applications/applications.ts';
import { addDirectoryUser } from '#admin/directory/directory-users.ts';
import { addGroup } from '#admin/directory/groups.ts';
import { changeTenant, type GuardPorts } from '#admin/safety/guard.ts';
import { configureSynchronisation } from '#admin/synchronisation/settings.ts';
import { addTenant } from '#admin/tenant/tenants.ts';
import { directoryRoles } from '#core/roles/directory-roles.ts';
import { isSynchronisedProperty, mayChangeSynchronised } from '#core/roles/synchronised.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { GraphPorts } from '#graph/protocol/call.ts';
import type { SynchronisedObject, SyncRun } from '#model/synchronisation.ts';
import { readConfig } from '#server/config.ts';
import { openInstallation } from '#server/installation.ts';
import { logOf } from '#server/log.ts';
import { directoryPlans } from '#sync/directory-plan.ts';
import { emptyFolder, TestClock } from '../../contract/databases.ts';
import { type GraphNode, serveGraph } from '../../contract/graph-node.ts';

const synchronisationRole = 'Directory Synchronization Accounts';
const userProperties = {
  ...{ displayName: 'x', givenName: 'x', surname: 'x', mail: 'x@woodgrove.example', jobTitle: 'x', department: 'x' },
  ...{ userPrincipalName: 'x@woodgrove.example', mobilePhone: '1', businessPhones: ['1'], employeeId: '1', city: 'x' },
  ...{ authorizationInfo: { certificateUserIds: [] }, onPremisesImmutableId: 'x' },
  onPremisesUserPrincipalName: 'x@woodgrove.local',
};

describe('what Active Directory decides of a user or group is read-only, whatever role the caller holds', () => {
  for (const { displayName, templateId } of directoryRoles) {
    const isAllowed = displayName === synchronisationRole;
    for (const [kind, properties] of [
      ['user', Object.keys(userProperties)],
      ['group', ['displayName', 'description', 'members', 'mailNickname', 'onPremisesSyncEnabled']],
    ] as const)
      test(`${displayName} ${isAllowed ? 'changes' : 'does not change'} a synchronized ${kind}`, () => {
        for (const property of properties) {
          const { outcome } = mayChangeSynchronised({ roleIds: [templateId] }, kind, [property]);
          assert.equal(outcome, isAllowed ? 'passed' : 'refused', property);
        }
      });
  }
  test('an account can be disabled here, and what Active Directory does not have can be changed', () => {
    for (const property of ['accountEnabled', 'passwordProfile', 'usageLocation', 'otherMails'])
      assert.equal(isSynchronisedProperty('user', property), false, property);
  });
});

describe('Graph of a tenant with a synchronization', () => {
  const folder = emptyFolder();
  const permissions = [
    'User.ReadWrite.All',
    'Group.ReadWrite.All',
    'AuditLog.Read.All',
    'Organization.Read.All',
    'Domain.ReadWrite.All',
  ];
  let node: GraphNode;
  let close: () => Promise<void>;
  let [synchronisedUser, cloudUser, groupId] = ['', '', ''];

  before(async () => {
    const installation = await openInstallation(readConfig({ dataFolder: folder }, {}, folder), logOf('silent'));
    const tenant = orThrow(
      await addTenant(
        { displayName: 'W', domains: ['woodgrove.example'] },
        { actor: 'test', ports: { tenants: installation.tenants } },
      ),
    );
    const ports: GuardPorts = {
      ...(await installation.portsOf(tenant.id)),
      ...(await installation.adminOf(tenant.id)),
    };
    const add = (name: string) =>
      addDirectoryUser(
        { userPrincipalName: `${name}@woodgrove.example`, displayName: name },
        { actor: 'test', ports },
      ).then(orThrow);
    [synchronisedUser, cloudUser] = [(await add('ana')).user.id, (await add('ben')).user.id];
    groupId = crypto.randomUUID();
    orThrow(await addGroup({ id: groupId, displayName: 'Crew' }, [], { actor: 'test', ports }));
    const row: SynchronisedObject = {
      ...{
        sourceId: crypto.randomUUID(),
        domain: 'woodgrove.test',
        kind: 'user',
        objectId: synchronisedUser,
        digest: '',
      },
      ...{ isLive: true, joinsDue: false, name: 'ana' },
      problems: [
        {
          category: 'PropertyConflict',
          occurredDateTime: '2027-01-01T00:00:00Z',
          propertyCausingError: 'Mail',
          value: 'x',
        },
      ],
    };
    await ports.synchronisation.save([
      row,
      { ...row, sourceId: crypto.randomUUID(), kind: 'group', objectId: groupId, problems: [] },
    ]);
    const domain = {
      domain: 'woodgrove.test',
      server: 'ldaps://127.0.0.1',
      account: 'a',
      passwordVariable: 'CARDEA_A',
    };
    orThrow(
      await changeTenant(ports, { at: new Date(), isForced: false }, (inside) =>
        configureSynchronisation({ domains: [domain] }, { actor: 'test', ports: inside }),
      ),
    );
    const run: SyncRun = {
      kind: 'full',
      startedDateTime: '2027-01-01T00:00:00Z',
      endedDateTime: '2027-01-01T00:01:00Z',
      counts: {
        ...{ read: 1, added: 1, updated: 0, deleted: 0, unchanged: 0, memberships: 0, problems: 1 },
        ldapRequests: 3,
      },
      because: { code: 'syncServerUnreachable', evidence: { server: 'ldaps://127.0.0.1', problem: 'ECONNREFUSED' } },
    };
    await ports.synchronisation.saveState('woodgrove.test', {
      lastRun: run,
      lastSuccessDateTime: '2026-12-31T00:00:00Z',
    });
    const { application } = orThrow(
      await addApplication(
        { displayName: 'App', redirectUris: [], isPublicClient: false, roles: permissions },
        { actor: 'test', ports },
      ),
    );
    const { appId } = application;
    const rules = { privateAddresses: 'allow' } as const;
    const bearer = {
      tenantId: tenant.id,
      kind: 'application',
      id: appId,
      appId,
      permissions,
      issuedAt: new Date(),
    } as const;
    node = await serveGraph(
      new TestClock(),
      () => bearer,
      async () => ({ ...ports, directoryPlans: () => directoryPlans(ports, { rules }) }) as unknown as GraphPorts,
    );
    close = () => installation.close();
  });
  after(async () => {
    node?.close();
    await close?.();
    rmSync(folder, { recursive: true, force: true });
  });

  test('an application may not change a synchronized user or group, and may change others', async () => {
    for (const [property, value] of Object.entries(userProperties)) {
      const { status, body } = await node.answer('PATCH', `/users/${synchronisedUser}`, { [property]: value });
      assert.equal(status, 400, `${property} ${JSON.stringify(body)}`);
    }
    const disabled = await node.answer('PATCH', `/users/${synchronisedUser}`, { accountEnabled: false });
    assert.equal(disabled.status, 204, JSON.stringify(disabled.body));
    assert.equal((await node.answer('PATCH', `/users/${cloudUser}`, { department: 'Docks' })).status, 204);
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/users/${cloudUser}` };
    assert.equal((await node.answer('PATCH', `/groups/${groupId}`, { displayName: 'x' })).status, 400);
    assert.equal((await node.answer('POST', `/groups/${groupId}/members/$ref`, reference)).status, 400);
    assert.equal((await node.answer('DELETE', `/groups/${groupId}/members/${cloudUser}/$ref`)).status, 400);
  });

  test('the organization says that it is synchronized, and when it last was', async () => {
    const { body } = await node.answer('GET', '/organization');
    assert.equal(body.value[0].onPremisesSyncEnabled, true);
    assert.equal(body.value[0].onPremisesLastSyncDateTime, '2026-12-31T00:00:00Z');
  });

  test('directory/onPremisesSynchronization has the last error and the objects with problems', async () => {
    const { status, body } = await node.answer('GET', '/directory/onPremisesSynchronization');
    assert.equal(status, 200, JSON.stringify(body));
    const [synchronisation] = body.value;
    assert.equal(synchronisation.configuration.accidentalDeletionPrevention.alertThreshold, 500);
    assert.equal(synchronisation.status.domains[0].lastRun.error.code, 'syncServerUnreachable');
    assert.equal(synchronisation.status.problems[0].onPremisesProvisioningErrors[0].propertyCausingError, 'Mail');
    assert.equal((await node.answer('GET', `/directory/onPremisesSynchronization/${synchronisation.id}`)).status, 200);
    assert.equal((await node.answer('GET', '/directory/onPremisesSynchronization/none')).status, 404);
  });

  test('a plan says what a run would do, or why it would fail, and leaves no trace of itself', async () => {
    const before = await node.answer('GET', '/directory/onPremisesSynchronization');
    const [{ id }] = before.body.value;
    const { status, body } = await node.answer('POST', `/directory/onPremisesSynchronization/${id}/plan`);
    assert.equal(status, 200, JSON.stringify(body));
    const [plan] = body.value;
    assert.deepEqual([plan.domain, plan.changeCount, plan.changes], ['woodgrove.test', 0, []]);
    assert.equal(typeof plan.error.message, 'string');
    assert.deepEqual(await node.answer('GET', '/directory/onPremisesSynchronization'), before);
    assert.equal((await node.answer('POST', '/directory/onPremisesSynchronization/none/plan')).status, 404);
  });
});
