import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import { addApplication } from '#admin/applications/applications.ts';
import { removeApplication, removeServicePrincipal, restoreApplication } from '#admin/applications/deletion.ts';
import { addSecret, changeDirectoryApplication, removeSecret } from '#admin/applications/directory-applications.ts';
import { changeApplication, firstPartyApplications, introduceFirstParty } from '#admin/applications/first-party.ts';
import { removeGroup, restoreGroup } from '#admin/directory/deletion.ts';
import { addGroup, addGroupMember, changeGroup } from '#admin/directory/groups.ts';
import { assignRole, globalAdministratorsOf } from '#admin/directory/role-assignments.ts';
import { addUser } from '#admin/directory/users.ts';
import { importEntra } from '#admin/document/import-apply.ts';
import { applyDocument } from '#admin/policies/policies.ts';
import type { User } from '#core/binding/user.ts';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import { CardeaError } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Group } from '#model/group.ts';
import type { Tenant } from '#model/tenant.ts';
import { situationOf } from '#signin/evaluation/situation.ts';
import { holdersThrough, protectionOf, rolesHeldBy } from '#signin/user/roles-held.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { outcomeOf } from '#test/refused-with.ts';
import { databasesUnderTest, openAt, TestClock } from './databases.ts';

const withCode = (code: string) => (problem: unknown) =>
  problem instanceof CardeaError && problem.because.code === code;
const reportsReader = '4a5d8f65-41da-4de4-8968-e035b65339cf';
const actor = 'test';

for (const database of databasesUnderTest()) {
  describe(`privileges that cannot be extended, on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let storage: Storage;
    let ports: TenantStorage;
    let tenant: Tenant;
    before(async () => {
      storage = await openAt(await database.place(), clock);
    });
    beforeEach(async () => {
      const id = crypto.randomUUID();
      const domains = [{ id: `${id}.test`, authenticationType: 'Managed', isVerified: true }] as const;
      tenant = { id, displayName: id, domains };
      await storage.tenants.add(tenant);
      ports = storage.forTenant(id);
    });
    after(async () => {
      await storage?.close();
      database.end();
    });

    const person = (name: string): Promise<User> =>
      addUser({ userPrincipalName: `${name}@${tenant.id}.test` }, tenant, { actor, ports }).then(orThrow);
    const group = async (displayName: string, profile: Group['profile'] = {}): Promise<string> => {
      const id = crypto.randomUUID();
      orThrow(await addGroup({ id, displayName, profile }, [], { actor, ports }));
      return id;
    };
    const inGroup = (groupId: string, user: User) =>
      ports.groups.addMember(groupId, { kind: 'user', id: user.id }, actor);
    /** As a database of an earlier version may have it. */
    const nest = (outer: string, inner: string) => ports.groups.addMember(outer, { kind: 'group', id: inner }, actor);

    describe('roles of a group', () => {
      test('are lent to direct members only, by authorization, the claim wids, and Conditional Access alike', async () => {
        const [direct, nested] = [await person('direct'), await person('nested')];
        const assignable = await group('Assignable', { isAssignableToRole: true });
        const plain = await group('Plain');
        await inGroup(assignable, direct);
        await inGroup(plain, nested);
        await nest(assignable, plain);
        orThrow(await assignRole({ principalId: assignable, roleDefinitionId: globalAdministrator }, { actor, ports }));
        assert.deepEqual(await rolesHeldBy(direct.id, ports), [globalAdministrator]);
        assert.deepEqual(await rolesHeldBy(nested.id, ports), []);
        assert.deepEqual(await holdersThrough(assignable, ports), [assignable, direct.id]);
        assert.deepEqual(
          (await globalAdministratorsOf(ports)).map(({ id }) => id),
          [direct.id],
        );
        const current = await ports.policies.current();
        const users = { includeRoles: [globalAdministrator] };
        const access = [{ conditions: { users } }] as unknown as typeof current.access;
        const signInRequest = { application: { appId: crypto.randomUUID() }, resourceId: '', ipAddress: '192.0.2.1' };
        for (const [user, roles] of [
          [direct, [globalAdministrator]],
          [nested, []],
        ] as const) {
          const situation = await situationOf(
            signInRequest as unknown as Parameters<typeof situationOf>[0],
            (await ports.users.find(user.id))!,
            { ...current, access },
            { ports, at: clock.at },
          );
          assert.deepEqual(situation.roleTemplateIds, roles);
        }
      });

      test('are lent by a role-assignable group only', async () => {
        const user = await person('member');
        const plain = await group('Plain');
        await inGroup(plain, user);
        const object = { principalId: plain, roleDefinitionId: globalAdministrator, directoryScopeId: '/' };
        await ports.objects.add(
          { kind: 'roleAssignments', id: 'from-before', owner: plain, document: object },
          { activity: 'Add member to role', actor },
        );
        assert.deepEqual(await rolesHeldBy(user.id, ports), []);
        assert.deepEqual(await globalAdministratorsOf(ports), []);
        const request = { principalId: plain, roleDefinitionId: reportsReader };
        await assert.rejects(assignRole(request, { actor, ports }).then(orThrow), withCode('graphPropertyInvalid'));
      });

      test('protect direct members and owners, also of a group without roles, and a user who comes back to one', async () => {
        const names = ['member', 'owner', 'nested', 'none'];
        const [member, owner, nested, none] = (await Promise.all(names.map(person))) as [User, User, User, User];
        const assignable = await group('Assignable', { isAssignableToRole: true, ownerIds: [owner.id] });
        const plain = await group('Plain', { ownerIds: [none.id] });
        await inGroup(assignable, member);
        await inGroup(plain, nested);
        await nest(assignable, plain);
        const isProtected = async (id: string, groups?: readonly string[]) =>
          (await protectionOf(id, ports, groups)).isInRoleAssignableGroup;
        assert.deepEqual(await Promise.all([member, owner, nested, none].map(({ id }) => isProtected(id))), [
          true,
          true,
          false,
          false,
        ]);
        await ports.users.remove(member.id, actor);
        assert.equal(await isProtected(member.id), false);
        const { groups } = (await ports.deleted.find(member.id))!.document as { groups: string[] };
        assert.equal(await isProtected(member.id, groups), true);
      });
    });

    describe('a role-assignable group takes no groups', () => {
      const refusal = withCode('graphReferenceInvalid');
      let assignable: string;
      let plain: string;
      beforeEach(async () => {
        [assignable, plain] = [await group('Assignable', { isAssignableToRole: true }), await group('Plain')];
      });
      const document = () => ({
        groups: [
          { id: assignable, displayName: 'Assignable', members: [plain] },
          { id: plain, displayName: 'Plain', members: [] },
        ],
      });

      test('when a member is added, or when it is made', async () => {
        const member = { kind: 'group', id: plain } as const;
        await assert.rejects(addGroupMember(assignable, member, { actor, ports }).then(orThrow), refusal);
        const newGroup: Group = { id: crypto.randomUUID(), displayName: 'New', profile: { isAssignableToRole: true } };
        await assert.rejects(addGroup(newGroup, [member], { actor, ports }).then(orThrow), refusal);
        assert.equal(await ports.groups.find(newGroup.id), undefined);
        assert.deepEqual(await ports.groups.members(assignable), []);
      });

      test('by a tenant file, rehearsed or applied, or by an export of Entra', async () => {
        for (const dryRun of [true, false])
          await assert.rejects(
            applyDocument(document(), { actor, at: clock.at, ports }, { dryRun }).then(orThrow),
            refusal,
          );
        const exported = { organization: undefined, users: [], document: document(), ignored: [], read: {} };
        await assert.rejects(
          importEntra(
            exported as unknown as Parameters<typeof importEntra>[0],
            tenant,
            { actor, at: clock.at, ports: ports as unknown as Parameters<typeof importEntra>[2]['ports'] },
            { dryRun: false },
          ).then(orThrow),
          refusal,
        );
        assert.deepEqual(await ports.groups.members(assignable), []);
      });

      test('by a restoration of either group', async () => {
        await nest(assignable, plain);
        orThrow(await removeGroup(assignable, { actor, ports }));
        orThrow(await restoreGroup(assignable, { actor, ports }));
        assert.deepEqual(await ports.groups.members(assignable), []);
        await nest(assignable, plain);
        orThrow(await removeGroup(plain, { actor, ports }));
        orThrow(await restoreGroup(plain, { actor, ports }));
        assert.deepEqual(await ports.groups.members(assignable), []);
        assert.ok(await ports.groups.find(plain));
      });

      test('and no change makes a group role-assignable, or the reverse', async () => {
        for (const [id, before] of [
          [plain, undefined],
          [assignable, true],
        ] as const) {
          const work = (old: Group) => ({ ...old, profile: { description: 'x', isAssignableToRole: !before } });
          orThrow(await changeGroup(id, work, { actor, ports }));
          const { profile } = (await ports.groups.find(id))!;
          assert.deepEqual([profile?.description, profile?.isAssignableToRole], ['x', before]);
        }
      });
    });

    test('a client secret whose end is not after its start is not made', async () => {
      const app = { displayName: 'App', redirectUris: [], isPublicClient: false };
      const { appId } = orThrow(await addApplication(app, { actor, ports })).application;
      const startDateTime = '2030-01-01T00:00:00Z';
      for (const endDateTime of [startDateTime, '2029-12-31T23:59:59Z']) {
        const request = { displayName: 'x', startDateTime, endDateTime };
        const ruling = await addSecret(appId, request, { at: clock.at, actor, ports });
        assert.equal(outcomeOf(ruling), 'secretPeriodInvalid');
      }
      assert.deepEqual((await ports.applications.find(appId))?.passwordCredentials ?? [], []);
    });

    describe('an application of the installation', () => {
      const applications = firstPartyApplications('https://login.example.org');
      beforeEach(() => introduceFirstParty(applications, ports));
      const change = (part: object) => (appId: string) =>
        changeDirectoryApplication(appId, part, { actor, ports }).then(orThrow);
      const secret = { displayName: 'x', startDateTime: undefined, endDateTime: undefined };
      const writes: Readonly<Record<string, (appId: string) => Promise<unknown>>> = {
        'web redirect URIs': change({ webRedirectUris: ['https://attacker.test/'] }),
        'single-page redirect URIs': change({ spaRedirectUris: ['https://attacker.test/'] }),
        'native redirect URIs': change({ nativeRedirectUris: ['https://attacker.test/'] }),
        'identifier URIs': change({ identifierUris: ['api://attacker'] }),
        keys: change({ keyCredentials: [] }),
        name: change({ displayName: 'Mine' }),
        homepage: change({ homepage: 'https://attacker.test/' }),
        'logout URL': change({ profile: { web: { logoutUrl: 'https://attacker.test/' } } }),
        'kind of client': change({ isFallbackPublicClient: false }),
        'a new secret': (appId) => addSecret(appId, secret, { at: clock.at, actor, ports }).then(orThrow),
        'a removed secret': (appId) => removeSecret(appId, crypto.randomUUID(), { actor, ports }).then(orThrow),
        'the service principal': (appId) =>
          changeApplication(appId, (old) => ({ ...old, lacksServicePrincipal: true }), { actor, ports }).then(orThrow),
        'application permissions': (appId) =>
          changeApplication(appId, (old) => ({ ...old, roles: ['User.ReadWrite.All'] }), { actor, ports }).then(
            orThrow,
          ),
        'a second registration': (appId) =>
          addApplication({ appId, displayName: 'Mine', redirectUris: [], isPublicClient: true }, { actor, ports }).then(
            orThrow,
          ),
        removal: (appId) => removeApplication(appId, { actor, ports }).then(orThrow),
        servicePrincipalRemoval: (appId) => removeServicePrincipal(appId, { actor, ports }).then(orThrow),
        restoration: (appId) => restoreApplication(appId, { actor, ports }).then(orThrow),
      };
      for (const [name, write] of Object.entries(writes)) {
        test(`takes no change: ${name}`, async () => {
          const before = await ports.applications.list();
          for (const { appId } of applications) {
            await assert.rejects(write(appId), withCode('graphBuiltInReadOnly'));
            await assert.rejects(write(appId.toUpperCase()), withCode('graphBuiltInReadOnly'));
          }
          assert.deepEqual(await ports.applications.list(), before);
        });
      }

      const tampering = {
        redirectUris: ['https://attacker.test/'],
        spaRedirectUris: ['https://attacker.test/'],
        postLogoutRedirectUris: ['https://attacker.test/'],
        isPublicClient: false,
        secretHashes: ['x'],
        identifierUris: ['api://attacker'],
        roles: ['User.ReadWrite.All'],
        homepage: 'https://attacker.test/',
        logoutUrl: 'https://attacker.test/',
        displayName: 'Mine',
        keyCredentials: [{ keyId: 'k', certificate: '', startDateTime: '', endDateTime: '' }],
        lacksServicePrincipal: true,
        profile: { nativeRedirectUris: ['https://attacker.test/'] },
      };
      for (const [name, value] of Object.entries(tampering)) {
        test(`is set back when it was changed: ${name}`, async () => {
          const before = await ports.applications.list();
          const targets = name === 'identifierUris' ? applications.slice(0, 1) : applications;
          for (const { appId } of targets)
            await ports.applications.change(appId, (old) => ({ ...old, [name]: value }), actor);
          assert.notDeepEqual(await ports.applications.list(), before);
          await introduceFirstParty(applications, ports);
          assert.deepEqual(await ports.applications.list(), before);
        });
      }
    });
  });
}

test('groups and applications are written through the functions that hold their rules', () => {
  const rules =
    /^src\/(?:storage\/|admin\/directory\/(?:groups|deletion|related-objects)\.ts|admin\/applications\/[\w-]+\.ts)/;
  const direct =
    /\bgroups\s*\.(?:add|addMember|change|restore)\(|\bapplications\s*\.(?:put|change|remove|softDelete|restore)\(/;
  const files = globSync('src/**/*.ts').filter((file) => !rules.test(file) && !file.endsWith('.test.ts'));
  assert.ok(files.length > 300, `${files.length} files`);
  assert.deepEqual(
    files.filter((file) => direct.test(readFileSync(file, 'utf8'))),
    [],
  );
});
