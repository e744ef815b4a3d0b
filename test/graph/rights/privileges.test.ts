import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from '../graph-server.ts';

const graphId = '00000003-0000-0000-c000-000000000000';
const userReadAll = 'df021288-bdef-4463-88db-98f22de89214';

describe('privileges that cannot be extended (graph-api §2.4, §6.1, §6.2, §8)', () => {
  let graph: GraphServer;
  const idOf = async (token: string, name: string) =>
    (await graph.call(token, 'GET', `/users/${name}@woodgrove.test?$select=id`)).body.id as string;
  before(async () => {
    graph = await GraphServer.start();
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

  test('the mail address of an administrator is given to no other user: applications know people by it', async () => {
    await graph.role('User Administrator', 'cleo');
    const cleo = await graph.personToken('cleo', 'User.ReadWrite.All');
    const dan = await idOf(cleo, 'dan');
    const refusal = await graph.call(cleo, 'PATCH', `/users/${dan}`, { mail: 'Ana@woodgrove.test' });
    assert.equal(refusal.status, 400, JSON.stringify(refusal.body));
    assert.deepEqual(
      refusal.body.error.details.map(({ code, target }: { code: string; target: string }) => [code, target]),
      [['ObjectConflict', 'mail']],
    );
    assert.equal((await graph.call(cleo, 'PATCH', `/users/${dan}`, { mail: 'dan.l@woodgrove.test' })).status, 204);
    const { code, err } = await graph.server.cardea(
      'user',
      'set',
      'dan@woodgrove.test',
      '--mail',
      'ana@woodgrove.test',
    );
    assert.deepEqual([code, /belongs to another user/.test(err)], [1, true], err);
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
        ['POST', `/servicePrincipals/${appId}/removePassword`, { keyId }],
        ['PATCH', `/applications/${id}`, { web: { redirectUris: ['https://attacker.test/'] } }],
        ['PATCH', `/applications/${id}`, { spa: { redirectUris: ['https://attacker.test/'] } }],
        ['PATCH', `/applications/${id}`, { identifierUris: ['api://attacker'] }],
        ['PATCH', `/applications/${id}`, { isFallbackPublicClient: false }],
        [
          'POST',
          `/servicePrincipals/${appId}/appRoleAssignments`,
          { principalId: appId, resourceId: graphId, appRoleId: userReadAll },
        ],
      ] as const;
      for (const [method, path, sent] of tries) {
        const answer = await graph.call(admin, method, path, sent);
        assert.equal(answer.status, 403, `${method} ${path}: ${answer.status}`);
      }
      const absent = [
        ['POST', `/applications/${id}/owners/$ref`, { '@odata.id': `https://graph.microsoft.com/v1.0/users/${id}` }],
        ['POST', `/applications/${id}/addKey`, {}],
        ['PUT', `/applications/${id}`, { displayName: 'mine' }],
        ['PATCH', `/applications(uniqueName='${appId}')`, { displayName: 'mine' }],
        ['POST', `/directory/deletedItems/${id}/restore`, {}],
      ] as const;
      for (const [method, path, sent] of absent) {
        const { status } = await graph.call(admin, method, path, sent);
        assert.ok(status >= 400 && status < 500, `${method} ${path}: ${status}`);
      }
      assert.equal((await graph.server.cardea('app', 'remove', appId)).code === 0, false);
    }
    const later = await graph.call(admin, 'GET', '/applications');
    assert.deepEqual(later.body.value, body.value, 'nothing changed');
  });

  test('delegated permissions are granted to a built-in application like to any other', async () => {
    const admin = await graph.appToken('DelegatedPermissionGrant.ReadWrite.All', 'User.Read.All');
    const clientId = '14d82eec-204b-4c2f-b7e8-296a70dab67e';
    const grant = {
      clientId,
      consentType: 'Principal',
      principalId: await idOf(admin, 'cleo'),
      resourceId: graphId,
      scope: 'User.Read',
    };
    const made = await graph.call(admin, 'POST', '/oauth2PermissionGrants', grant);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const path = `/oauth2PermissionGrants/${made.body.id}`;
    assert.equal((await graph.call(admin, 'PATCH', path, { scope: 'User.Read openid' })).status, 204);
    assert.equal((await graph.call(admin, 'DELETE', path)).status, 204);
    const token = await graph.personToken('cleo', 'User.Read');
    assert.equal((await graph.call(token, 'POST', '/oauth2PermissionGrants', grant)).status, 403);
  });

  test('methods that are not managed through Graph have no path, whatever the permission', async () => {
    const admin = await graph.appToken('UserAuthenticationMethod.ReadWrite.All', 'User.ReadWrite.All');
    const paths = [
      ['POST', `authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword`],
      ['PATCH', 'authentication/requirements'],
      ['POST', 'authentication/phoneMethods'],
      ['POST', 'authentication/fido2Methods'],
      ['POST', 'authentication/softwareOathMethods'],
      ['POST', 'changePassword'],
    ] as const;
    for (const [method, path] of paths) {
      const { status } = await graph.call(admin, method, `/users/cleo@woodgrove.test/${path}`, {});
      assert.ok([400, 404, 405].includes(status), `${method} ${path}: ${status}`);
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

  const [ga, paa, aa, ua, helpdesk, password, writers, sync] = [
    'Global Administrator',
    'Privileged Authentication Administrator',
    'Authentication Administrator',
    'User Administrator',
    'Helpdesk Administrator',
    'Password Administrator',
    'Directory Writers',
    'Directory Synchronization Accounts',
  ];
  const sampled = [ga, paa, aa, ua, helpdesk, password, writers, sync, 'Privileged Role Administrator'];
  const above = [ga, paa];
  const everyUser = [ga, ua, writers, sync];
  /** Gives the person this role and takes every other away; roles are read again with each call. */
  const holdOnly = async (person: string, role?: string): Promise<void> => {
    const admin = await graph.appToken('RoleManagement.ReadWrite.Directory', 'User.Read.All');
    const base = '/roleManagement/directory';
    const principalId = await idOf(admin, person);
    const assignments = (await graph.call(admin, 'GET', `${base}/roleAssignments`)).body.value;
    for (const item of assignments as { id: string; principalId: string }[])
      if (item.principalId === principalId)
        assert.equal((await graph.call(admin, 'DELETE', `${base}/roleAssignments/${item.id}`)).status, 204);
    if (role === undefined) return;
    const definitions = (await graph.call(admin, 'GET', `${base}/roleDefinitions`)).body.value;
    const { id } = (definitions as { id: string; displayName: string }[]).find((item) => item.displayName === role)!;
    const request = { principalId, roleDefinitionId: id, directoryScopeId: '/' };
    const { status, body } = await graph.call(admin, 'POST', `${base}/roleAssignments`, request);
    assert.equal(status, 201, JSON.stringify(body));
  };
  /** Operation, who may on a user without roles, who may on an administrator or a member of a role-assignable group. */
  const operations: readonly [name: string, call: [string, string, unknown?], ordinary: string[], admin: string[]][] = [
    ['issue a pass', ['POST', '/authentication/temporaryAccessPassMethods', {}], [ga, paa, aa], above],
    ['list methods', ['GET', '/authentication/methods'], [ga, paa, aa], [ga, paa, aa]],
    ['remove a passkey', ['DELETE', '/authentication/fido2Methods/none'], [ga, paa, aa], above],
    ['remove an authenticator', ['DELETE', '/authentication/softwareOathMethods/none'], [ga, paa, aa], above],
    ['revoke sessions', ['POST', '/revokeSignInSessions', {}], [ga, paa, aa, ua, helpdesk, password], above],
    ...(
      [
        [{ passwordProfile: { password: 'Correct-Horse-8' } }, [ga, paa, aa, ua, helpdesk, password], above],
        [{ passwordProfile: { forceChangePasswordNextSignIn: true } }, [ga, paa, aa, ua, helpdesk, password], above],
        [{ accountEnabled: true }, [ga, paa, ua, sync], above],
        [{ userPrincipalName: 'UPN' }, [ga, paa, ua, sync], above],
        [{ mobilePhone: '+1 555 0100' }, [ga, paa, ua, sync], above],
        [{ businessPhones: ['+1 555 0100'] }, [ga, paa, ua, sync], above],
        [{ otherMails: ['a@example.org'] }, [ga, paa, ua, sync], above],
        [{ authorizationInfo: { certificateUserIds: [] } }, [ga, paa, sync], above],
        [{ onPremisesUserPrincipalName: null }, [ga, paa, sync], above],
        [{ onPremisesImmutableId: null }, [ga, paa, sync], above],
        [{ mail: 'MAIL' }, everyUser, [ga]],
        [{ displayName: 'New name' }, everyUser, everyUser],
        [{ usageLocation: 'NO' }, everyUser, everyUser],
      ] as const
    ).map(([body, ordinary, admin]): [string, [string, string, unknown], string[], string[]] => [
      `change ${Object.keys(body)[0]}`,
      ['PATCH', '', body],
      [...ordinary],
      [...admin],
    ]),
  ];

  test('role × operation × target through Graph: a sample of the table in core', async () => {
    const admin = await graph.appToken(
      'User.ReadWrite.All',
      'Group.ReadWrite.All',
      'RoleManagement.ReadWrite.Directory',
    );
    const user = async (name: string) => {
      const { status, body } = await graph.call(admin, 'POST', '/users', {
        displayName: name,
        userPrincipalName: `${name}@woodgrove.test`,
        mailNickname: name,
        accountEnabled: true,
        passwordProfile: { password: 'Correct-Horse-7' },
      });
      assert.equal(status, 201, JSON.stringify(body));
      return { id: body.id as string, userPrincipalName: body.userPrincipalName as string };
    };
    const [ordinary, administrator, member] = [await user('ordinary'), await user('admin2'), await user('member')];
    await graph.role(ga, 'admin2');
    const made = await graph.call(admin, 'POST', '/groups', {
      displayName: 'roles',
      mailNickname: 'roles',
      mailEnabled: false,
      securityEnabled: true,
      isAssignableToRole: true,
      'members@odata.bind': [`https://graph.microsoft.com/v1.0/users/${member.id}`],
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const token = await graph.personToken('gus', 'UserAuthenticationMethod.ReadWrite.All', 'User.ReadWrite.All');
    const policy = await graph.appToken('Policy.ReadWrite.AuthenticationMethod');
    const configuration =
      '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/TemporaryAccessPass';
    assert.equal((await graph.call(policy, 'PATCH', configuration, { state: 'enabled' })).status, 204);
    const callerId = (await graph.call(token, 'GET', '/me?$select=id')).body.id as string;
    let calls = 0;
    for (const role of sampled) {
      await holdOnly('gus', role);
      for (const self of ['/me', `/users/${callerId}`, '/users/gus@woodgrove.test']) {
        const pass = await graph.call(token, 'POST', `${self}/authentication/temporaryAccessPassMethods`, {});
        assert.equal(pass.status, 403, `${role}: a pass for oneself at ${self}`);
      }
      for (const [target, column] of [
        [ordinary, 2],
        [administrator, 3],
        [member, 3],
      ] as const) {
        for (const operation of operations) {
          const [name, [method, path, sent]] = operation;
          const body = JSON.stringify(sent)
            ?.replace('"UPN"', JSON.stringify(target.userPrincipalName))
            .replace('"MAIL"', JSON.stringify(`${target.id}@example.org`));
          const answer = await graph.call(token, method, `/users/${target.id}${path}`, body);
          const isAllowed = operation[column].includes(role);
          const expectedValue = isAllowed ? (method === 'DELETE' ? [404] : [200, 201, 204]) : [403];
          assert.ok(
            expectedValue.includes(answer.status),
            `${role}: ${name} of ${target.userPrincipalName}: ${answer.status} ${JSON.stringify(answer.body)}`,
          );
          calls++;
        }
        if (column === 3 && !above.includes(role))
          assert.equal((await graph.call(token, 'DELETE', `/users/${target.id}`)).status, 403, `${role} deletes`);
      }
    }
    await holdOnly('gus');
    assert.equal(calls, sampled.length * 3 * operations.length);
  });

  test('who may not write bindings creates no user with one, and proxyAddresses are written by no client', async () => {
    const token = await graph.personToken('gus', 'UserAuthenticationMethod.ReadWrite.All', 'User.ReadWrite.All');
    const rows = [
      [{ onPremisesUserPrincipalName: 'x@woodgrove.local' }, [ga, sync]],
      [{ onPremisesImmutableId: 'abc' }, [ga, sync]],
      [{ authorizationInfo: { certificateUserIds: ['X509:<PN>x@woodgrove.test'] } }, [ga, sync]],
      [{ mail: 'MAIL' }, everyUser],
    ] as const;
    const unknown = ['proxyAddresses', 'onPremisesSyncEnabled', 'onPremisesSamAccountName', 'onPremisesDomainName'];
    for (const role of sampled) {
      await holdOnly('gus', role);
      for (const [index, [part, accepted]] of rows.entries()) {
        const name = `new-${index}-${role.replaceAll(' ', '')}`;
        const body = {
          displayName: name,
          userPrincipalName: `${name}@woodgrove.test`,
          mailNickname: 'new',
          accountEnabled: true,
          passwordProfile: { password: 'Correct-Horse-7' },
        };
        const mail = 'mail' in part ? { mail: `${name}@example.org` } : {};
        const answer = await graph.call(token, 'POST', '/users', { ...body, ...part, ...mail });
        const isAllowed = (accepted as readonly string[]).includes(role);
        assert.equal(
          answer.status,
          isAllowed ? 201 : 403,
          `${role} ${JSON.stringify(part)}: ${JSON.stringify(answer.body)}`,
        );
        if (isAllowed) await graph.call(token, 'DELETE', `/users/${answer.body.id}`);
      }
      for (const property of unknown) {
        const sent = { [property]: property === 'onPremisesSyncEnabled' ? false : ['x'] };
        const { status } = await graph.call(token, 'PATCH', '/users/cleo@woodgrove.test', sent);
        assert.ok([400, 403].includes(status), `${role} ${property}: ${status}`);
      }
    }
  });

  test('a deleted member of a role-assignable group, and such a group, are restored by who may assign roles', async () => {
    const admin = await graph.appToken(
      'User.ReadWrite.All',
      'Group.ReadWrite.All',
      'RoleManagement.ReadWrite.Directory',
    );
    const member = (await graph.call(admin, 'GET', '/users/member@woodgrove.test?$select=id')).body.id as string;
    const { body } = await graph.call(admin, 'GET', "/groups?$filter=displayName%20eq%20'roles'");
    const groupId = body.value[0].id as string;
    const token = await graph.personToken('gus', 'User.ReadWrite.All', 'Group.ReadWrite.All');
    await graph.call(admin, 'DELETE', `/users/${member}`);
    await holdOnly('gus', ua);
    const restore = (id: string) => graph.call(token, 'POST', `/directory/deletedItems/${id}/restore`);
    assert.equal((await restore(member)).status, 403);
    assert.equal((await graph.call(token, 'DELETE', `/directory/deletedItems/${member}`)).status, 403);
    await graph.call(admin, 'POST', `/directory/deletedItems/${member}/restore`);
    await graph.call(admin, 'DELETE', `/groups/${groupId}`);
    assert.equal((await restore(groupId)).status, 403);
    assert.equal((await graph.call(token, 'DELETE', `/directory/deletedItems/${groupId}`)).status, 403);
    assert.equal((await graph.call(admin, 'POST', `/directory/deletedItems/${groupId}/restore`)).status, 200);
    await holdOnly('gus');
  });
});
