import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type GraphAnswer, GraphServer } from '../graph-server.ts';
import { PersonWithRoles, type RoleRow } from './as-role.ts';
import { png, svg } from './pictures.ts';

describe('domains, owners of applications and transitive roles by Graph (rows 39, 42, 43)', () => {
  let graph: GraphServer;
  let token: string;
  before(async () => {
    graph = await GraphServer.start();
    token = await graph.appToken(
      'Domain.ReadWrite.All',
      'Directory.Read.All',
      'User.ReadWrite.All',
      'Group.ReadWrite.All',
      'Application.ReadWrite.All',
      'RoleManagement.ReadWrite.Directory',
    );
  });
  after(() => graph?.end());

  const call = (method: string, path: string, body?: unknown): Promise<GraphAnswer> =>
    graph.call(token, method, path, body);
  const idOf = async (name: string) => (await call('GET', `/users/${name}@woodgrove.test`)).body.id as string;

  test('a verified subdomain becomes a root domain; an unverified one does not', async () => {
    await call('POST', '/domains', { id: 'branch.woodgrove.test' });
    assert.equal((await call('POST', '/domains/branch.woodgrove.test/promote')).status, 400);
    await call('POST', '/domains/branch.woodgrove.test/verify?force=true');
    assert.equal((await call('GET', '/domains/branch.woodgrove.test')).body.isRoot, false);
    const answer = await call('POST', '/domains/branch.woodgrove.test/promote');
    assert.deepEqual([answer.status, answer.body.value], [200, true]);
    assert.equal((await call('GET', '/domains/branch.woodgrove.test')).body.isRoot, true);
    assert.equal((await call('POST', '/domains/branch.woodgrove.test/promote')).body.value, true);
    assert.equal((await call('POST', '/domains/missing.test/promote')).status, 404);
  });

  test('what keeps a domain from being deleted is listed', async () => {
    const person = {
      accountEnabled: true,
      displayName: 'Ida',
      mailNickname: 'ida',
      userPrincipalName: 'ida@branch.woodgrove.test',
      passwordProfile: { password: 'Correct-Horse-7' },
    };
    await call('POST', '/users', person);
    await call('POST', '/applications', { displayName: 'Branch', identifierUris: ['api://branch.woodgrove.test/x'] });
    const { body } = await call('GET', '/domains/branch.woodgrove.test/domainNameReferences');
    assert.deepEqual(
      body.value
        .map((item: { '@odata.type': string; displayName: string }) => [item['@odata.type'], item.displayName])
        .sort(),
      [
        ['#microsoft.graph.user', 'Ida'],
        ['#microsoft.graph.application', 'Branch'],
      ].sort(),
    );
    assert.equal((await call('GET', '/domains/missing.test/domainNameReferences')).status, 404);
  });

  test('an application and its service principal have owners, who end with their user', async () => {
    const { body: application } = await call('POST', '/applications', { displayName: 'Owned' });
    const { body: principal } = await call('POST', '/servicePrincipals', { appId: application.appId });
    const [cleo, ida] = [await idOf('cleo'), (await call('GET', '/users/ida@branch.woodgrove.test')).body.id];
    const reference = (id: string) => ({ '@odata.id': `${graph.server.origin}/v1.0/directoryObjects/${id}` });
    const owners = `/applications/${application.id}/owners`;
    for (const id of [cleo, ida]) assert.equal((await call('POST', `${owners}/$ref`, reference(id))).status, 204);
    assert.equal((await call('POST', `${owners}/$ref`, reference(cleo))).status, 400);
    assert.equal((await call('POST', `${owners}/$ref`, reference(crypto.randomUUID()))).status, 404);
    const ids = async (path: string) => (await call('GET', path)).body.value.map(({ id }: { id: string }) => id).sort();
    assert.deepEqual(await ids(owners), [cleo, ida].sort());
    assert.deepEqual(await ids(`/servicePrincipals/${principal.id}/owners`), [cleo, ida].sort());
    for (const cast of ['graph.user', 'microsoft.graph.user'])
      assert.deepEqual(await ids(`${owners}/${cast}`), [cleo, ida].sort(), cast);
    await call('DELETE', `/users/${ida}`);
    assert.deepEqual(await ids(owners), [cleo]);
    await call('POST', `/directory/deletedItems/${ida}/restore`);
    assert.deepEqual(await ids(owners), [cleo, ida].sort());
    assert.equal((await call('DELETE', `${owners}/${ida}/$ref`)).status, 204);
    assert.equal((await call('DELETE', `${owners}/${ida}/$ref`)).status, 404);
    assert.deepEqual((await call('GET', `/servicePrincipals/${principal.id}/memberOf`)).body.value, []);
    assert.deepEqual((await call('GET', `/servicePrincipals/${principal.id}/oauth2PermissionGrants`)).body.value, []);
    const type = { 'content-type': 'image/png' };
    const logo = `/applications/${application.id}/logo`;
    assert.equal((await call('GET', logo)).status, 404);
    assert.equal((await graph.call(token, 'PUT', logo, svg, type)).status, 400);
    assert.equal((await graph.call(token, 'PUT', logo, png(32, 32), type)).status, 204);
    assert.ok(png(32, 32).equals((await call('GET', logo)).body));
    const builtIn = await call('GET', "/applications?$filter=displayName%20eq%20'Admin%20center'");
    const readOnly = `/applications/${builtIn.body.value[0].id}`;
    assert.equal((await graph.call(token, 'PUT', `${readOnly}/logo`, png(8, 8), type)).status, 403);
    assert.equal((await call('POST', `${readOnly}/owners/$ref`, reference(cleo))).status, 403);
  });

  test('graph.user and graph.group are casts of members', async () => {
    const group = { displayName: 'All', mailNickname: 'all', mailEnabled: false, securityEnabled: true };
    const { body } = await call('POST', '/groups', group);
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${await idOf('ben')}` };
    await call('POST', `/groups/${body.id}/members/$ref`, reference);
    assert.equal((await call('GET', `/groups/${body.id}/members/graph.user`)).body.value.length, 1);
    assert.equal((await call('GET', `/groups/${body.id}/members/graph.group`)).body.value.length, 0);
  });

  test('a role through a role-assignable group is a transitive assignment', async () => {
    const group = {
      displayName: 'Readers',
      mailNickname: 'readers',
      mailEnabled: false,
      securityEnabled: true,
      isAssignableToRole: true,
    };
    const { body: readers } = await call('POST', '/groups', group);
    const dan = await idOf('dan');
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${dan}` };
    await call('POST', `/groups/${readers.id}/members/$ref`, reference);
    const role = (principalId: string, roleDefinitionId: string) =>
      call('POST', '/roleManagement/directory/roleAssignments', {
        principalId,
        roleDefinitionId,
        directoryScopeId: '/',
      });
    assert.equal((await role(readers.id, 'f2ef992c-3afb-46b9-b7cf-a126ee74c451')).status, 201);
    assert.equal((await role(dan, '4a5d8f65-41da-4de4-8968-e035b65339cf')).status, 201);
    const path = '/roleManagement/directory/transitiveRoleAssignments';
    const { body } = await call('GET', `${path}?$filter=principalId%20eq%20'${dan}'`);
    assert.deepEqual(
      body.value.map(({ principalId }: { principalId: string }) => principalId).sort(),
      [dan, readers.id].sort(),
    );
    assert.equal((await call('GET', path)).status, 400, 'the principal is named');
  });

  test('roles: who may promote a domain, name owners and read transitive roles', async () => {
    const gus = await PersonWithRoles.of(
      graph,
      'gus',
      'Domain.ReadWrite.All',
      'Application.ReadWrite.All',
      'RoleManagement.Read.Directory',
    );
    const { body: application } = await call('POST', '/applications', { displayName: 'Roles' });
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${crypto.randomUUID()}` };
    const rows: readonly RoleRow[] = [
      {
        method: 'POST',
        path: '/domains/woodgrove.test/promote',
        may: ['Domain Name Administrator', 'Global Administrator'],
        mayNot: ['(no role)', 'Global Reader', 'User Administrator'],
      },
      { method: 'GET', path: '/domains/woodgrove.test/domainNameReferences', may: ['(no role)'], mayNot: [] },
      {
        method: 'POST',
        path: `/applications/${application.id}/owners/$ref`,
        body: reference,
        may: ['Application Administrator', 'Cloud Application Administrator'],
        mayNot: ['(no role)', 'Global Reader', 'User Administrator'],
      },
      {
        method: 'GET',
        path: `/roleManagement/directory/transitiveRoleAssignments?$filter=principalId%20eq%20'${crypto.randomUUID()}'`,
        may: ['Global Reader', 'Directory Readers'],
        mayNot: ['(no role)'],
      },
    ];
    for (const row of rows) await gus.check(row);
  });
});
