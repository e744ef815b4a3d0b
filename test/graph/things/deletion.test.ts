import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { databasesUnderTest } from '../../contract/databases.ts';
import { GraphServer } from '../graph-server.ts';

for (const database of databasesUnderTest())
  describe(`what is deleted and restored by Graph and by the command line, on ${database.name}`, {
    skip: database.missing ?? false,
  }, () => {
    let graph: GraphServer;
    let token: string;
    before(async () => {
      const place = await database.place();
      graph = await GraphServer.start(place.kind === 'postgres' ? { CARDEA_DATABASE_URL: place.url } : {});
      token = await graph.appToken(
        'User.ReadWrite.All',
        'Application.ReadWrite.All',
        'Directory.Read.All',
        'RoleManagement.ReadWrite.Directory',
        'DelegatedPermissionGrant.ReadWrite.All',
        'Group.ReadWrite.All',
        'UserAuthenticationMethod.ReadWrite.All',
      );
    });
    after(async () => {
      await graph?.end();
      database.end();
    });
    const ok = async (method: string, path: string, body?: unknown) => {
      const answer = await graph.call(token, method, path, body);
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
    const parts = (list: readonly { kind: string; id: string }[]) => list.map(({ kind, id }) => `${kind} ${id}`);

    test('a deleted administrator has no rights at once; only one above restores the roles, and the answer says what came back', async () => {
      await graph.role('Reports Reader', 'cleo');
      await graph.role('User Administrator', 'gus');
      const cleo = await graph.personToken('cleo', 'User.Read');
      const gus = await graph.personToken('gus', 'User.ReadWrite.All', 'User.DeleteRestore.All');
      const { id } = await ok('GET', '/users/cleo@woodgrove.test');
      assert.equal((await graph.call(gus, 'DELETE', `/users/${id}`)).status, 403);
      await ok('DELETE', `/users/${id}`);
      assert.equal((await graph.call(cleo, 'GET', '/me')).status, 401);
      const filter = `$filter=principalId%20eq%20'${id}'`;
      assert.deepEqual((await ok('GET', `/roleManagement/directory/roleAssignments?${filter}`)).value, []);
      for (const [method, path] of [
        ['POST', `/directory/deletedItems/${id}/restore`],
        ['DELETE', `/directory/deletedItems/${id}`],
      ] as const)
        assert.equal((await graph.call(gus, method, path)).status, 403, method);
      const back = await ok('POST', `/directory/deletedItems/${id}/restore`);
      assert.ok(parts(back['@cardea.restored']).includes('roleAssignment Reports Reader'), JSON.stringify(back));
      assert.ok(
        parts(back['@cardea.notRestored']).some((part) => part.startsWith('sessions')),
        JSON.stringify(back),
      );
      assert.equal((await ok('GET', `/roleManagement/directory/roleAssignments?${filter}`)).value.length, 1);
    });

    test('a deleted application cannot sign in, and comes back with its grants for one who may grant them', async () => {
      const output = await graph.server.cardea('app', 'add', 'Doomed', '--permission', 'User.Read.All', '--json');
      const { appId, secret } = JSON.parse(output.out) as { appId: string; secret: string };
      const grant = { clientId: appId, consentType: 'AllPrincipals', scope: 'User.Read.All' };
      await ok('POST', '/oauth2PermissionGrants', { ...grant, resourceId: '00000003-0000-0000-c000-000000000000' });
      const tokenOf = () =>
        graph.send(
          'POST',
          `/${graph.tenantId}/oauth2/v2.0/token`,
          `grant_type=client_credentials&client_id=${appId}&client_secret=${secret}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default`,
          { 'content-type': 'application/x-www-form-urlencoded' },
        );
      assert.equal((await tokenOf()).status, 200);
      const { id } = await ok('GET', `/applications(appId='${appId}')`);
      await ok('DELETE', `/applications/${id}`);
      assert.notEqual((await tokenOf()).status, 200);
      const grants = async () => (await ok('GET', `/oauth2PermissionGrants?$filter=clientId%20eq%20'${appId}'`)).value;
      assert.deepEqual(await grants(), []);
      await graph.role('Application Administrator', 'ben');
      const ben = await graph.personToken('ben', 'Application.ReadWrite.All');
      assert.equal((await graph.call(ben, 'POST', `/directory/deletedItems/${id}/restore`)).status, 403);
      const back = await ok('POST', `/directory/deletedItems/${id}/restore`);
      assert.deepEqual(parts(back['@cardea.restored']).sort(), [
        'appRoleAssignment User.Read.All',
        'oauth2PermissionGrant User.Read.All',
        'passwordCredentials 1',
      ]);
      assert.equal((await tokenOf()).status, 200);
      assert.equal((await grants()).length, 1);

      const removal = await graph.server.cardea('app', 'remove', appId);
      assert.deepEqual([removal.code, /for thirty days/.test(removal.out)], [0, true], removal.err);
      const restoration = await graph.server.cardea('app', 'restore', appId);
      assert.match(restoration.out, /oauth2PermissionGrant +User\.Read\.All +restored/);
      assert.equal((await graph.server.cardea('app', 'remove', appId, '--permanently')).code, 0);
      assert.match((await graph.server.cardea('app', 'restore', appId)).err, /deleted application/);
    });

    test('a user whose name another user has is restored under a new one, and without an address that is taken', async () => {
      const body = (name: string, more = {}) => ({
        displayName: name,
        mailNickname: 'rita',
        accountEnabled: true,
        userPrincipalName: 'rita@woodgrove.test',
        passwordProfile: { password: 'Correct horse battery staple' },
        ...more,
      });
      const { id } = await ok('POST', '/users', body('Rita', { mail: 'r.first@woodgrove.test' }));
      await ok('DELETE', `/users/${id}`);
      const successor = await ok('POST', '/users', body('Rita the second', { mail: 'r.first@woodgrove.test' }));
      const path = `/directory/deletedItems/${id}/restore`;
      const refusals: readonly (readonly [body: object | undefined, status: number, target: string])[] = [
        [undefined, 400, 'userPrincipalName'],
        [{ autoReconcileProxyConflict: true }, 400, 'userPrincipalName'],
        [{ newUserPrincipalName: 'RITA@woodgrove.test' }, 400, 'userPrincipalName'],
        [{ newUserPrincipalName: 'rita2@woodgrove.test' }, 400, 'mail'],
        [{ newUserPrincipalName: 'rita2@woodgrove.test', autoReconcileProxyConflict: 'yes' }, 400, 'autoReconcile'],
        [{ newUserPrincipalName: 'rita2@elsewhere.test', autoReconcileProxyConflict: true }, 400, 'elsewhere.test'],
        [{ newUserPrincipalName: 7 }, 400, 'newUserPrincipalName'],
        [{ newName: 'x' }, 400, 'newName'],
      ];
      for (const [input, status, target] of refusals) {
        const refusal = await graph.call(token, 'POST', path, input);
        assert.equal(refusal.status, status, JSON.stringify(refusal.body));
        assert.ok(JSON.stringify(refusal.body).includes(target), `${target}: ${JSON.stringify(refusal.body)}`);
        assert.equal((await graph.call(token, 'GET', `/users/${id}`)).status, 404, 'nothing came back');
      }
      const names = { newUserPrincipalName: 'rita2@woodgrove.test', autoReconcileProxyConflict: true };
      const back = await ok('POST', path.replace('/restore', '/microsoft.graph.restore'), names);
      assert.deepEqual([back.userPrincipalName, back.mail], ['rita2@woodgrove.test', null]);
      assert.equal((await ok('GET', '/users/rita2@woodgrove.test')).id, id);
      assert.equal((await ok('GET', '/users/rita@woodgrove.test')).id, successor.id);
      const audits = await graph.server.cardea('audit', 'list', '--target', id, '--json');
      const [restored] = (JSON.parse(audits.out) as { activity: string; oldValue?: object }[]).filter(
        ({ activity }) => activity === 'Restore user',
      );
      assert.deepEqual(restored?.oldValue, {
        userPrincipalName: 'rita@woodgrove.test',
        mail: 'r.first@woodgrove.test',
      });
    });

    test('only a user is restored under another name', async () => {
      const group = await ok('POST', '/groups', {
        displayName: 'Namesakes',
        mailEnabled: false,
        mailNickname: 'namesakes',
        securityEnabled: true,
      });
      await ok('DELETE', `/groups/${group.id}`);
      const path = `/directory/deletedItems/${group.id}/restore`;
      const refusal = await graph.call(token, 'POST', path, { newUserPrincipalName: 'x@woodgrove.test' });
      assert.deepEqual([refusal.status, /newUserPrincipalName/.test(JSON.stringify(refusal.body))], [400, true]);
      await ok('POST', path, { autoReconcileProxyConflict: true });
    });

    test('the command line restores a user under another name', async () => {
      const { id } = await ok('GET', '/users/gus@woodgrove.test');
      await graph.server.cardea('user', 'remove', 'gus@woodgrove.test');
      const addition = await graph.server.cardea('user', 'add', 'gus@woodgrove.test', '--name', 'Gus the second');
      assert.equal(addition.code, 0, addition.err);
      const refusal = await graph.server.cardea('user', 'restore', id);
      assert.match(refusal.err, /--upn/);
      const words = ['user', 'restore', id, '--upn', 'gus2@woodgrove.test', '--leave-taken-mail'];
      const restoration = await graph.server.cardea(...words);
      assert.equal(restoration.code, 0, restoration.err);
      assert.equal((await ok('GET', '/users/gus2@woodgrove.test')).id, id);
    });

    test('the command line deletes and restores a user by the same rules, and says what came back', async () => {
      await graph.role('Reports Reader', 'finn');
      const removal = await graph.server.cardea('user', 'remove', 'finn@woodgrove.test');
      assert.deepEqual([removal.code, /for thirty days/.test(removal.out)], [0, true], removal.err);
      assert.equal((await graph.call(token, 'GET', '/users/finn@woodgrove.test')).status, 404);
      const { out, err } = await graph.server.cardea('user', 'restore', 'finn@woodgrove.test');
      assert.match(out, /roleAssignment +Reports Reader +restored/, err);
      await graph.server.cardea('user', 'remove', 'finn@woodgrove.test', '--permanently');
      assert.match((await graph.server.cardea('user', 'restore', 'finn@woodgrove.test')).err, /deleted user/);
      const last = await graph.server.cardea('user', 'remove', 'ana@woodgrove.test');
      assert.equal(last.code === 0, false, 'the last Global Administrator stays');
    });

    test('a deleted group lends no role and has no members; what came back is in the answer', async () => {
      const member = (await ok('GET', '/users/ben@woodgrove.test')).id as string;
      const { id } = await ok('POST', '/groups', {
        displayName: 'Reporters',
        mailNickname: 'reporters',
        mailEnabled: false,
        securityEnabled: true,
        isAssignableToRole: true,
        'members@odata.bind': [`https://graph.microsoft.com/v1.0/users/${member}`],
      });
      await graph.server.cardea('role', 'add', 'Reports Reader', id);
      const filter = `$filter=principalId%20eq%20'${id}'`;
      const assignments = async () =>
        (await ok('GET', `/roleManagement/directory/roleAssignments?${filter}`)).value as object[];
      const groupsOf = async () =>
        ((await ok('GET', `/users/${member}/memberOf`)).value as { id: string }[]).map((group) => group.id);
      assert.deepEqual([(await assignments()).length, (await groupsOf()).includes(id)], [1, true]);
      await ok('DELETE', `/groups/${id}`);
      assert.deepEqual([(await assignments()).length, (await groupsOf()).includes(id)], [0, false]);
      const back = await ok('POST', `/directory/deletedItems/${id}/restore`);
      assert.deepEqual(parts(back['@cardea.restored']).sort(), [`member ${member}`, 'roleAssignment Reports Reader']);
      assert.deepEqual([(await assignments()).length, (await groupsOf()).includes(id)], [1, true]);
    });

    test('a Temporary Access Pass of a deleted user is gone for good, and the answer says so', async () => {
      const { id } = await ok('GET', '/users/dan@woodgrove.test');
      const passes = `/users/${id}/authentication/temporaryAccessPassMethods`;
      await ok('POST', passes, { lifetimeInMinutes: 60, isUsableOnce: true });
      await ok('DELETE', `/users/${id}`);
      assert.equal((await graph.call(token, 'GET', passes)).status, 404);
      const back = await ok('POST', `/directory/deletedItems/${id}/restore`);
      assert.deepEqual(parts(back['@cardea.notRestored']), ['temporaryAccessPass 1']);
      assert.deepEqual((await ok('GET', passes)).value, []);
    });
  });
