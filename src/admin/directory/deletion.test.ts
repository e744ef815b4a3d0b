import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { User } from '#core/binding/user.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import { rolesHeldBy } from '#signin/user/roles-held.ts';
import type { Storage, TenantStorage } from '#storage/storage.ts';
import { databasesUnderTest, openAt, TestClock } from '#test/contract/databases.ts';
import { statementsOf } from '#test/contract/statements-of.ts';
import { userOf } from '#test/contract/user-of.ts';
import { removeApplication, removeServicePrincipal, restoreApplication } from '../applications/deletion.ts';
import { type PermissionGrant, permissionGrantKind } from '../applications/permission-grants.ts';
import {
  deletedUserNamed,
  purgeDeleted,
  removeGroup,
  removeUser,
  restoreGroup,
  restoreUser,
  rolesComingBack,
} from './deletion.ts';
import { assignRole, roleAssignmentKind } from './role-assignments.ts';

const reportsReader = '4a5d8f65-41da-4de4-8968-e035b65339cf';
const securityReader = '5d6b6bb7-de71-4623-b4af-96380a352509';
const actor = 'ga';

for (const database of databasesUnderTest()) {
  describe(`deletion ends what hangs on an object, on ${database.name}`, { skip: database.missing ?? false }, () => {
    const clock = new TestClock();
    let storage: Storage;
    let mine: TenantStorage;
    const tenant = { id: 'mine', displayName: 'Woodgrove', domains: [] };
    let ana: User;
    before(async () => {
      storage = await openAt(await database.place(), clock);
    });
    beforeEach(async () => {
      mine = storage.forTenant(crypto.randomUUID());
      ana = await person('ana');
    });
    after(async () => {
      await storage?.close();
      database.end();
    });

    async function person(name: string): Promise<User> {
      const user = userOf(`${name}@woodgrove.test`, { displayName: name });
      await mine.users.add(user, actor);
      return user;
    }
    async function application(displayName: string): Promise<Application> {
      const result: Application = {
        appId: crypto.randomUUID(),
        displayName,
        redirectUris: [],
        postLogoutRedirectUris: [],
        isPublicClient: false,
        secretHashes: ['hash'],
        identifierUris: [],
        roles: ['User.Read.All'],
        homepage: undefined,
      };
      await mine.applications.put(result, actor);
      return result;
    }
    async function group(displayName: string, profile: object = {}): Promise<string> {
      const id = crypto.randomUUID();
      await mine.groups.add({ id, displayName, profile: { ...profile } }, actor);
      return id;
    }
    async function grant(clientId: string, principalId: string | null, scope: string): Promise<void> {
      const consentType = principalId === null ? 'AllPrincipals' : 'Principal';
      const resourceId = '00000003-0000-0000-c000-000000000000';
      const document: PermissionGrant = { clientId, consentType, principalId, resourceId, scope };
      const object = { kind: permissionGrantKind, id: crypto.randomUUID(), owner: clientId, document };
      await mine.objects.add(object, { activity: 'Add delegated permission grant', actor });
    }
    const scopes = async () =>
      (await mine.objects.list<PermissionGrant>(permissionGrantKind)).map(({ document }) => document.scope).sort();
    const partsOf = (parts: readonly { kind: string; id: string }[]) =>
      parts.map(({ kind, id }) => `${kind} ${id}`).sort();
    const newest = async (activity: string) =>
      (await mine.audits.list({ top: 20, activities: [activity] }))[0] as unknown as Record<
        string,
        Record<string, unknown>
      >;

    test('what names a deleted object is found by indexes: no kind but role assignments is read whole', async () => {
      const { appId } = await application('Payroll');
      const texts = await statementsOf(async () => {
        orThrow(await removeUser(ana.id, { at: clock.at, actor, ports: mine }));
        orThrow(await removeApplication(appId, { actor, ports: mine }));
      });
      assert.ok(texts.some((text) => /from "objects"/.test(text)));
      const ofKind = /from "objects" where "tenant_id" = \S+ and "kind" = \S+ order by/;
      // The role assignments of the tenant are few; they are read so that its last administrator stays.
      assert.equal(texts.filter((text) => ofKind.test(text)).length, 1, texts.join('\n'));
    });

    test('of a user: roles, grants, memberships and ownerships end and come back; sessions and passes end for good', async () => {
      const [portal, payroll] = [await application('Portal'), await application('Payroll')];
      const [nurses, doomed] = [await group('Nurses', { ownerIds: [ana.id] }), await group('Doomed')];
      for (const id of [nurses, doomed]) await mine.groups.addMember(id, { kind: 'user', id: ana.id }, actor);
      orThrow(await assignRole({ principalId: ana.id, roleDefinitionId: reportsReader }, { actor, ports: mine }));
      await grant(portal.appId, ana.id, 'AuditLog.Read.All');
      await grant(payroll.appId, ana.id, 'Mail.Read');
      await grant(portal.appId, null, 'User.Read.All');
      await mine.users.setPasswordHash(ana.id, '$argon2id$x', actor);
      const common = { userId: ana.id, displayName: 'mine', createdDateTime: clock.at };
      await mine.methods.add({ ...common, id: crypto.randomUUID(), kind: 'softwareOath', secret: 'c2VjcmV0' }, actor);
      const pass = { passHash: '$x', startDateTime: clock.at, lifetimeInMinutes: 60, isUsableOnce: false };
      await mine.methods.add({ ...common, ...pass, id: crypto.randomUUID(), kind: 'temporaryAccessPass' }, actor);
      await mine.oidcRecords.upsert('Session', ana.id, { uid: `u${ana.id}`, accountId: ana.id }, 3600);
      await mine.oidcRecords.upsert('Grant', `g${ana.id}`, { accountId: ana.id, clientId: portal.appId }, 3600);

      orThrow(await removeUser(ana.id, { at: clock.at, actor, ports: mine }));
      assert.deepEqual(await scopes(), ['User.Read.All'], 'the grant for all users stays');
      assert.deepEqual(await mine.objects.list(roleAssignmentKind), []);
      assert.deepEqual(await rolesHeldBy(ana.id, mine), []);
      assert.deepEqual((await mine.groups.find(nurses))?.profile, { ownerIds: [] });
      assert.equal(await mine.oidcRecords.find('Grant', `g${ana.id}`), undefined);
      assert.equal(await mine.oidcRecords.find('Session', ana.id), undefined);
      const { ended } = (await newest('Delete user')).oldValue as { ended: { objects: object[]; sessions: number } };
      assert.deepEqual([ended.objects.length, ended.sessions], [3, 1]);
      const roleRow = await newest('Remove member from role');
      assert.equal((roleRow.oldValue as { principalId?: string }).principalId, ana.id);

      orThrow(await removeApplication(payroll.appId, { actor, ports: mine }));
      orThrow(await removeGroup(doomed, { actor, ports: mine }));
      const id = orThrow(await deletedUserNamed('ANA@woodgrove.test', mine));
      assert.deepEqual(await rolesComingBack((await mine.deleted.find(id))!, mine), [reportsReader]);
      const { entry, restoration } = orThrow(await restoreUser(id, { actor, ports: { ...mine, tenant } }));
      assert.deepEqual(partsOf(restoration.restored), [
        'authenticationMethod password',
        'authenticationMethod softwareOath',
        'groupMembership Nurses',
        'groupOwnership Nurses',
        'oauth2PermissionGrant AuditLog.Read.All',
        'roleAssignment Reports Reader',
      ]);
      assert.deepEqual(partsOf(restoration.notRestored), [
        `groupMembership ${doomed}`,
        'oauth2PermissionGrant Mail.Read',
        'refreshTokenGrants 1',
        'sessions 1',
        'temporaryAccessPass 1',
      ]);
      assert.ok(restoration.notRestored.every(({ reason }) => reason));
      assert.deepEqual(entry.user.groupIds, [nurses]);
      assert.deepEqual(await scopes(), ['AuditLog.Read.All', 'User.Read.All']);
      assert.deepEqual(await rolesHeldBy(ana.id, mine), [reportsReader]);
      assert.deepEqual((await mine.groups.find(nurses))?.profile, { ownerIds: [ana.id] });
      assert.deepEqual(
        (await mine.methods.ofUser(ana.id)).map(({ kind }) => kind),
        ['softwareOath'],
      );
      const row = (await newest('Restore user')).newValue!;
      assert.deepEqual([row.restored, row.notRestored], [restoration.restored, restoration.notRestored]);
    });

    test('of an application: grants that name it, its roles and refresh tokens end; the service principal alone is no different', async () => {
      const [portal, second] = [await application('Portal'), await application('Second')];
      const principalId = portal.appId;
      orThrow(await assignRole({ principalId, roleDefinitionId: securityReader }, { actor, ports: mine }));
      await grant(portal.appId, null, 'User.Read.All');
      await grant(portal.appId, ana.id, 'Mail.Read');
      await grant(second.appId, null, 'Group.Read.All');
      for (const [id, clientId] of [
        ['one', portal.appId],
        ['two', second.appId],
      ] as const)
        await mine.oidcRecords.upsert('Grant', `${id}${ana.id}`, { accountId: ana.id, clientId }, 3600);

      orThrow(await removeApplication(portal.appId, { actor, ports: mine }));
      assert.deepEqual(await scopes(), ['Group.Read.All']);
      assert.deepEqual(await mine.objects.list(roleAssignmentKind), []);
      assert.equal(await mine.oidcRecords.find('Grant', `one${ana.id}`), undefined);
      assert.ok(await mine.oidcRecords.find('Grant', `two${ana.id}`));
      assert.deepEqual(await rolesComingBack((await mine.deleted.find(portal.appId))!, mine), [securityReader]);

      orThrow(await removeUser(ana.id, { at: clock.at, actor, ports: mine }));
      const { application: back, restoration } = orThrow(
        await restoreApplication(portal.appId, { actor, ports: mine }),
      );
      assert.deepEqual(back, JSON.parse(JSON.stringify(portal)), 'nothing of the deletion is left in it');
      assert.deepEqual(partsOf(restoration.restored), [
        'appRoleAssignment User.Read.All',
        'oauth2PermissionGrant User.Read.All',
        'passwordCredentials 1',
        'roleAssignment Security Reader',
      ]);
      assert.deepEqual(partsOf(restoration.notRestored), ['oauth2PermissionGrant Mail.Read', 'refreshTokenGrants 1']);
      const row = (await newest('Restore application')).newValue!;
      assert.deepEqual(row.notRestored, restoration.notRestored);

      orThrow(await removeServicePrincipal(portal.appId, { actor, ports: mine }));
      assert.deepEqual(await scopes(), ['Group.Read.All']);
      assert.deepEqual(await mine.objects.list(roleAssignmentKind), []);
      assert.deepEqual((await mine.applications.find(portal.appId))?.roles, []);
    });

    test('of a role-assignable group: its roles end, and come back with it', async () => {
      const admins = await group('Admins', { isAssignableToRole: true });
      await mine.groups.addMember(admins, { kind: 'user', id: ana.id }, actor);
      orThrow(await assignRole({ principalId: admins, roleDefinitionId: reportsReader }, { actor, ports: mine }));
      orThrow(await removeGroup(admins, { actor, ports: mine }));
      assert.deepEqual(await mine.objects.list(roleAssignmentKind), []);
      const { restoration } = orThrow(await restoreGroup(admins, { actor, ports: mine }));
      assert.deepEqual(partsOf(restoration.restored), [`member ${ana.id}`, 'roleAssignment Reports Reader']);
      assert.deepEqual(await rolesHeldBy(ana.id, mine), [reportsReader]);
      // A user who was deleted holds the roles of the groups it comes back into.
      orThrow(await removeUser(ana.id, { at: clock.at, actor, ports: mine }));
      assert.deepEqual(await rolesComingBack((await mine.deleted.find(ana.id))!, mine), [reportsReader]);
    });

    test('permanently: nothing is kept, and nothing comes back', async () => {
      orThrow(await assignRole({ principalId: ana.id, roleDefinitionId: reportsReader }, { actor, ports: mine }));
      const common = { userId: ana.id, displayName: 'mine', createdDateTime: clock.at };
      await mine.methods.add({ ...common, id: crypto.randomUUID(), kind: 'softwareOath', secret: 'c2VjcmV0' }, actor);
      orThrow(await removeUser(ana.id, { at: clock.at, actor, ports: mine }));
      assert.equal(await purgeDeleted({ kind: 'user', id: ana.id }, { actor, ports: mine }), true);
      assert.deepEqual(await mine.methods.ofUser(ana.id), []);
      await assert.rejects(restoreUser(ana.id, { actor, ports: { ...mine, tenant } }).then(orThrow), /deleted user/);
      assert.deepEqual(await mine.objects.list(roleAssignmentKind), []);
    });
  });
}
