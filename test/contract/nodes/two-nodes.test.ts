import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addGroup, removeGroupMember } from '#admin/directory/groups.ts';
import {
  assignRole,
  refuseLastAdministrator,
  roleAssignmentKind,
  unassignRole,
} from '#admin/directory/role-assignments.ts';
import { changeAccess } from '#admin/policies/change-access.ts';
import { requiringAdministrator } from '#admin/safety/required-administrator.ts';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import type { User } from '#core/binding/user.ts';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import type { Ticket } from '#model/sign-in.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt } from '../databases.ts';
import { userOf } from '../user-of.ts';

const personOf = (name: string, certificateUserIds: readonly string[] = []) =>
  userOf(`${name}@two.test`, { displayName: name, certificateUserIds });

type InGroup = (inside: TenantStorage, user: User, groupId: string) => Promise<unknown>;
const leave: InGroup = (inside, { id }, groupId) =>
  removeGroupMember(groupId, id, { actor: 'test', ports: inside }).then(orThrow);
const disable: InGroup = (inside, user) => inside.users.update({ ...user, accountEnabled: false }, 'test');

/** Two nodes are two storages on one database; SQLite has one process, whose one storage serves both callers. */
for (const database of databasesUnderTest()) {
  describe(`two nodes at the same moment, on ${database.name}`, { skip: database.missing ?? false }, () => {
    let storages: readonly Storage[] = [];
    const tenantId = crypto.randomUUID();
    let nodes: readonly TenantStorage[] = [];
    before(async () => {
      const place = await database.place();
      storages = [await openAt(place), ...(database.isShared ? [await openAt(place)] : [])];
      const domain = { id: 'two.test', authenticationType: 'Managed', isVerified: true } as const;
      await storages[0]!.tenants.add({ id: tenantId, displayName: 'Two', domains: [domain] });
      nodes = [storages[0]!.forTenant(tenantId), storages.at(-1)!.forTenant(tenantId)];
    });
    after(async () => {
      for (const storage of storages) await storage.close();
      database.end();
    });
    const together = (work: (node: TenantStorage, index: number) => Promise<unknown>) =>
      Promise.allSettled(nodes.map((node, index) => node.inTransaction((inside) => work(inside, index))));
    const winners = (results: readonly PromiseSettledResult<unknown>[]) =>
      results.filter(({ status }) => status === 'fulfilled').length;

    const codesOf = (results: readonly PromiseSettledResult<unknown>[]) =>
      results.flatMap((result) => (result.status === 'rejected' ? [result.reason.because?.code] : []));
    const blockFor = (userId: string) =>
      ({
        id: crypto.randomUUID(),
        displayName: 'Policy',
        state: 'disabled',
        conditions: {
          users: { includeUsers: [userId] },
          applications: { includeApplications: ['All'] },
          clientAppTypes: ['all'],
        },
        grantControls: { operator: 'OR', builtInControls: ['block'] },
      }) as unknown as ConditionalAccessPolicy;

    const takeAway: Record<string, (inside: TenantStorage, user: User) => Promise<unknown>> = {
      unassign: (inside, user) =>
        unassignRole(`${globalAdministrator}_${user.id}`, { actor: 'test', ports: inside }).then(orThrow),
      disable: async (inside, user) => {
        orThrow(await refuseLastAdministrator(user.id, inside));
        await inside.users.update({ ...user, accountEnabled: false }, 'test');
      },
      delete: async (inside, user) => {
        orThrow(await refuseLastAdministrator(user.id, inside));
        await inside.users.remove(user.id, 'test');
      },
    };
    for (const [firstPerson, first] of Object.entries(takeAway)) {
      for (const [otherPerson, second] of Object.entries(takeAway)) {
        test(`${firstPerson} and ${otherPerson} of the last two Global Administrators: one is refused, one administrator stays`, async () => {
          for (let turn = 0; turn < 3; turn++) {
            const pair = [personOf(`a${crypto.randomUUID()}`), personOf(`b${crypto.randomUUID()}`)];
            const [node] = nodes;
            for (const user of pair) {
              await node!.users.add(user, 'test');
              orThrow(
                await assignRole(
                  { principalId: user.id, roleDefinitionId: globalAdministrator },
                  { actor: 'test', ports: node! },
                ),
              );
            }
            const results = await together((inside, index) => [first, second][index]!(inside, pair[index]!));
            assert.equal(winners(results), 1);
            const [loss] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
            assert.equal(loss.because?.code, 'graphLastAdministrator', String(loss));
            for (const { id } of await node!.objects.list(roleAssignmentKind))
              await node!.objects.remove(roleAssignmentKind, id, { activity: 'x', actor: 'test' });
          }
        });
      }
    }

    for (const [name, work] of Object.entries({ leaves: leave, 'is disabled': disable }))
      test(`of the last two Global Administrators in a group that lends the role one leaves it, the other ${name}: one is refused`, async () => {
        for (let turn = 0; turn < 3; turn++) {
          const [node] = nodes;
          const pair = [personOf(`a${crypto.randomUUID()}`), personOf(`b${crypto.randomUUID()}`)];
          for (const user of pair) await node!.users.add(user, 'test');
          const group = { id: crypto.randomUUID(), displayName: 'Group', profile: { isAssignableToRole: true } };
          const members = pair.map(({ id }) => ({ kind: 'user', id }) as const);
          orThrow(await addGroup(group, members, { actor: 'test', ports: node! }));
          const { id } = orThrow(
            await assignRole(
              { principalId: group.id, roleDefinitionId: globalAdministrator },
              { actor: 'test', ports: node! },
            ),
          );
          const works = [leave, work];
          const results = await together(async (inside, index) => {
            const change = requiringAdministrator(async (ports: TenantStorage) =>
              success(await works[index]!(ports, pair[index]!, group.id)),
            );
            return orThrow(await change(inside));
          });
          assert.deepEqual(codesOf(results), ['graphLastAdministrator']);
          await node!.objects.remove(roleAssignmentKind, id, { activity: 'x', actor: 'test' });
        }
      });

    test('a user name and an identifier are given once', async () => {
      const name = crypto.randomUUID();
      assert.equal(winners(await together((inside) => inside.users.add(personOf(name), 'test'))), 1);
      const id = `X509:<PN>${name}@two.test`;
      const add = (inside: TenantStorage, index: number) => inside.users.add(personOf(`${name}${index}`, [id]), 'test');
      assert.equal(winners(await together(add)), 1);
    });

    test('a mail address is given once outside the lock of the tenant, too, to a new user and to a changed one', async () => {
      for (let turn = 0; turn < 10; turn++) {
        const mail = `${crypto.randomUUID()}@Two.test`;
        const [added, changed] = [personOf(crypto.randomUUID()), personOf(crypto.randomUUID())];
        await nodes[0]!.users.add(changed, 'test');
        const results = await Promise.allSettled([
          nodes[0]!.users.add({ ...added, mail }, 'test'),
          nodes[1]!.users.update({ ...changed, mail: mail.toUpperCase() }, 'test'),
        ]);
        assert.deepEqual(codesOf(results), ['mailTaken'], JSON.stringify(results));
      }
    });

    test('a mail address of one user and the user name of another are given once outside the lock of the tenant, too', async () => {
      for (let turn = 0; turn < 10; turn++) {
        const name = crypto.randomUUID();
        const [firstPerson, otherPerson] = [personOf(crypto.randomUUID()), personOf(crypto.randomUUID())];
        for (const user of [firstPerson, otherPerson]) await nodes[0]!.users.add(user, 'test');
        const results = await Promise.allSettled([
          nodes[0]!.users.update({ ...firstPerson, mail: `${name}@two.test` }, 'test'),
          nodes[1]!.users.update({ ...otherPerson, userPrincipalName: `${name}@two.test` }, 'test'),
        ]);
        assert.deepEqual(codesOf(results), ['mailTaken'], JSON.stringify(results));
      }
    });

    test('a limit that is read and then written holds', async () => {
      const results = await together(async (inside) => {
        if ((await inside.objects.list('limited')).length >= 1) throw new Error('the limit is reached');
        const object = { kind: 'limited', id: crypto.randomUUID(), owner: undefined, document: {} };
        await inside.objects.add(object, { activity: 'Add', actor: 'test' });
      });
      assert.equal(winners(results), 1);
    });

    test('the last place below the limit of Conditional Access policies is given once', async () => {
      const user = personOf(`p${crypto.randomUUID()}`);
      await nodes[0]!.users.add(user, 'test');
      const policies = (count: number) => Array.from({ length: count }, () => blockFor(user.id));
      orThrow(await changeAccess({ actor: 'test', ports: nodes[0]! }, () => ({ policies: policies(194) })));
      const results = await together((inside) =>
        changeAccess({ actor: 'test', ports: inside }, (old) => ({ policies: [...old.policies, ...policies(1)] })).then(
          orThrow,
        ),
      );
      assert.deepEqual(codesOf(results), ['graphLimitReached']);
      assert.equal((await nodes[0]!.policy.conditionalAccess()).length, 195);
    });

    test('a role is assigned to one principal once', async () => {
      const user = personOf(`r${crypto.randomUUID()}`);
      await nodes[0]!.users.add(user, 'test');
      const request = { principalId: user.id, roleDefinitionId: globalAdministrator };
      const results = await together((inside) => assignRole(request, { actor: 'test', ports: inside }).then(orThrow));
      assert.deepEqual(codesOf(results), ['graphReferenceExists']);
    });

    test('an authorization code is consumed once', async () => {
      const id = crypto.randomUUID();
      await nodes[0]!.oidcRecords.upsert('AuthorizationCode', id, { grantId: 'g' }, 60);
      const uses = await Promise.all(nodes.map((node) => node.oidcRecords.consume('AuthorizationCode', id)));
      assert.deepEqual(uses.sort(), [false, true]);
    });

    test('a ticket is taken once, and moves from one state to another once', async () => {
      const at = new Date('2027-03-01T12:00:00Z');
      const ticket = (): Ticket => ({
        id: crypto.randomUUID(),
        kind: 'approval',
        userId: undefined,
        state: 'open',
        document: {},
        expires: new Date(at.getTime() + 60_000),
      });
      const [first, second] = [ticket(), ticket()];
      for (const item of [first, second]) await nodes[0]!.tickets.put(item);
      const taken = await Promise.all(nodes.map((node) => node.tickets.take('approval', first.id, at)));
      assert.equal(taken.filter((item) => item !== undefined).length, 1);
      const moves = await Promise.all(nodes.map((node) => node.tickets.move(second.id, 'open', 'approved', at)));
      assert.deepEqual(moves.sort(), [false, true]);
    });

    test('a handoff is taken once', async () => {
      const at = new Date('2027-03-01T12:00:00Z');
      const expires = new Date(at.getTime() + 60_000);
      const id = crypto.randomUUID();
      await nodes[0]!.handoffs.put({ id, interactionUid: 'i', userId: 'u', proofs: [], expires });
      const duration = await Promise.all(nodes.map((node) => node.handoffs.take(id, at)));
      assert.equal(duration.filter((item) => item !== undefined).length, 1);
    });
  });
}
