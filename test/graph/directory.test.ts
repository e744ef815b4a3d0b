import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from './graph-server.ts';

const microsoftGraph = '00000003-0000-0000-c000-000000000000';

describe('groups, roles, applications and what is deleted, by Graph', () => {
  let graphServer: GraphServer;
  let token: string;
  before(async () => {
    graphServer = await GraphServer.start();
    token = await graphServer.appToken(
      'User.ReadWrite.All',
      'Group.ReadWrite.All',
      'Directory.Read.All',
      'RoleManagement.ReadWrite.Directory',
      'Application.ReadWrite.All',
      'AppRoleAssignment.ReadWrite.All',
      'DelegatedPermissionGrant.ReadWrite.All',
      'Organization.Read.All',
      'UserAuthenticationMethod.Read.All',
      'User.RevokeSessions.All',
    );
  });
  after(() => graphServer?.end());

  const ok = async (method: string, path: string, body?: unknown) => {
    const answer = await graphServer.call(token, method, path, body);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const idOf = async (name: string): Promise<string> => (await ok('GET', `/users/${name}@woodgrove.test`)).id;
  const group = (displayName: string, more: object = {}) =>
    ok('POST', '/groups', {
      displayName,
      mailNickname: displayName.toLowerCase(),
      mailEnabled: false,
      securityEnabled: true,
      ...more,
    });
  const reference = (type: string, id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/${type}/${id}` });

  test('groups hold users and groups; membership is listed directly, through groups, and by type', async () => {
    const [inner, outer] = [await group('Nurses'), await group('Staff')];
    const ana = await idOf('ana');
    await ok('POST', `/groups/${inner.id}/members/$ref`, reference('directoryObjects', ana));
    await ok('POST', `/groups/${outer.id}/members/$ref`, reference('groups', inner.id));
    const again = await graphServer.call(token, 'POST', `/groups/${inner.id}/members/$ref`, reference('users', ana));
    assert.deepEqual(
      [again.status, /added object references already exist/.test(again.body.error.message)],
      [400, true],
    );
    const ids = (body: { value: { id: string }[] }) => body.value.map(({ id }) => id).sort();
    assert.deepEqual(ids(await ok('GET', `/groups/${outer.id}/members`)), [inner.id]);
    assert.deepEqual(ids(await ok('GET', `/groups/${outer.id}/transitiveMembers`)), [ana, inner.id].sort());
    const users = await ok('GET', `/groups/${outer.id}/transitiveMembers/microsoft.graph.user?$select=id`);
    assert.deepEqual(ids(users), [ana]);
    assert.deepEqual(ids(await ok('GET', `/users/${ana}/memberOf/microsoft.graph.group`)), [inner.id]);
    assert.deepEqual(
      ids(await ok('GET', `/users/${ana}/transitiveMemberOf/microsoft.graph.group`)),
      [inner.id, outer.id].sort(),
    );
    assert.deepEqual(
      (await ok('POST', `/users/${ana}/getMemberGroups`, { securityEnabledOnly: false })).value.sort(),
      [inner.id, outer.id].sort(),
    );
    const check = { groupIds: [outer.id, crypto.randomUUID()] };
    assert.deepEqual((await ok('POST', `/directoryObjects/${ana}/checkMemberGroups`, check)).value, [outer.id]);
    await ok('DELETE', `/groups/${inner.id}/members/${ana}/$ref`);
    assert.equal((await graphServer.call(token, 'DELETE', `/groups/${inner.id}/members/${ana}/$ref`)).status, 404);
    // Without $ref Microsoft would delete the person: here it is not an operation.
    assert.equal((await graphServer.call(token, 'DELETE', `/groups/${inner.id}/members/${ana}`)).status, 405);
    assert.equal(
      (await graphServer.call(token, 'POST', `/groups/${inner.id}/members/$ref`, reference('groups', inner.id))).status,
      400,
    );
  });

  test('owners are named, once each, and let go', async () => {
    const result = await group('Owned', {
      'owners@odata.bind': [`${graphServer.server.origin}/v1.0/users/${await idOf('ben')}`],
    });
    const owners = async () =>
      (await ok('GET', `/groups/${result.id}/owners`)).value.map(
        ({ displayName }: { displayName: string }) => displayName,
      );
    assert.deepEqual(await owners(), ['Ben Okafor']);
    await ok('POST', `/groups/${result.id}/owners/$ref`, reference('users', await idOf('ana')));
    await ok('DELETE', `/groups/${result.id}/owners/${await idOf('ben')}/$ref`);
    assert.deepEqual(await owners(), ['Ana Ruiz']);
    assert.ok(!('ownerIds' in (await ok('GET', `/groups/${result.id}`))));
  });

  test('users, groups and applications that are deleted are listed for thirty days, come back, or go for good', async () => {
    const [user, team] = [await idOf('cleo'), await group('Doomed')];
    const app = await ok('POST', '/applications', { displayName: 'Doomed app' });
    for (const [path, type, id] of [
      ['users', 'user', user],
      ['groups', 'group', team.id],
      ['applications', 'application', app.id],
    ] as const) {
      await ok('DELETE', `/${path}/${id}`);
      assert.equal((await graphServer.call(token, 'GET', `/${path}/${id}`)).status, 404);
      const { value } = await ok(
        'GET',
        `/directory/deletedItems/Microsoft.Graph.${type[0]!.toUpperCase()}${type.slice(1)}`,
      );
      const match = value.find((item: { id: string }) => item.id === id);
      assert.ok(match?.deletedDateTime, `${type} is among the deleted`);
      const restoration = await ok('POST', `/directory/deletedItems/${id}/restore`);
      assert.deepEqual([restoration.id, restoration['@odata.type']], [id, `#microsoft.graph.${type}`]);
      assert.equal((await ok('GET', `/${path}/${id}`)).id, id);
    }
    await ok('DELETE', `/groups/${team.id}`);
    await ok('DELETE', `/directory/deletedItems/${team.id}`);
    assert.equal((await graphServer.call(token, 'POST', `/directory/deletedItems/${team.id}/restore`)).status, 404);
  });

  test('one store of roles has two faces, and the last Global Administrator stays', async () => {
    const templates = (await ok('GET', '/directoryRoleTemplates')).value as { id: string; displayName: string }[];
    const reports = templates.find(({ displayName }) => displayName === 'Reports Reader')!;
    const ben = await idOf('ben');
    const result = await ok('POST', '/roleManagement/directory/roleAssignments', {
      '@odata.type': '#microsoft.graph.unifiedRoleAssignment',
      principalId: ben,
      roleDefinitionId: reports.id,
      directoryScopeId: '/',
    });
    const byRole = (await ok('GET', `/directoryRoles(roleTemplateId='${reports.id}')/members`)).value;
    assert.deepEqual(
      byRole.map((item: { id: string }) => item.id),
      [ben],
    );
    const filtered = await ok(
      'GET',
      `/roleManagement/directory/roleAssignments?$filter=principalId%20eq%20'${ben}'&$expand=principal`,
    );
    assert.deepEqual([filtered.value.length, filtered.value[0].principal.displayName], [1, 'Ben Okafor']);
    const again = await graphServer.call(
      token,
      'POST',
      `/directoryRoles/${reports.id}/members/$ref`,
      reference('users', ben),
    );
    assert.equal(again.status, 400);
    await ok('DELETE', `/roleManagement/directory/roleAssignments/${result.id}`);
    const admin = templates.find(({ displayName }) => displayName === 'Global Administrator')!;
    const last = await graphServer.call(
      token,
      'DELETE',
      `/directoryRoles/${admin.id}/members/${await idOf('ana')}/$ref`,
    );
    assert.deepEqual([last.status, /Global Administrator/.test(last.body.error.message)], [400, true]);
    assert.deepEqual(
      (await ok('GET', '/directoryRoles')).value.map((item: { displayName: string }) => item.displayName),
      ['Global Administrator'],
    );
  });

  test('a role-assignable group gives its role to those in it', async () => {
    const team = await group('Auditors', { isAssignableToRole: true });
    const plain = await group('Plain');
    const reader = 'f2ef992c-3afb-46b9-b7cf-a126ee74c451';
    const refusal = await graphServer.call(token, 'POST', '/roleManagement/directory/roleAssignments', {
      principalId: plain.id,
      roleDefinitionId: reader,
    });
    assert.deepEqual([refusal.status, /role-assignable/.test(refusal.body.error.message)], [400, true]);
    await ok('POST', '/roleManagement/directory/roleAssignments', { principalId: team.id, roleDefinitionId: reader });
    const ben = await idOf('ben');
    await ok('POST', `/groups/${team.id}/members/$ref`, reference('users', ben));
    const roles = (await ok('GET', `/users/${ben}/memberOf/microsoft.graph.directoryRole`)).value;
    assert.deepEqual(
      roles.map((role: { displayName: string }) => role.displayName),
      ['Global Reader'],
    );
  });

  test('an application gets a service principal, a secret that is shown once, and a permission', async () => {
    const app = await ok('POST', '/applications', { displayName: 'Night run', keyCredentials: [] });
    assert.notEqual(app.id, app.appId);
    assert.equal((await graphServer.call(token, 'GET', `/servicePrincipals(appId='${app.appId}')`)).status, 404);
    const principal = await ok('POST', '/servicePrincipals', { appId: app.appId });
    const secret = await ok('POST', `/applications/${app.id}/addPassword`, {
      passwordCredential: { displayName: 'one' },
    });
    assert.ok(secret.secretText.length > 30);
    const listing = (await ok('GET', `/applications(appId='${app.appId}')`)).passwordCredentials[0];
    assert.deepEqual(
      [listing.keyId, listing.secretText, listing.hint],
      [secret.keyId, null, secret.secretText.slice(0, 3)],
    );
    const graph = await ok('GET', `/servicePrincipals?$filter=appId%20eq%20'${microsoftGraph}'`);
    const role = graph.value[0].appRoles.find((appRole: { value: string }) => appRole.value === 'AuditLog.Read.All');
    const body = { principalId: principal.id, resourceId: graph.value[0].id, appRoleId: role.id };
    const assignment = await ok('POST', `/servicePrincipals/${principal.id}/appRoleAssignments`, body);
    assert.equal(
      (await graphServer.call(token, 'POST', `/servicePrincipals/${principal.id}/appRoleAssignments`, body)).status,
      400,
    );
    await ok('DELETE', `/servicePrincipals/${principal.id}/appRoleAssignments/${assignment.id}`);
    assert.deepEqual((await ok('GET', `/servicePrincipals/${principal.id}/appRoleAssignments`)).value, []);
    await ok('POST', `/applications/${app.id}/removePassword`, { keyId: secret.keyId });
    assert.deepEqual((await ok('GET', `/applications/${app.id}`)).passwordCredentials, []);
  });

  test('an application keeps its settings, kind of redirect by kind; an unknown setting is refused by name', async () => {
    const app = await ok('POST', '/applications', {
      displayName: 'Portal',
      web: { redirectUris: ['https://portal.woodgrove.test/signin'], homePageUrl: 'https://portal.woodgrove.test/' },
      requiredResourceAccess: [
        {
          resourceAppId: microsoftGraph,
          resourceAccess: [{ id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' }],
        },
      ],
    });
    await ok('PATCH', `/applications/${app.id}`, {
      spa: { redirectUris: ['https://spa.woodgrove.test/'] },
      identifierUris: ['api://portal'],
    });
    const read = await ok('GET', `/applications/${app.id}`);
    assert.deepEqual(read.web.redirectUris, ['https://portal.woodgrove.test/signin']);
    assert.deepEqual(read.spa.redirectUris, ['https://spa.woodgrove.test/']);
    assert.deepEqual(read.identifierUris, ['api://portal']);
    const refusals: readonly (readonly [object, RegExp])[] = [
      [{ displayName: 'x', shoeSize: 1 }, /shoeSize/],
      [{ displayName: 'x', web: { redirectUris: ['http://evil.test/'] } }, /loopback/],
      [{ displayName: 'x', web: { redirectUris: ['javascript:alert(1)'] } }, /javascript/],
      [{ displayName: 'x', identifierUris: ['api://portal'] }, /conflicting object/],
      [
        { displayName: 'x', web: { implicitGrantSettings: { enableAccessTokenIssuance: true } } },
        /enableAccessTokenIssuance/,
      ],
      [{ displayName: 'x', keyCredentials: [{ key: 'AAAA' }] }, /certificate/],
      [{ displayName: 'x', signInAudience: 'AzureADMultipleOrgs' }, /signInAudience/],
    ];
    for (const [body, words] of refusals) {
      const answer = await graphServer.call(token, 'POST', '/applications', body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.match(answer.body.error.message, words);
    }
    const orphan = await graphServer.call(token, 'POST', '/servicePrincipals', { appId: crypto.randomUUID() });
    assert.match(
      orphan.body.error.message,
      /appId '.+' of the service principal does not reference a valid application object/,
    );
  });

  test('delegated permissions are granted, widened and taken away by oauth2PermissionGrants', async () => {
    const app = await ok('POST', '/applications', { displayName: 'Consenting' });
    const { id: clientId } = await ok('POST', '/servicePrincipals', { appId: app.appId });
    const grant = {
      clientId,
      consentType: 'AllPrincipals',
      principalId: null,
      resourceId: microsoftGraph,
      scope: 'User.Read',
    };
    const result = await ok('POST', '/oauth2PermissionGrants', grant);
    assert.equal((await graphServer.call(token, 'POST', '/oauth2PermissionGrants', grant)).status, 400);
    await ok('PATCH', `/oauth2PermissionGrants/${result.id}`, { scope: 'User.Read Group.Read.All' });
    const listing = (await ok('GET', `/oauth2PermissionGrants?$filter=clientId%20eq%20'${clientId}'`)).value;
    assert.deepEqual(
      listing.map((item: { scope: string }) => item.scope),
      ['User.Read Group.Read.All'],
    );
    const unknown = await graphServer.call(token, 'PATCH', `/oauth2PermissionGrants/${result.id}`, {
      scope: 'Shoes.Read',
    });
    assert.deepEqual([unknown.status, /Shoes\.Read/.test(unknown.body.error.message)], [400, true]);
    await ok('DELETE', `/oAuth2PermissionGrants/${result.id}`);
    assert.equal((await graphServer.call(token, 'GET', `/oauth2PermissionGrants/${result.id}`)).status, 404);
  });

  test('the organization shows its domains; another tenant is not there', async () => {
    const { value } = await ok('GET', '/organization');
    assert.equal(value.length, 1);
    assert.deepEqual(value[0].verifiedDomains[0], {
      capabilities: 'Email, OfficeCommunicationsOnline',
      isDefault: true,
      isInitial: true,
      name: 'woodgrove.test',
      type: 'Managed',
    });
    assert.equal((await ok('GET', `/organization/${graphServer.tenantId}`)).id, graphServer.tenantId);
    assert.equal((await graphServer.call(token, 'GET', `/organization/${crypto.randomUUID()}`)).status, 404);
  });

  test('any object is found by its id alone, many at once', async () => {
    const [ana, team] = [await idOf('ana'), await group('Findable')];
    assert.equal((await ok('GET', `/directoryObjects/${team.id}`))['@odata.type'], '#microsoft.graph.group');
    const { value } = await ok('POST', '/directoryObjects/getByIds', {
      ids: [ana, team.id, crypto.randomUUID()],
      types: ['user'],
    });
    assert.deepEqual(
      value.map((item: { id: string }) => item.id),
      [ana],
    );
  });

  test('a user is signed out everywhere with 200 and true, and methods of sign-in are listed', async () => {
    const revocation = await ok('POST', '/users/ben@woodgrove.test/revokeSignInSessions');
    assert.equal(revocation.value, true);
    assert.match(revocation['@odata.context'], /Edm\.Boolean/);
    assert.deepEqual((await ok('GET', '/users/ben@woodgrove.test/authentication/methods')).value, []);
  });
});
