import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from './graph-server.ts';

describe('what is deleted and restored by Graph and by the command line', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken(
      'User.ReadWrite.All',
      'Application.ReadWrite.All',
      'Directory.Read.All',
      'RoleManagement.ReadWrite.Directory',
      'DelegatedPermissionGrant.ReadWrite.All',
    );
  });
  after(() => graph?.end());
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
    const added = await graph.server.cardea('app', 'add', 'Doomed', '--permission', 'User.Read.All', '--json');
    const { appId, secret } = JSON.parse(added.out) as { appId: string; secret: string };
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
});
