import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GraphServer } from './graph-server.ts';

/** The configuration document of graph-api §3.5, verbatim. */
const document = {
  '@odata.type': '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration',
  id: 'X509Certificate',
  state: 'enabled',
  certificateUserBindings: [
    { x509CertificateField: 'PrincipalName', userProperty: 'onPremisesUserPrincipalName', priority: 1 },
    { x509CertificateField: 'RFC822Name', userProperty: 'userPrincipalName', priority: 2 },
    {
      x509CertificateField: 'SubjectKeyIdentifier',
      userProperty: 'certificateUserIds',
      priority: 3,
      trustAffinityLevel: 'high',
    },
  ],
  authenticationModeConfiguration: {
    x509CertificateAuthenticationDefaultMode: 'x509CertificateSingleFactor',
    x509CertificateDefaultRequiredAffinityLevel: 'low',
    rules: [
      {
        x509CertificateRuleType: 'issuerSubject',
        identifier: 'CN=Fjord Issuing CA 2,O=Fjord',
        x509CertificateAuthenticationMode: 'x509CertificateSingleFactor',
      },
      {
        x509CertificateRuleType: 'policyOID',
        identifier: '1.3.6.1.4.1.55555.1.2',
        x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
        x509CertificateRequiredAffinityLevel: 'high',
      },
      {
        x509CertificateRuleType: 'issuerSubjectAndPolicyOID',
        issuerSubjectIdentifier: 'CN=Fjord Issuing CA 3,O=Fjord',
        policyOidIdentifier: '1.3.6.1.4.1.55555.1.9',
        x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
      },
    ],
  },
  issuerHintsConfiguration: { state: 'enabled' },
  crlValidationConfiguration: {
    state: 'enabled',
    exemptedCertificateAuthoritiesSubjectKeyIdentifiers: ['6F3A0C55E1D27B9A41C08F6B2D90E7135A4C88B1'],
  },
  certificateAuthorityScopes: [
    {
      subjectKeyIdentifier: '1D8E40B7C2A95F63E0B1744D9A6C3F82E5107BDA',
      publicKeyInfrastructureIdentifier: 'Fjord PKI',
      includeTargets: [{ id: '5b0c1f7e-0d5e-4f55-9a27-0e5d3a6c8f10', targetType: 'group' }],
    },
  ],
  includeTargets: [{ targetType: 'group', id: 'all_users', isRegistrationRequired: false }],
  excludeTargets: [],
};

/** Microsoft's how-to, as printed, with its MultiFactor rule for an issuer. */
const howTo = {
  '@odata.type': '#microsoft.graph.x509CertificateAuthenticationMethodConfiguration',
  id: 'X509Certificate',
  state: 'enabled',
  certificateUserBindings: [
    { x509CertificateField: 'PrincipalName', userProperty: 'onPremisesUserPrincipalName', priority: 1 },
    { x509CertificateField: 'RFC822Name', userProperty: 'userPrincipalName', priority: 2 },
    { x509CertificateField: 'PrincipalName', userProperty: 'certificateUserIds', priority: 3 },
  ],
  authenticationModeConfiguration: {
    x509CertificateAuthenticationDefaultMode: 'x509CertificateSingleFactor',
    rules: [
      {
        x509CertificateRuleType: 'issuerSubject',
        identifier: 'CN=WoodgroveCA ',
        x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
      },
      {
        x509CertificateRuleType: 'policyOID',
        identifier: '1.2.3.4',
        x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
      },
    ],
  },
  includeTargets: [{ targetType: 'group', id: 'all_users', isRegistrationRequired: false }],
};

describe('privileges that cannot be extended (graph-api §2.4, §6.1, §6.2, §8)', () => {
  let graph: GraphServer;
  const idOf = async (token: string, name: string) =>
    (await graph.call(token, 'GET', `/users/${name}@woodgrove.test?$select=id`)).body.id as string;
  before(async () => {
    graph = await GraphServer.start();
  });
  after(() => graph?.end());

  test('the configuration document is 204 for the Global Administrator of a fresh demo, who signs in afterwards', async () => {
    const ana = await graph.personToken('ana', 'Policy.ReadWrite.AuthenticationMethod');
    const path = '/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/X509Certificate';
    const { status, body } = await graph.call(ana, 'PATCH', path, document);
    assert.equal(status, 400, 'its CA scope names a PKI that a fresh demo does not have');
    assert.equal(body.error.code, 'Request_BadRequest');
    assert.match(body.error.message, /Fjord PKI is not in the trust store/);
    for (const accepted of [{ ...document, certificateAuthorityScopes: [] }, howTo]) {
      const answer = await graph.call(ana, 'PATCH', path, accepted);
      assert.equal(answer.status, 204, JSON.stringify(answer.body));
    }
    const end = await graph.server.signIn('ana@woodgrove.test', graph.server.card('ana'));
    assert.equal(end.kind, 'signedIn', JSON.stringify(end));
  });

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
      await graph.server.cardea('role', 'remove', role, 'gus@woodgrove.test');
    });
  }
});
