import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { defaultX509CertificateConfiguration } from '#core/binding/policy.ts';
import type { Application } from '#model/application.ts';
import type { AuthorityRow } from '#model/authority.ts';
import { markKey, readMarks } from '#storage/cache/change-marks.ts';
import { openDatabase } from '#storage/database/open.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { testCa } from '../pki/test-ca.ts';
import { databasesUnderTest, nodesAt, TestClock } from './databases.ts';
import { userOf } from './user-of.ts';

const actor = 'test';
const clock = new TestClock();
const user = userOf('ana@felt.test');
const [group, outer] = [crypto.randomUUID(), crypto.randomUUID()];
const kind = 'roleAssignments';
const entry = { activity: 'Change', actor };
const application: Application = {
  appId: crypto.randomUUID(),
  displayName: 'App',
  redirectUris: ['https://a.test/cb'],
  postLogoutRedirectUris: [],
  isPublicClient: true,
  secretHashes: [],
  identifierUris: ['api://felt'],
  roles: [],
  homepage: undefined,
};
const authority: AuthorityRow = {
  id: crypto.randomUUID(),
  der: new Uint8Array(testCa('CN=Felt').der),
  displayName: 'Root',
  authorityType: 'root',
  certificateRevocationListUrl: 'http://crl.test/root.crl',
  deltaCertificateRevocationListUrl: undefined,
  isIssuerHintEnabled: false,
  store: 'pki',
  createdDateTime: clock.at,
};

interface Change {
  /** What one server does … */
  readonly name: string;
  readonly make: (stores: TenantStorage, storage: Storage, tenantId: string) => Promise<unknown>;
  /** … and what a sign-in on the other one reads, before and after. */
  readonly read: (stores: TenantStorage, storage: Storage, tenantId: string) => Promise<unknown>;
  readonly sees: readonly [before: unknown, after: unknown];
}

const names = async (stores: TenantStorage) => {
  const [answer] = await stores.directory.answer([{ property: 'userPrincipalName', value: 'ana@felt.test' }]);
  return answer!.users.map(({ displayName }) => displayName);
};

/** In this order, each from what the one before has left. */
const changes: readonly Change[] = [
  {
    name: 'a user is added',
    make: (stores) => stores.users.add(user, actor),
    read: names,
    sees: [[], ['ana@felt.test']],
  },
  {
    name: 'a user is disabled',
    make: (stores) => stores.users.update({ ...user, accountEnabled: false }, actor),
    read: async (stores) => (await stores.directory.user(user.id))?.accountEnabled,
    sees: [true, false],
  },
  {
    name: 'the sessions of a user are revoked',
    make: (stores) => stores.live.endOfUser(user.id, clock.at, actor),
    read: async (stores) => (await stores.directory.user(user.id))?.signInSessionsValidFromDateTime,
    sees: [undefined, clock.at.toISOString()],
  },
  {
    name: 'a certificate identifier is added to a user',
    make: (stores) => stores.users.update({ ...user, certificateUserIds: ['X509:<SKI>aa'] }, actor),
    read: async (stores) => {
      const [answer] = await stores.directory.answer([{ property: 'certificateUserIds', value: 'X509:<SKI>aa' }]);
      return answer!.users.length;
    },
    sees: [0, 1],
  },
  {
    name: 'the last method of a user changes',
    make: (stores) => stores.directory.rememberMethod(user.id, 'password'),
    read: (stores) => stores.directory.lastMethod(user.id),
    sees: [undefined, 'password'],
  },
  {
    name: 'a group is added',
    make: (stores) => stores.groups.add({ id: group, displayName: 'Group' }, actor),
    read: async (stores) => (await stores.groups.find(group))?.displayName,
    sees: [undefined, 'Group'],
  },
  {
    name: 'a user joins a group',
    make: (stores) => stores.groups.addMember(group, { kind: 'user', id: user.id }, actor),
    read: (stores) => stores.groups.directGroups({ kind: 'user', id: user.id }),
    sees: [[], [group]],
  },
  {
    name: 'a group joins a group',
    async make(stores) {
      await stores.groups.add({ id: outer, displayName: 'Outer' }, actor);
      await stores.groups.addMember(outer, { kind: 'group', id: group }, actor);
    },
    read: async (stores) => (await stores.directory.user(user.id))?.groupIds.length,
    sees: [1, 2],
  },
  {
    name: 'a user leaves a group',
    make: (stores) => stores.groups.removeMember(group, { kind: 'user', id: user.id }, actor),
    read: async (stores) => (await stores.directory.user(user.id))?.groupIds,
    sees: [[group, outer].sort(), []],
  },
  {
    name: 'a user is deleted',
    make: (stores) => stores.users.remove(user.id, actor),
    read: names,
    sees: [['ana@felt.test'], []],
  },
  {
    name: 'a user is restored',
    make: (stores) => stores.users.restore(user.id, actor),
    read: names,
    sees: [[], ['ana@felt.test']],
  },
  {
    name: 'a certificate is blocked',
    make: (stores) => stores.policy.setBlocked([{ tbsSha256: 'aa' }], actor),
    read: async (stores) => (await stores.policies.current()).revocation.blocked?.length,
    sees: [0, 1],
  },
  {
    name: 'the method is switched off',
    make: (stores) => stores.policy.setX509({ ...defaultX509CertificateConfiguration, state: 'disabled' }, actor),
    read: async (stores) => (await stores.policies.current()).x509.state,
    sees: [defaultX509CertificateConfiguration.state, 'disabled'],
  },
  {
    name: 'a Conditional Access policy is added',
    make: (stores) => stores.policy.changeAccess(actor, () => ({ policies: [{ id: 'p' } as never] })),
    read: async (stores) => (await stores.policies.current()).access.length,
    sees: [0, 1],
  },
  {
    name: 'a CA is added',
    make: (stores) => stores.trustStore.add(authority, actor),
    read: async (stores) => (await stores.policies.current()).trustStore.authorities.length,
    sees: [0, 1],
  },
  {
    name: 'a CA is deleted',
    make: (stores) => stores.trustStore.remove(authority.id, actor),
    read: async (stores) => (await stores.policies.current()).trustStore.authorities.length,
    sees: [1, 0],
  },
  {
    name: 'an application is added',
    make: (stores) => stores.applications.put(application),
    read: async (stores) => (await stores.applications.find(application.appId))?.displayName,
    sees: [undefined, 'App'],
  },
  {
    name: 'an application changes',
    make: (stores) => stores.applications.change(application.appId, (old) => ({ ...old, displayName: 'New' }), actor),
    read: async (stores) => (await stores.applications.findByIdentifierUri('api://felt'))?.displayName,
    sees: ['App', 'New'],
  },
  {
    name: 'an application is deleted',
    make: (stores) => stores.applications.remove(application.appId, actor),
    read: async (stores) => (await stores.applications.find(application.appId))?.displayName,
    sees: ['New', undefined],
  },
  {
    name: 'an object is added',
    make: (stores) => stores.objects.add({ kind, id: 'o', owner: undefined, document: { value: 1 } }, entry),
    read: async (stores) => (await stores.objects.list(kind)).length,
    sees: [0, 1],
  },
  {
    name: 'an object changes',
    make: (stores) => stores.objects.change(kind, 'o', () => ({ value: 2 }), entry),
    read: async (stores) => (await stores.objects.find<{ value: number }>(kind, 'o'))?.document.value,
    sees: [1, 2],
  },
  {
    name: 'an object is removed in a transaction',
    make: (stores) => stores.inTransaction((inside) => inside.objects.remove(kind, 'o', entry)),
    read: async (stores) => (await stores.objects.list(kind)).length,
    sees: [1, 0],
  },
  {
    name: 'the tenant is renamed',
    make: (_, storage, tenantId) => storage.tenants.setDisplayName(tenantId, 'New', actor),
    read: async (_, storage, tenantId) => (await storage.tenants.find(tenantId))?.displayName,
    sees: ['Felt', 'New'],
  },
  {
    name: 'a domain is verified',
    make: (_, storage, tenantId) => storage.tenants.verifyDomain(tenantId, 'more.test', actor),
    read: async (_, storage) => (await storage.tenants.find('more.test'))?.displayName,
    sees: [undefined, 'New'],
  },
  {
    name: 'a domain is removed',
    make: (_, storage, tenantId) => storage.tenants.removeDomain(tenantId, 'more.test', actor),
    read: async (_, storage) => (await storage.tenants.find('more.test'))?.displayName,
    sees: ['New', undefined],
  },
];

for (const database of databasesUnderTest()) {
  describe(`what one server changes, on ${database.name}`, { skip: database.missing ?? false }, () => {
    const tenantId = crypto.randomUUID();
    let place: Awaited<ReturnType<typeof database.place>>;
    let nodes: readonly [Storage, ...Storage[]];
    before(async () => {
      place = await database.place();
      nodes = await nodesAt(place, clock);
      const domains = [{ id: 'felt.test', authenticationType: 'Managed', isVerified: true } as const];
      await nodes[0].tenants.add({ id: tenantId, displayName: 'Felt', domains });
    });
    after(async () => {
      for (const node of nodes ?? []) await node.close();
      database.end();
    });

    for (const { name, make, read, sees } of changes) {
      test(`the next request on the other server reads it: ${name}`, async () => {
        const other = nodes.at(-1)!;
        const readThere = () => other.inRequest(() => read(other.forTenant(tenantId), other, tenantId));
        assert.deepEqual(await readThere(), sees[0]);
        await make(nodes[0].forTenant(tenantId), nodes[0], tenantId);
        assert.deepEqual(await readThere(), sees[1]);
        assert.deepEqual(await readThere(), sees[1], 'from memory');
      });
    }

    test('every column of a user but the last method marks a change of the directory', async () => {
      const db = await openDatabase(await database.place());
      const columns = (await db.introspection.getTables()).find(({ name }) => name === 'users')!.columns;
      const table = {
        tenant_id: tenantId,
        id: 'u',
        upn: 'u',
        upn_key: 'u',
        display_name: 'u',
        account_enabled: 1,
        mail_is_shared: 0,
      };
      await db
        .insertInto('users')
        .values(table as never)
        .execute();
      const marks = async () => (await readMarks(db, tenantId)).get(markKey(tenantId, 'directory'));
      for (const { name } of columns.filter((column) => !['tenant_id', 'id', 'last_method'].includes(column.name))) {
        const before = await marks();
        await db
          .updateTable('users')
          .set({ [name]: 0 } as never)
          .execute();
        assert.notEqual(await marks(), before, `the column ${name}`);
      }
      await db.destroy();
    });

    test('a change that is rolled back is felt by no server', async () => {
      const other = nodes.at(-1)!.forTenant(tenantId);
      const before = await other.policies.current();
      await assert.rejects(
        nodes[0].forTenant(tenantId).inTransaction(async (inside) => {
          await inside.policy.setBlocked([], actor);
          throw new Error('no');
        }),
      );
      assert.equal(await other.policies.current(), before);
    });

    test('a request reads what it has changed itself', async () => {
      const [node] = nodes;
      const stores = node.forTenant(tenantId);
      await node.inRequest(async () => {
        assert.equal((await stores.directory.user(user.id))?.displayName, user.displayName);
        await stores.users.update({ ...user, displayName: 'Ana' }, actor);
        assert.equal((await stores.directory.user(user.id))?.displayName, 'Ana');
      });
    });

    /** A change of roles on one server that is not committed before `finish`; others may change roles meanwhile. */
    async function lateChange(value: string) {
      const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const change = nodes[0].forTenant(tenantId).inTransaction(async (inside) => {
        await inside.objects.add({ kind, id: value, owner: undefined, document: { value } }, entry);
        begun.resolve();
        await end.promise;
      });
      await begun.promise;
      const finish = () => {
        end.resolve();
        return change;
      };
      return { finish };
    }

    test('changes that commit in another order than they began are felt one by one', async () => {
      const quick = nodes.at(-1)!.forTenant(tenantId);
      const { finish } = await lateChange('first');
      if (database.isShared) {
        await quick.objects.add({ kind, id: 'second', owner: undefined, document: {} }, entry);
        assert.equal(await quick.objects.find(kind, 'first'), undefined);
      }
      await finish();
      assert.ok(await quick.objects.find(kind, 'first'));
    });

    test('a change that commits late is felt, also after the marks were thinned out meanwhile', async (t) => {
      if (!database.isShared) return; // one process writes at a time
      const quick = nodes.at(-1)!.forTenant(tenantId);
      const connection = await openDatabase(place);
      t.after(() => connection.destroy());
      const thinned = async (tenant: string, area: string) => {
        const end = Date.now() + 5000;
        const count = async () =>
          Number((await readMarks(connection, tenantId)).get(markKey(tenant, area))?.split(' ')[0]);
        while ((await count()) > 100) assert.ok(Date.now() < end, `the marks of ${area} are thinned out`);
      };
      const { finish } = await lateChange('late');
      for (let count = 0; count < 101; count++)
        await quick.objects.add({ kind, id: `${count}`, owner: undefined, document: {} }, entry);
      await thinned(tenantId, 'objects');
      assert.equal(await quick.objects.find(kind, 'late'), undefined);
      await finish();
      for (let count = 0; count < 101; count++) await nodes[0].tenants.setDisplayName(tenantId, `Name ${count}`, actor);
      await thinned('', 'tenants');
      assert.ok(await quick.objects.find(kind, 'late'));
    });

    test('many changes are thinned out, and the next one is felt', async () => {
      const [node, other = node] = nodes;
      for (let count = 0; count < 120; count++) await node.tenants.setDisplayName(tenantId, `Name ${count}`, actor);
      for (const displayName of ['one', 'two', 'three']) {
        assert.ok((await other.tenants.find(tenantId))?.displayName);
        await node.tenants.setDisplayName(tenantId, displayName, actor);
        assert.equal((await other.tenants.find(tenantId))?.displayName, displayName);
      }
    });
  });
}
