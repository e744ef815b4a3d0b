import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { addApplication } from '#admin/applications/applications.ts';
import { removeApplication } from '#admin/applications/deletion.ts';
import { assignmentId, assignRole, unassignRole } from '#admin/directory/role-assignments.ts';
import { revokeSignInSessions } from '#admin/directory/sessions.ts';
import { changeUser } from '#admin/directory/users.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { GraphPorts } from '#graph/protocol/call.ts';
import type { Bearer } from '#graph/protocol/caller.ts';
import { openPasswords } from '#keys/passwords.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, nodesAt, TestClock } from './databases.ts';
import { type GraphNode, serveGraph } from './graph-node.ts';
import { userOf } from './user-of.ts';

const groupsAdministrator = 'fdd7a751-b60b-444a-984c-02652fe8fa1c';
const actor = 'test';

for (const database of databasesUnderTest()) {
  describe(`a right that is taken away before the lock is had, on ${database.name}`, {
    skip: database.missing ?? false,
  }, () => {
    const clock = new TestClock();
    const tenantId = crypto.randomUUID();
    let storages: readonly Storage[] = [];
    let graph: GraphNode;
    /** Runs on another node after the call was authorized; the call then waits for the lock of its transaction. */
    let meanwhile: (inside: TenantStorage) => Promise<unknown>;
    let bearer: Bearer;

    before(async () => {
      storages = await nodesAt(await database.place(), clock);
      const domain = { id: 'lock.test', authenticationType: 'Managed', isVerified: true } as const;
      await storages[0]!.tenants.add({ id: tenantId, displayName: 'Lock', domains: [domain] });
      graph = await serveGraph(clock, () => bearer, portsOfCall);
    });
    after(async () => {
      graph?.close();
      for (const storage of storages) await storage.close();
      database.end();
    });

    const firstNode = () => storages[0]!.forTenant(tenantId);

    async function portsOfCall(): Promise<GraphPorts> {
      const lastNode = storages.at(-1)!.forTenant(tenantId);
      const tenant = (await lastNode.tenants.find(tenantId))!;
      const inTransaction = async <T>(work: (inside: TenantStorage) => Promise<T>): Promise<T> => {
        const { promise: hasLock, resolve } = Promise.withResolvers<void>();
        const removal = firstNode().inTransaction(async (inside) => {
          resolve();
          await wait(50);
          await meanwhile(inside);
        });
        await hasLock;
        const [result] = await Promise.all([lastNode.inTransaction(work), removal]);
        return result;
      };
      const passwords = openPasswords();
      return { ...lastNode, tenant, clock, passwords, inTransaction } as unknown as GraphPorts;
    }

    const group = { displayName: 'New', mailEnabled: false, mailNickname: 'n', securityEnabled: true };

    /** A Groups Administrator, as an access token names one. */
    async function person(): Promise<string> {
      const user = userOf(`${crypto.randomUUID()}@lock.test`, { displayName: 'Person' });
      await firstNode().users.add(user, actor);
      orThrow(
        await assignRole(
          { principalId: user.id, roleDefinitionId: groupsAdministrator },
          { actor, ports: firstNode() },
        ),
      );
      const permissions = ['Group.ReadWrite.All'];
      bearer = { tenantId, kind: 'person', id: user.id, appId: 'client', permissions, issuedAt: clock.at };
      return user.id;
    }
    async function application(): Promise<string> {
      const { application } = orThrow(
        await addApplication(
          { displayName: 'App', redirectUris: [], isPublicClient: false, roles: ['Group.ReadWrite.All'] },
          { actor, ports: firstNode() },
        ),
      );
      const { appId: id } = application;
      const permissions = ['Group.ReadWrite.All'];
      bearer = { tenantId, kind: 'application', id, appId: id, permissions, issuedAt: clock.at };
      return id;
    }

    const rows: readonly {
      readonly name: string;
      readonly caller: () => Promise<string>;
      readonly change: (id: string, inside: TenantStorage) => Promise<unknown>;
      readonly answer: { readonly status: number; readonly code: string };
    }[] = [
      {
        name: 'the role of the caller',
        caller: person,
        change: (id, inside) =>
          unassignRole(assignmentId(groupsAdministrator, id), { actor, ports: inside }).then(orThrow),
        answer: { status: 403, code: 'Authorization_RequestDenied' },
      },
      {
        name: 'the account of the caller',
        caller: person,
        change: async (id, inside) =>
          changeUser(id, { accountEnabled: false }, (await inside.tenants.find(tenantId))!, {
            actor,
            ports: inside,
          }).then(orThrow),
        answer: { status: 401, code: 'InvalidAuthenticationToken' },
      },
      {
        name: 'the sessions of the caller',
        caller: person,
        change: (id, inside) =>
          revokeSignInSessions(id, { at: new Date(clock.at.getTime() + 60_000), actor, ports: inside }).then(orThrow),
        answer: { status: 401, code: 'InvalidAuthenticationToken' },
      },
      {
        name: 'the application that calls',
        caller: application,
        change: (id, inside) => removeApplication(id, { actor, ports: inside }).then(orThrow),
        answer: { status: 401, code: 'InvalidAuthenticationToken' },
      },
    ];
    for (const { name, caller, change, answer } of rows) {
      test(`${name}: the change and its dry run are refused, and nothing is written`, async () => {
        for (const path of ['', '/dryRun']) {
          const id = await caller();
          meanwhile = (inside) => change(id, inside);
          const before = (await firstNode().groups.list({ top: 500 })).length;
          assert.deepEqual(await graph.call('POST', `/groups${path}`, group), answer);
          assert.equal((await firstNode().groups.list({ top: 500 })).length, before);
        }
      });
    }

    test('nothing: the change is made', async () => {
      await person();
      meanwhile = async () => undefined;
      assert.deepEqual(await graph.call('POST', '/groups', group), { status: 201 });
    });
  });
}
