import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addApplication } from '#admin/applications/applications.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { GraphPorts } from '#graph/protocol/call.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '../databases.ts';
import { type GraphNode, serveGraph } from '../graph-node.ts';
import { userOf } from '../user-of.ts';

const actor = 'test';
const day = 24 * 3600 * 1000;

/** What a delta query told about an object. */
interface DeltaItem {
  readonly id: string;
  readonly displayName?: string;
  readonly '@removed'?: { readonly reason: string };
  readonly 'members@delta'?: readonly { readonly id: string; readonly '@removed'?: object }[];
}

for (const database of databasesUnderTest()) {
  describe(`delta queries on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    const tenantId = crypto.randomUUID();
    let storage: Storage;
    let tenant: TenantStorage;
    let graph: GraphNode;

    before(async () => {
      storage = await openAt(await database.place(), clock);
      const domain = { id: 'delta.test', authenticationType: 'Managed', isVerified: true } as const;
      await storage.tenants.add({ id: tenantId, displayName: 'Delta', domains: [domain] });
      tenant = storage.forTenant(tenantId);
      const permissions = ['User.Read.All', 'Group.Read.All'];
      const { application } = orThrow(
        await addApplication(
          { displayName: 'Copier', redirectUris: [], isPublicClient: false, roles: permissions },
          { actor, ports: tenant },
        ),
      );
      const { appId } = application;
      const bearer = { tenantId, kind: 'application', id: appId, appId, permissions } as const;
      const portsOfCall = async () =>
        ({ ...tenant, tenant: (await storage.tenants.find(tenantId))!, clock }) as unknown as GraphPorts;
      graph = await serveGraph(clock, () => ({ ...bearer, issuedAt: clock.at }), portsOfCall);
    });
    after(async () => {
      graph?.close();
      await storage?.close();
      database.end();
    });

    const pathOf = (link: string) => link.replace(/^.*?\/v1\.0/, '');
    /** Follows the pages of a delta query to their end. */
    async function follow(path: string): Promise<{ readonly items: readonly DeltaItem[]; readonly deltaLink: string }> {
      const items: DeltaItem[] = [];
      for (let next = path; ; ) {
        clock.pass(20);
        const { status, body } = await graph.answer('GET', next);
        assert.equal(status, 200, JSON.stringify(body));
        items.push(...body.value);
        if (body['@odata.deltaLink']) return { items, deltaLink: pathOf(body['@odata.deltaLink']) };
        next = pathOf(body['@odata.nextLink']);
      }
    }
    const idsOf = (items: readonly DeltaItem[]) => items.map(({ id }) => id).sort();

    test('the first answers hold every user, page by page, and the next ones what was changed since', async () => {
      const users = Array.from({ length: 7 }, (_, i) => userOf(`first${i}@delta.test`, { displayName: `First ${i}` }));
      for (const user of users) await tenant.users.add(user, actor);
      const first = await follow('/users/delta?$top=3');
      assert.deepEqual(idsOf(first.items), users.map(({ id }) => id).sort());
      assert.deepEqual((await follow(first.deltaLink)).items, []);
      const [userWithNewName, removedUser, purgedUser] = users;
      const newUser = userOf('late@delta.test', { displayName: 'Late' });
      await tenant.users.add(newUser, actor);
      await tenant.users.update({ ...userWithNewName!, displayName: 'Renamed' }, actor);
      await tenant.users.remove(removedUser!.id, actor);
      await tenant.users.remove(purgedUser!.id, actor);
      await tenant.deleted.purge(purgedUser!.id, { activity: 'Hard delete user', actor });
      const second = await follow(first.deltaLink);
      const byId = new Map(second.items.map((item) => [item.id, item]));
      assert.deepEqual(
        idsOf(second.items),
        [newUser, userWithNewName!, removedUser!, purgedUser!].map(({ id }) => id).sort(),
      );
      assert.equal(byId.get(userWithNewName!.id)?.displayName, 'Renamed');
      assert.deepEqual(byId.get(removedUser!.id), { id: removedUser!.id, '@removed': { reason: 'changed' } });
      assert.deepEqual(byId.get(purgedUser!.id), { id: purgedUser!.id, '@removed': { reason: 'deleted' } });
      await tenant.users.restore(removedUser!.id, actor);
      const third = await follow(second.deltaLink);
      assert.deepEqual(
        third.items.map(({ id, displayName }) => [id, displayName]),
        [[removedUser!.id, removedUser!.displayName]],
      );
    });

    test('$deltatoken=latest begins now, and $select is kept by the links', async () => {
      const { items, deltaLink } = await follow('/users/delta()?$select=displayName&$deltatoken=latest');
      assert.deepEqual(items, []);
      const user = userOf('selected@delta.test', { displayName: 'Selected' });
      await tenant.users.add(user, actor);
      assert.deepEqual((await follow(deltaLink)).items, [{ id: user.id, displayName: 'Selected' }]);
    });

    test('a change in a transaction that is undone is not told', async () => {
      const { deltaLink } = await follow('/users/microsoft.graph.delta()?$deltatoken=latest');
      const rollback = new Error('undone');
      const work = tenant.inTransaction(async (inside) => {
        await inside.users.add(userOf('undone@delta.test'), actor);
        throw rollback;
      });
      await assert.rejects(work, rollback);
      assert.deepEqual((await follow(deltaLink)).items, []);
    });

    test('a group comes with its members, and later with those who joined and left', async () => {
      const users = Array.from({ length: 4 }, (_, i) => userOf(`member${i}@delta.test`));
      for (const user of users) await tenant.users.add(user, actor);
      const group = { id: crypto.randomUUID(), displayName: 'Team' };
      await tenant.groups.add(group, actor);
      for (const { id } of users.slice(0, 3)) await tenant.groups.addMember(group.id, { kind: 'user', id }, actor);
      const first = await follow('/groups/delta?$select=displayName,members');
      assert.deepEqual(first.items.length, 1);
      assert.deepEqual(
        first.items[0]!['members@delta']!.map(({ id }) => id).sort(),
        users
          .slice(0, 3)
          .map(({ id }) => id)
          .sort(),
      );
      const [removedMember, leaver, , joiner] = users;
      await tenant.groups.removeMember(group.id, { kind: 'user', id: leaver!.id }, actor);
      await tenant.groups.addMember(group.id, { kind: 'user', id: joiner!.id }, actor);
      await tenant.users.remove(removedMember!.id, actor);
      const second = await follow(first.deltaLink);
      assert.deepEqual(idsOf(second.items), [group.id]);
      const members = new Map(second.items[0]!['members@delta']!.map((member) => [member.id, member]));
      assert.deepEqual([...members.keys()].sort(), [removedMember!.id, leaver!.id, joiner!.id].sort());
      assert.deepEqual(members.get(leaver!.id)!['@removed'], { reason: 'deleted' });
      assert.equal(members.get(joiner!.id)!['@removed'], undefined);
      await tenant.groups.remove(group.id, actor);
      const third = await follow(second.deltaLink);
      assert.deepEqual(third.items, [{ id: group.id, '@removed': { reason: 'changed' } }]);
    });

    test('a token of another query, one that was changed and one that is too old are 410 with an instruction', async () => {
      const { deltaLink } = await follow('/users/delta?$deltatoken=latest');
      for (const path of [
        '/users/delta?$deltatoken=nonsense',
        deltaLink.replace('/users/', '/groups/'),
        deltaLink.replace(/\$deltatoken=./, '$deltatoken=_'),
      ]) {
        const { status, body } = await graph.answer('GET', path);
        assert.deepEqual([status, body.error?.code], [410, 'syncStateNotFound'], path);
        assert.match(body.error.message, /Start again without a token/);
      }
      clock.pass(29 * day);
      assert.equal((await graph.answer('GET', deltaLink)).status, 200);
      clock.pass(2 * day);
      await storage.prune(clock.at, { signInsSince: clock.at });
      assert.equal((await graph.answer('GET', deltaLink)).status, 410);
    });

    for (const option of ["$filter=startswith(displayName,'a')", '$orderby=displayName', '$search="displayName:a"'])
      test(`${option} is not for delta queries`, async () => {
        assert.equal((await graph.call('GET', `/users/delta?${option}`)).code, 'Request_UnsupportedQuery');
      });

    test('a filter of ids is', async () => {
      const user = userOf('by-id@delta.test');
      await tenant.users.add(user, actor);
      const { items } = await follow(`/users/delta?$filter=id eq '${user.id}'`);
      assert.deepEqual(idsOf(items), [user.id]);
    });
  });
}
