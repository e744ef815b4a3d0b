import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from './graph-server.ts';

describe('privileges that cannot be extended (graph-api §2.4, §6.1, §6.2, §8)', () => {
  let graph: GraphServer;
  const idOf = async (token: string, name: string) =>
    (await graph.call(token, 'GET', `/users/${name}@woodgrove.test?$select=id`)).body.id as string;
  before(async () => {
    graph = await GraphServer.start();
    // The lock-out guard lets gus lose the role again because ana can sign in.
    assert.equal((await graph.server.signIn('ana@woodgrove.test', graph.server.card('ana'))).kind, 'signedIn');
  });
  after(() => graph?.end());

  test('a role-assignable group takes no groups, by reference, by binding, or when created', async () => {
    const admin = await graph.appToken('Group.ReadWrite.All', 'RoleManagement.ReadWrite.Directory');
    const group = (name: string, more: object = {}) =>
      graph.call(admin, 'POST', '/groups', {
        displayName: name,
        mailNickname: name,
        mailEnabled: false,
        securityEnabled: true,
        ...more,
      });
    const plain = (await group('plain')).body.id as string;
    const reference = `https://graph.microsoft.com/v1.0/groups/${plain}`;
    const assignable = (await group('assignable', { isAssignableToRole: true })).body.id as string;
    const byReference = await graph.call(admin, 'POST', `/groups/${assignable}/members/$ref`, {
      '@odata.id': reference,
    });
    assert.equal(byReference.status, 400);
    const byBinding = { 'members@odata.bind': [reference] };
    assert.equal((await graph.call(admin, 'PATCH', `/groups/${assignable}`, byBinding)).status, 400);
    assert.equal((await group('third', { isAssignableToRole: true, ...byBinding })).status, 400);
  });

  test('built-in applications are read-only for every administrator', async () => {
    const admin = await graph.appToken('Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All');
    const { body } = await graph.call(admin, 'GET', '/applications');
    const servicePrincipals = (await graph.call(admin, 'GET', '/servicePrincipals')).body.value as { appId: string }[];
    assert.ok(servicePrincipals.length > 5);
    const names = ['Microsoft Azure CLI', 'Graph Explorer', 'My Apps', 'My security info', 'Cardea command line'];
    const builtIn = (body.value as { id: string; appId: string; displayName: string }[]).filter(({ displayName }) =>
      names.includes(displayName),
    );
    assert.equal(builtIn.length, names.length);
    for (const { id, appId } of builtIn) {
      const keyId = crypto.randomUUID();
      const tries = [
        ['PATCH', `/applications/${id}`, { publicClient: { redirectUris: ['https://attacker.test/'] } }],
        ['PATCH', `/applications(appId='${appId}')`, { displayName: 'mine' }],
        ['PATCH', `/applications/${id}`, { keyCredentials: [] }],
        ['DELETE', `/applications/${id}`, undefined],
        ['POST', `/applications/${id}/addPassword`, {}],
        ['POST', `/applications/${id}/removePassword`, { keyId }],
        ['PATCH', `/servicePrincipals/${appId}`, { tags: ['x'] }],
        ['DELETE', `/servicePrincipals/${appId}`, undefined],
        ['POST', `/servicePrincipals/${appId}/addPassword`, {}],
      ] as const;
      for (const [method, path, sent] of tries) {
        const answer = await graph.call(admin, method, path, sent);
        assert.equal(answer.status, 403, `${method} ${path}: ${answer.status}`);
      }
      assert.equal((await graph.server.cardea('app', 'remove', appId)).code === 0, false);
    }
  });

  test('attributes that a binding reads have the rights of certificateUserIds', async () => {
    await graph.role('Directory Writers', 'ben');
    await graph.role('User Administrator', 'gus');
    for (const name of ['ben', 'gus']) {
      const token = await graph.personToken(name, 'User.ReadWrite.All');
      for (const body of [{ onPremisesUserPrincipalName: 'x@woodgrove.local' }, { onPremisesImmutableId: 'abc' }]) {
        const answer = await graph.call(token, 'PATCH', '/users/cleo@woodgrove.test', body);
        assert.equal(answer.status, 403, `${name} ${JSON.stringify(body)}`);
      }
      const addition = await graph.call(token, 'POST', '/users', {
        displayName: 'New',
        userPrincipalName: `new-${name}@woodgrove.test`,
        mailNickname: 'new',
        accountEnabled: true,
        passwordProfile: { password: 'Correct-Horse-7' },
        onPremisesUserPrincipalName: 'x@woodgrove.local',
      });
      assert.equal(addition.status, 403);
    }
  });

  const roles = [
    ['Global Administrator', 201],
    ['Privileged Authentication Administrator', 201],
    ['Authentication Administrator', 201],
    ['User Administrator', 403],
    ['Helpdesk Administrator', 403],
    ['Password Administrator', 403],
    ['Directory Writers', 403],
    ['Privileged Role Administrator', 403],
  ] as const;
  for (const [role, status] of roles) {
    test(`a ${role} issues a Temporary Access Pass with ${status}, and never for oneself`, async () => {
      for (const second of ['Directory Writers', 'User Administrator'])
        for (const name of ['ben', 'gus'])
          await graph.server.cardea('role', 'remove', second, `${name}@woodgrove.test`);
      await graph.role(role, 'gus');
      const token = await graph.personToken('gus', 'UserAuthenticationMethod.ReadWrite.All', 'User.Read');
      const path = (person: string) => `/users/${person}/authentication/temporaryAccessPassMethods`;
      const admin = await graph.appToken('Policy.ReadWrite.AuthenticationMethod', 'User.Read.All');
      await graph.call(
        admin,
        'PATCH',
        '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/TemporaryAccessPass',
        { state: 'enabled' },
      );
      assert.equal((await graph.call(token, 'POST', path('cleo@woodgrove.test'), {})).status, status);
      const ownItems = await graph.call(token, 'POST', path(await idOf(admin, 'gus')), {});
      assert.equal(ownItems.status, 403);
      assert.equal((await graph.call(token, 'POST', '/me/authentication/temporaryAccessPassMethods', {})).status, 403);
      const ana = await graph.call(token, 'POST', path('ana@woodgrove.test'), {});
      assert.equal(ana.status, /Global|Privileged Auth/.test(role) ? 201 : 403);
      const removal = await graph.server.cardea('role', 'remove', role, 'gus@woodgrove.test');
      assert.equal(removal.code, 0, removal.err);
    });
  }
});
