import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from '../graph-server.ts';

describe('who may do and see what through Graph (graph-api §2.1, §2.4)', () => {
  let graph: GraphServer;
  let admin: string;
  let member: string;
  let userAdministrator: string;
  before(async () => {
    graph = await GraphServer.start();
    admin = await graph.appToken('User.ReadWrite.All', 'Application.ReadWrite.All');
    await graph.role('User Administrator', 'ben');
    await graph.role('Application Administrator', 'gus');
    await graph.role('Helpdesk Administrator', 'dan');
    member = await graph.personToken('cleo', 'User.ReadBasic.All');
    userAdministrator = await graph.personToken('ben', 'User.ReadWrite.All');
  });
  after(() => graph?.end());

  const ana = '/users/ana@woodgrove.test';
  const refusal = async (token: string, method: string, path: string, body?: unknown) => {
    const answer = await graph.call(token, method, path, body);
    assert.equal(answer.status, 403, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  };

  test('with User.ReadBasic.All a member sees names and addresses of others, and can neither ask nor search for more', async () => {
    await graph.call(admin, 'PATCH', ana, { jobTitle: 'Head of security', mobilePhone: '+1 555 0100' });
    const { body } = await graph.call(member, 'GET', ana);
    assert.deepEqual([body.displayName, body.jobTitle, body.mobilePhone], ['Ana Ruiz', null, null]);
    await refusal(member, 'GET', `${ana}?$select=mobilePhone`);
    await refusal(member, 'GET', "/users?$filter=startswith(jobTitle,'Head')");
    await refusal(member, 'GET', '/users?$select=id&$orderby=jobTitle');
    const list = await graph.call(member, 'GET', '/users');
    assert.ok(list.body.value.length > 5);
    assert.ok(!JSON.stringify(list.body).includes('555 0100'));
  });

  test('how certificates are bound is for who manages that, and for oneself', async () => {
    const reader = await graph.personToken('cleo', 'User.Read.All');
    await refusal(reader, 'GET', `${ana}?$select=authorizationInfo`);
    await refusal(
      reader,
      'GET',
      "/users?$count=true&$filter=authorizationInfo/certificateUserIds/any(x:startswith(x,'X509'))",
    );
    assert.equal((await graph.call(reader, 'GET', '/me?$select=authorizationInfo')).status, 200);
    assert.equal((await graph.call(reader, 'GET', `${ana}?$select=mobilePhone`)).body.mobilePhone, '+1 555 0100');
  });

  test('who manages users may not touch an administrator’s password, state or the names certificates are bound by', async () => {
    for (const body of [
      { accountEnabled: false },
      { passwordProfile: { password: 'Correct-Horse-7' } },
      { userPrincipalName: 'other@woodgrove.test' },
      { onPremisesUserPrincipalName: 'gus@woodgrove.local2' },
      { authorizationInfo: { certificateUserIds: ['X509:<PN>ben@woodgrove.test'] } },
    ]) {
      await refusal(userAdministrator, 'PATCH', ana, body);
    }
    await refusal(userAdministrator, 'DELETE', ana);
    await refusal(userAdministrator, 'POST', `${ana}/revokeSignInSessions`);
    assert.equal((await graph.call(userAdministrator, 'PATCH', ana, { jobTitle: 'CISO' })).status, 204);
    assert.equal(
      (await graph.call(userAdministrator, 'PATCH', '/users/eve@woodgrove.test', { accountEnabled: false })).status,
      204,
    );
  });

  test('a User Administrator cannot write certificateUserIds of any user', async () => {
    await refusal(userAdministrator, 'PATCH', '/users/eve@woodgrove.test', {
      authorizationInfo: { certificateUserIds: ['X509:<PN>eve@woodgrove.test'] },
    });
  });

  test('who manages applications gives none a permission, and takes over none that has one', async () => {
    const manager = await graph.personToken('gus', 'Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All');
    const { body: result } = await graph.call(manager, 'POST', '/applications', { displayName: 'Mine' });
    const { body: principal } = await graph.call(manager, 'POST', '/servicePrincipals', { appId: result.appId });
    await refusal(manager, 'POST', `/servicePrincipals/${principal.id}/appRoleAssignments`, {
      principalId: principal.id,
      resourceId: '00000003-0000-0000-c000-000000000000',
      appRoleId: '9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8',
    });
    assert.equal((await graph.call(manager, 'POST', `/applications/${result.id}/addPassword`, {})).status, 200);
    const { body: items } = await graph.call(
      manager,
      'GET',
      "/applications?$filter=startswith(displayName,'test%20--permission')",
    );
    assert.ok(items.value.length > 0);
    for (const { id } of items.value) {
      await refusal(manager, 'POST', `/applications/${id}/addPassword`, {});
      await refusal(manager, 'PATCH', `/applications/${id}`, { keyCredentials: [] });
    }
  });

  test('a role taken away and an account disabled are felt with the next call', async () => {
    const helper = await graph.personToken('cleo', 'User.ReadWrite.All');
    await graph.role('User Administrator', 'cleo');
    assert.equal((await graph.call(helper, 'PATCH', '/users/finn@woodgrove.test', { jobTitle: 'x' })).status, 204);
    await graph.server.cardea('role', 'remove', 'User Administrator', 'cleo@woodgrove.test');
    await refusal(helper, 'PATCH', '/users/finn@woodgrove.test', { jobTitle: 'y' });
    await graph.call(admin, 'PATCH', '/users/cleo@woodgrove.test', { accountEnabled: false });
    assert.equal((await graph.call(helper, 'GET', '/me')).status, 401);
  });

  test('a guest lists no users', async () => {
    await graph.call(admin, 'PATCH', '/users/gus@woodgrove.test', { userType: 'Guest' });
    const guest = await graph.personToken('gus', 'User.Read.All');
    await graph.server.cardea('role', 'remove', 'Application Administrator', 'gus@woodgrove.test');
    await refusal(guest, 'GET', '/users');
    assert.equal((await graph.call(guest, 'GET', '/me')).status, 200);
  });
});
