import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphHouse } from './house.ts';

describe('who may do and see what through Graph (graph-api §2.1, §2.4)', () => {
  let house: GraphHouse;
  let admin: string;
  let member: string;
  let userAdministrator: string;
  before(async () => {
    house = await GraphHouse.start();
    admin = await house.appToken('User.ReadWrite.All', 'Application.ReadWrite.All');
    await house.role('User Administrator', 'ben');
    await house.role('Application Administrator', 'gus');
    await house.role('Helpdesk Administrator', 'dan');
    member = await house.personToken('cleo', 'User.ReadBasic.All');
    userAdministrator = await house.personToken('ben', 'User.ReadWrite.All');
  });
  after(() => house?.end());

  const ana = '/users/ana@woodgrove.test';
  const refused = async (token: string, method: string, path: string, body?: unknown) => {
    const answer = await house.call(token, method, path, body);
    assert.equal(answer.status, 403, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  };

  test('with User.ReadBasic.All a member sees names and addresses of others, and can neither ask nor search for more', async () => {
    await house.call(admin, 'PATCH', ana, { jobTitle: 'Head of security', mobilePhone: '+1 555 0100' });
    const { body } = await house.call(member, 'GET', ana);
    assert.deepEqual([body.displayName, body.jobTitle, body.mobilePhone], ['Ana Ruiz', null, null]);
    await refused(member, 'GET', `${ana}?$select=mobilePhone`);
    await refused(member, 'GET', "/users?$filter=startswith(jobTitle,'Head')");
    await refused(member, 'GET', '/users?$select=id&$orderby=jobTitle');
    const list = await house.call(member, 'GET', '/users');
    assert.ok(list.body.value.length > 5);
    assert.ok(!JSON.stringify(list.body).includes('555 0100'));
  });

  test('a refused call leaves audit rows with the result failure, and a caller cannot fill the log with them', async () => {
    for (let i = 0; i < 30; i++) await refused(member, 'DELETE', ana);
    const auditor = await house.appToken('AuditLog.Read.All', 'Directory.Read.All');
    const { body } = await house.call(auditor, 'GET', '/auditLogs/directoryAudits?$top=200');
    const rows = body.value.filter((one: { result: string }) => one.result === 'failure');
    assert.ok(rows.length >= 1 && rows.length <= 25, `${rows.length} rows`);
    assert.equal(rows[0].activityDisplayName, 'Refused Graph request');
  });

  test('how certificates are bound is for who manages that, and for oneself', async () => {
    const reader = await house.personToken('cleo', 'User.Read.All');
    await refused(reader, 'GET', `${ana}?$select=authorizationInfo`);
    await refused(
      reader,
      'GET',
      "/users?$count=true&$filter=authorizationInfo/certificateUserIds/any(x:startswith(x,'X509'))",
    );
    assert.equal((await house.call(reader, 'GET', '/me?$select=authorizationInfo')).status, 200);
    assert.equal((await house.call(reader, 'GET', `${ana}?$select=mobilePhone`)).body.mobilePhone, '+1 555 0100');
  });

  test('who manages users may not touch an administrator’s password, state or the names certificates are bound by', async () => {
    for (const body of [
      { accountEnabled: false },
      { passwordProfile: { password: 'Correct-Horse-7' } },
      { userPrincipalName: 'other@woodgrove.test' },
      { onPremisesUserPrincipalName: 'gus@woodgrove.local2' },
      { authorizationInfo: { certificateUserIds: ['X509:<PN>ben@woodgrove.test'] } },
    ]) {
      await refused(userAdministrator, 'PATCH', ana, body);
    }
    await refused(userAdministrator, 'DELETE', ana);
    await refused(userAdministrator, 'POST', `${ana}/revokeSignInSessions`);
    assert.equal((await house.call(userAdministrator, 'PATCH', ana, { jobTitle: 'CISO' })).status, 204);
    assert.equal(
      (await house.call(userAdministrator, 'PATCH', '/users/eve@woodgrove.test', { accountEnabled: false })).status,
      204,
    );
  });

  test('certificateUserIds are not a User Administrator’s to write, whoever’s they are', async () => {
    await refused(userAdministrator, 'PATCH', '/users/eve@woodgrove.test', {
      authorizationInfo: { certificateUserIds: ['X509:<PN>eve@woodgrove.test'] },
    });
  });

  test('who manages applications gives none a permission, and takes over none that has one', async () => {
    const manager = await house.personToken('gus', 'Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All');
    const { body: made } = await house.call(manager, 'POST', '/applications', { displayName: 'Mine' });
    const { body: principal } = await house.call(manager, 'POST', '/servicePrincipals', { appId: made.appId });
    await refused(manager, 'POST', `/servicePrincipals/${principal.id}/appRoleAssignments`, {
      principalId: principal.id,
      resourceId: '00000003-0000-0000-c000-000000000000',
      appRoleId: '9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8',
    });
    assert.equal((await house.call(manager, 'POST', `/applications/${made.id}/addPassword`, {})).status, 200);
    const { body: all } = await house.call(
      manager,
      'GET',
      "/applications?$filter=startswith(displayName,'test%20--permission')",
    );
    assert.ok(all.value.length > 0);
    for (const { id } of all.value) {
      await refused(manager, 'POST', `/applications/${id}/addPassword`, {});
      await refused(manager, 'PATCH', `/applications/${id}`, { keyCredentials: [] });
    }
  });

  test('a role taken away and an account disabled are felt with the next call', async () => {
    const helper = await house.personToken('cleo', 'User.ReadWrite.All');
    await house.role('User Administrator', 'cleo');
    assert.equal((await house.call(helper, 'PATCH', '/users/finn@woodgrove.test', { jobTitle: 'x' })).status, 204);
    await house.server.cardea('role', 'remove', 'User Administrator', 'cleo@woodgrove.test');
    await refused(helper, 'PATCH', '/users/finn@woodgrove.test', { jobTitle: 'y' });
    await house.call(admin, 'PATCH', '/users/cleo@woodgrove.test', { accountEnabled: false });
    assert.equal((await house.call(helper, 'GET', '/me')).status, 401);
  });

  test('a guest lists nobody', async () => {
    await house.call(admin, 'PATCH', '/users/gus@woodgrove.test', { userType: 'Guest' });
    const guest = await house.personToken('gus', 'User.Read.All');
    await house.server.cardea('role', 'remove', 'Application Administrator', 'gus@woodgrove.test');
    await refused(guest, 'GET', '/users');
    assert.equal((await house.call(guest, 'GET', '/me')).status, 200);
  });
});
